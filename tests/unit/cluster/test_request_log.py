"""The log of requests: bounded, without secrets, each as a command that a person could type."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from canarytui.cluster.request_log import KEPT, LOG_VARIABLE, RequestLog, SentRequest, request_log

CANARY = "/apis/flagger.app/v1beta1/namespaces/shop/canaries/cart"
MERGE = "application/merge-patch+json"


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        (SentRequest("GET", f"{CANARY}?watch=true"), f"kubectl --context 'my ctx' get --raw '{CANARY}?watch=true'"),
        (
            SentRequest("PATCH", f"{CANARY}/status?fieldManager=a-1", {"status": {"phase": "x"}}, MERGE),
            "kubectl --context 'my ctx' -n shop patch canaries.v1beta1.flagger.app cart --type merge"
            """ --subresource status --field-manager a-1 -p '{"status": {"phase": "x"}}'""",
        ),
        (
            SentRequest("PATCH", "/api/v1/namespaces/shop?dryRun=All", {"a": 1}, "application/apply-patch+yaml"),
            "",
        ),
        (
            SentRequest("POST", "/api/v1/namespaces/shop/events", {"kind": "Event"}),
            "kubectl --context 'my ctx' create --raw /api/v1/namespaces/shop/events -f - <<< '{\"kind\": \"Event\"}'",
        ),
        (SentRequest("DELETE", "/api/v1/namespaces/shop/pods/a"), None),
        (SentRequest("GET", "http://prometheus:9090/api/v1/query?…"), ""),
    ],
)
def test_a_request_as_kubectl(sent: SentRequest, line: str | None) -> None:
    if line is None:
        line = "kubectl --context 'my ctx' delete --raw /api/v1/namespaces/shop/pods/a"
    assert sent.kubectl("my ctx") == line


def test_a_request_as_curl_leaves_the_token_to_the_shell() -> None:
    sent = SentRequest("PATCH", CANARY, {"spec": {"suspend": True}}, MERGE)
    assert sent.curl("https://127.0.0.1:6443") == (
        f"curl -X PATCH -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: {MERGE}'"
        f""" --data '{{"spec": {{"suspend": true}}}}' https://127.0.0.1:6443{CANARY}"""
    )
    assert "TOKEN" not in SentRequest("GET", "http://prometheus/api").curl("https://127.0.0.1:6443")


def test_secrets_are_not_shown() -> None:
    body = {
        "kind": "Secret",
        "data": {"a": "czNjcjN0"},
        "spec": {
            "password": "s3cr3t",
            "env": [{"name": "DB_PASSWORD", "value": "s3cr3t"}, {"name": "A", "value": "b"}],
        },
        "url": "https://anna:s3cr3t@hooks.example/s3cr3t",
    }
    sent = SentRequest("POST", "/api/v1/namespaces/shop/secrets?token=s3cr3t&limit=5", body)
    shown = "\n".join((sent.shown_path, json.dumps(sent.shown_body), sent.kubectl("c"), sent.curl("https://x")))
    assert "s3cr3t" not in shown
    assert "czNjcjN0" not in shown
    assert "limit=5" in shown
    assert '"value": "b"' in shown


def test_only_the_last_are_kept() -> None:
    log = RequestLog()
    for number in range(KEPT + 20):
        log.begin("GET", f"/{number}")
    kept = [sent.path for sent in log]
    assert (len(log), kept[0], kept[-1]) == (KEPT, "/20", f"/{KEPT + 19}")
    assert log.revision == KEPT + 20
    log.begin("PATCH", "/write")
    for number in range(KEPT):
        log.begin("GET", f"/later/{number}")
    assert [sent.path for sent in log][:2] == ["/write", "/later/0"], "what was written stays"


def test_a_file_gets_a_line_for_each_answer_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "requests"
    log = request_log({LOG_VARIABLE: str(file)})
    sent = log.begin("POST", "/api?token=abc", {"password": "x"})
    sent.answered(201)
    sent.received(12)
    log.end(sent)
    log.end(log.begin("GET", "/gone"), "no answer")
    first, second = (json.loads(line) for line in file.read_text().splitlines())
    assert (first["method"], first["path"], first["status"], first["bytes"]) == ("POST", "/api?token=xxxxx", 201, 12)
    assert "body" not in first
    assert (second["status"], second["error"]) == (0, "no answer")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_stops_no_request(tmp_path: Path) -> None:
    log = request_log({LOG_VARIABLE: str(tmp_path)})
    log.end(log.begin("GET", "/"))
    assert len(log) == 1
