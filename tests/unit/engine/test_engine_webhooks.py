"""Webhook calls over real sockets: what is sent, what is asked again, and what is told of failures."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from http_receiver import Receiver, silent_cluster
from replacing import replace

from canarytui.cluster.client import Cluster
from canarytui.domain.spec.analysis import Webhook
from canarytui.domain.text.public_url import public_url
from canarytui.engine.decide.effects import WebhookResponse
from canarytui.engine.decide.hooks import failure_text
from canarytui.engine.runtime import webhooks
from canarytui.engine.runtime.webhooks import call_webhook
from canarytui.sandbox.supervisor.certificates import make_certificates

PAYLOAD: dict[str, Any] = {
    "name": "podinfo", "namespace": "test", "phase": "Progressing", "checksum": "abc", "metadata": {"cmd": "hey"},
}  # fmt: skip
GIVING_UP = "POST u giving up after"
HOOK = Webhook("load", "rollout", "", 2.0, 0, mute_alert=False, disable_tls=False, metadata={})


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with silent_cluster(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "_FIRST_PAUSE_S", 0.01)


async def test_payload_is_sent_as_json_once(receiver: Receiver, cluster: Cluster) -> None:
    url = await receiver.start()
    assert await call_webhook(cluster, replace(HOOK, url=url), PAYLOAD) == WebhookResponse(200, "answer 200", 1)
    [(headers, sent)] = receiver.asked
    assert headers["Content-Type"] == "application/json"
    assert sent == PAYLOAD


@pytest.mark.parametrize(
    ("statuses", "retries", "calls", "last"),
    [
        ([500, 500, 200], 3, 3, 200),
        ([429, 200], 1, 2, 200),
        ([500], 2, 3, 500),
        ([500], 0, 1, 500),
        ([501, 200], 3, 1, 501),
        ([400, 200], 3, 1, 400),
        ([403, 200], 3, 1, 403),
    ],
)
async def test_only_what_may_pass_next_time_is_tried_again(
    receiver: Receiver, cluster: Cluster, statuses: list[int], retries: int, calls: int, last: int
) -> None:
    receiver.statuses = statuses
    answer = await call_webhook(cluster, replace(HOOK, url=await receiver.start(), retries=retries), PAYLOAD)
    assert (answer.status, answer.attempts, len(receiver.asked)) == (last, calls, calls)


async def test_timeout_counts_for_each_attempt(receiver: Receiver, cluster: Cluster) -> None:
    receiver.hangs = True
    hook = replace(HOOK, url=await receiver.start(), timeout_s=0.05, retries=2)
    answer = await call_webhook(cluster, hook, PAYLOAD)
    assert (answer.status, answer.attempts, len(receiver.asked)) == (0, 3, 3)
    shown = public_url(hook.url)
    assert failure_text(hook, answer, strict=False) == (
        f"POST {shown} giving up after 3 attempt(s): {shown} cannot be reached: no answer in time"
    )
    giving_up = f"POST {hook.url} giving up after 3 attempt(s): "
    assert failure_text(hook, answer, strict=True) == (
        f'{giving_up}Post "{hook.url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    )


REFUSED = "dial tcp 127.0.0.1:9: connect: connection refused"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://127.0.0.1:9/hook", f'Post "http://127.0.0.1:9/hook": {REFUSED}'),
        ("http://u:secret@127.0.0.1:9/?a=secret", f'Post "http://127.0.0.1:9/?a=xxxxx": {REFUSED}'),
        (
            "http://[",
            "Post \"http://…\": The address 'http://…' is not an http:// or https:// URL with a host and port.",
        ),
        (
            "http://gate.nope.invalid/hook",
            'Post "http://gate.nope.invalid/hook": dial tcp: lookup gate.nope.invalid: no such host',
        ),
    ],
)
async def test_nobody_listens(cluster: Cluster, url: str, text: str) -> None:
    hook = replace(HOOK, url=url)
    answer = await call_webhook(cluster, hook, PAYLOAD)
    assert answer.status == 0
    assert failure_text(hook, answer, strict=True).endswith(f" giving up after 1 attempt(s): {text}")


@pytest.mark.parametrize(("resets", "cause"), [(False, "EOF"), (True, "read: connection reset by peer")])
async def test_webhook_that_hangs_up(cluster: Cluster, resets: bool, cause: str) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10 if resets else 10_000)
        if resets:
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        hook = replace(HOOK, url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook")
        answer = await call_webhook(cluster, hook, PAYLOAD)
    assert failure_text(hook, answer, strict=True).endswith(f'Post "{hook.url}": {cause}')


@pytest.mark.parametrize(("disable_tls", "status"), [(False, 0), (True, 200)])
async def test_certificate_is_verified_unless_disabled(
    receiver: Receiver, cluster: Cluster, tmp_path: Path, disable_tls: bool, status: int
) -> None:
    url = await receiver.start(make_certificates().server_context(tmp_path))
    answer = await call_webhook(cluster, replace(HOOK, url=url, disable_tls=disable_tls), PAYLOAD)
    assert answer.status == status
    unknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    assert answer.go == ("" if status else f'Post "{url}": {unknown}')


@pytest.mark.parametrize(
    ("answer", "strict", "default"),
    [
        (WebhookResponse(400, "bad tag"), "bad tag", "bad tag"),
        (WebhookResponse(204), "", "status 204 does not count as success, only 200, 201 and 202 do"),
        (WebhookResponse(206, "part"), "part", "part: status 206 does not count as success, only 200, 201 and 202 do"),
        (WebhookResponse(404), "", "status 404 with an empty body"),
        (WebhookResponse(501, "no"), "no", "no"),
        (
            WebhookResponse(500, "curl: (22)", 2),
            "POST u giving up after 2 attempt(s)",
            "POST u giving up after 2 attempt(s): curl: (22)",
        ),
        (
            WebhookResponse(429, "slow"),
            "POST u giving up after 1 attempt(s)",
            "POST u giving up after 1 attempt(s): slow",
        ),
    ],
)
def test_failure_is_told_by_its_body_which_flagger_loses_for_server_errors(
    answer: WebhookResponse, strict: str, default: str
) -> None:
    hook = replace(HOOK, url="u")
    assert failure_text(hook, answer, strict=True) == strict
    assert failure_text(hook, answer, strict=False) == default
