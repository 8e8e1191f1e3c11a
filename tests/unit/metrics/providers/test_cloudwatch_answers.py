"""CloudWatch: what becomes of every answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from cloudwatch_service import NOW, QUERY, error, provider, results
from loopback_service import LoopbackService, Scripted, kind_of

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.providers import cloudwatch
from canarytui.metrics.providers.cloudwatch import ATTEMPTS

pytestmark = pytest.mark.usefixtures("aws_environment")


def refused(status: int, code: str) -> Answer:
    return QueryFailed(f"error requesting cloudwatch: {code}: a message\n\tstatus code: {status}, request id: r-1")


NO_RESULTS = NoValues(f"invalid response: {{\n\n}}: {NO_VALUES}")
NO_POINTS = NoValues(f'invalid reponse {{\n  Id: "m1",\n  Label: "l0",\n  StatusCode: "Complete"\n}}: {NO_VALUES}')
ANSWERS = [
    ("value", results((1.25, 7.5)), Value(1.25), 1),
    ("several: the first", results((2,), (9,)), Value(2), 1),
    ("no results", results(), NO_RESULTS, 1),
    ("null", results(()), NO_POINTS, 1),
    ("401", error(401, "UnrecognizedClientException"), refused(401, "UnrecognizedClientException"), 1),
    ("403", error(403, "AccessDenied"), refused(403, "AccessDenied"), 1),
    ("404", error(404, "ResourceNotFound"), refused(404, "ResourceNotFound"), 1),
    ("429", error(429, "Throttling", **{"Retry-After": "9"}), refused(429, "Throttling"), ATTEMPTS),
    ("500", error(500, "InternalServiceError"), refused(500, "InternalServiceError"), ATTEMPTS),
]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("name", "answer", "expected", "attempts"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_each_answer(
    lone_cluster: Cluster,
    cloudwatch_service: LoopbackService,
    name: str,
    answer: Scripted,
    expected: Answer,
    attempts: int,
    strict: bool,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("cloudwatch", kind_of(name), "N"))
    cloudwatch_service.will_answer(answer)
    assert await provider(lone_cluster, strict=strict).query(QUERY) == expected
    assert len(cloudwatch_service.asked) == attempts


async def test_a_fault_that_passes_is_not_seen(lone_cluster: Cluster, cloudwatch_service: LoopbackService) -> None:
    cloudwatch_service.will_answer(error(503, "ServiceUnavailable"), results((3,)))
    assert await provider(lone_cluster).query(QUERY) == Value(3)


async def test_nan_and_refused_results_count_in_strict_mode_only(
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("cloudwatch", "nan", "N"))
    cloudwatch_service.will_answer(results(("NaN",)))
    assert isinstance(await provider(lone_cluster).query(QUERY), NoValues)
    answer = await provider(lone_cluster, strict=True).query(QUERY)
    assert isinstance(answer, Value)
    assert math.isnan(answer.value)
    cloudwatch_service.will_answer(results((5,), status="Forbidden"))
    assert await provider(lone_cluster).query(QUERY) == QueryFailed(
        "error requesting cloudwatch: result m1 is Forbidden"
    )
    assert await provider(lone_cluster, strict=True).query(QUERY) == Value(5)


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"<a/>", b"\xff", results(("x",)).body])
async def test_nonsense_is_a_failed_query(
    lone_cluster: Cluster,
    cloudwatch_service: LoopbackService,
    body: bytes,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("cloudwatch", "malformed", "N"))
    cloudwatch_service.will_answer(Scripted(body=body))
    answer = await provider(lone_cluster).query(QUERY)
    assert isinstance(answer, QueryFailed)
    assert answer.reason.startswith("error requesting cloudwatch: no answer of CloudWatch: ")


async def test_a_page_of_a_proxy_is_told(lone_cluster: Cluster, cloudwatch_service: LoopbackService) -> None:
    cloudwatch_service.will_answer(Scripted(403, b"<html>Forbidden by policy"))
    assert "Forbidden by policy" in str(await provider(lone_cluster).query(QUERY))


async def test_huge_and_slow(
    record_property: Callable[[str, object], None],
    lone_cluster: Cluster,
    cloudwatch_service: LoopbackService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind in ("huge", "slow"):
        record_property("metric provider", ("cloudwatch", kind, "N"))
    cloudwatch_service.will_answer(Scripted(body=b" " * (3 << 20)))
    assert "MiB" in str(await provider(lone_cluster).query(QUERY))
    cloudwatch_service.will_answer(Scripted(None))
    monkeypatch.setattr(cloudwatch, "DEADLINE_S", 0.5)
    for strict in (False, True):
        answer = await provider(lone_cluster, strict=strict).query(QUERY)
        assert answer == QueryFailed("error requesting cloudwatch: no answer within 0.5 s")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (error(400, "ValidationError"), ""),
        (results(), ""),
        (error(403, "AccessDenied"), "AccessDenied: a message\n\tstatus code: 403, request id: r-1"),
        (error(500, "InternalServiceError"), "InternalServiceError: a message\n\tstatus code: 500, request id: r-1"),
    ],
)
async def test_online(
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, answer: Scripted, problem: str
) -> None:
    cloudwatch_service.will_answer(answer)
    found = await provider(lone_cluster).is_online()
    assert found.problem == (f"unexpected status code: {problem}" if problem else "")
    assert parse_qs(cloudwatch_service.asked[0].body, keep_blank_values=True)["StartTime"] == ["0001-01-01T00:00:00Z"]


async def test_its_past(lone_cluster: Cluster, cloudwatch_service: LoopbackService) -> None:
    cloudwatch_service.will_answer(results((3, 2, 1)))
    past = await provider(lone_cluster).query_range(QUERY, start=NOW - timedelta(hours=1), end=NOW, step_s=10)
    assert isinstance(past, QueryHistory)
    assert past.points == tuple(((NOW - timedelta(minutes=back)).timestamp(), 4.0 - back) for back in (3, 2, 1))
    asked = parse_qs(cloudwatch_service.asked[0].body)
    assert (asked["StartTime"], asked["ScanBy"]) == (["2026-11-26T11:00:00Z"], ["TimestampAscending"])
