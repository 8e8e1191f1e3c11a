"""Recorded runs of genuine Flagger with each metric service: ours asks the same, and makes the same of the answers."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from recorded_case import FOLDER, Exchange, RecordedCase, all_cases, changed
from recorded_service import served
from replacing import replace
from replayed_case import Replay
from request_differences import differences, request_differences

from canarytui.cluster.client import Cluster
from canarytui.metrics.providers.cloudwatch import CloudWatchProvider
from canarytui.metrics.providers.keptn import KeptnProvider
from canarytui.metrics.providers.registry import PROVIDERS

TYPES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
STALLED = "splunk-err401"
"""A refused token holds up this canary's ticks in Flagger for ever: its recording ends in mid-analysis."""
CASES = {name: case for name, case in all_cases(TYPES) if name != STALLED}


async def _no_pause(seconds: float) -> None:
    assert 0 < seconds <= 1


@pytest.fixture(autouse=True)
def _recorded_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The credentials that Flagger had in its environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFAKEFAKEFAKEFAKE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for provider in (CloudWatchProvider, KeptnProvider):
        monkeypatch.setattr(provider, "pause", staticmethod(_no_pause))


RECORDED_KINDS = {"ok": "value", "err401": "401", "err500": "500"}


async def played(case: RecordedCase, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    async with served(case, monkeypatch) as service:
        if case.server == "the cluster's API server":
            cluster._transport.configuration.host = service.address
        ours = await Replay(case, service, cluster, monkeypatch).play()
    return differences(case.recorded, ours)


@pytest.mark.parametrize("name", CASES)
async def test_our_provider_does_what_flaggers_did(
    name: str,
    lone_cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    case = CASES[name]
    assert len(case.recorded.events) > 5, "an empty recording would prove nothing"
    found = await played(case, lone_cluster, monkeypatch)
    requests = len(case.recorded.online) + len(case.recorded.queries)
    verdict = f"differs: {found[0]}" if found else f"equal ({requests} requests, {len(case.recorded.events)} Events)"
    record_property("recording", f"metric provider {name}: {verdict}")  # listed at the end of the run
    kind = RECORDED_KINDS.get(case.name, case.name)
    record_property("metric provider", (case.provider["type"], kind, "R"))
    assert not found, "\n".join(found)


async def test_a_refused_token_fails_the_query_where_flagger_stalls(
    lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = dict(all_cases(["splunk"]))[STALLED]
    refusal = '{"error": 401, "errorType": "UNAUTHORIZED", "message": "invalid token"}'
    answer = replace(case.recorded.online[0], asked_for="query", status=401, answer=refusal)
    found = await played(changed(case, queries=[answer]), lone_cluster, monkeypatch)
    said = "Metric query failed for errors: error executing query: 401 (UNAUTHORIZED): invalid token"
    assert found[0] == f"event {len(case.recorded.events)}: recorded None, ours ('Warning', {said!r})"
    assert found[1] == f"status {len(case.recorded.statuses)}: recorded None, ours ('Progressing', 25, 1)"


def test_every_recorded_type_has_a_provider() -> None:
    assert set(TYPES) <= set(PROVIDERS)


A = Exchange("query", 1_795_704_496.3, "GET", "{address}/q?from=1795703896&text=a", {"X-Key": "k"}, "", 200, {}, "")


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        (A, []),
        (replace(A, clock_s=A.clock_s + 60, url="{address}/q?text=a&from=1795703956"), []),
        (replace(A, headers={"x-key": "k", "User-Agent": "canarytui"}), []),
        (replace(A, method="POST"), ["method: recorded 'GET', ours 'POST'"]),
        (replace(A, url=A.url.replace("/q", "/r")), ["path: recorded '/q', ours '/r'"]),
        (replace(A, url=A.url[:-1] + "b"), ["parameter text: recorded 'a', ours 'b'"]),
        (replace(A, url=A.url + "&more="), ["parameter more: recorded None, ours ''"]),
        (
            replace(A, clock_s=A.clock_s + 60),
            ["parameter from: recorded -600.300 s from the clock, ours -660.300 s"],
        ),
        (replace(A, headers={}), ["header x-key: recorded 'k', ours None"]),
        (replace(A, headers={"X-Key": "k", "Cookie": "c"}), ["header cookie: recorded None, ours 'c'"]),
        (replace(A, body="x"), ["body: recorded '', ours 'x'"]),
        (
            replace(A, url="https://a.example/q?from=1795703896&text=a"),
            ["address: recorded '{address}', ours 'https://a.example'"],
        ),
    ],
)
def test_differences_between_requests_are_told(ours: Exchange, said: list[str]) -> None:
    assert request_differences(A, ours) == said


async def test_a_recording_that_says_otherwise_is_noticed(
    lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES["datadog-over"]
    recorded = case.recorded
    wrong_header = [replace(exchange, headers={}) for exchange in recorded.queries]
    wrong = changed(
        case,
        events=recorded.events[:-1],
        statuses=recorded.statuses[1:],
        queries=wrong_header,
        online=recorded.online * 2,
        value=7.25,
    )
    found = await played(wrong, lone_cluster, monkeypatch)
    assert [line.split(":")[0] for line in found] == [
        f"event {len(recorded.events) - 1}",
        "status 0",
        "requests of an online check",
        "query 0",
        "query 0",
        "query 1",
        "query 1",
        "last value",
    ]
