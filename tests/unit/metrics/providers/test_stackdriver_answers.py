"""Google Cloud Monitoring: what becomes of every answer to MQL and PromQL."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import timedelta

import pytest
from loopback_service import LoopbackService, Scripted, kind_of
from stackdriver_service import (
    MQL,
    NOW,
    PROMQL,
    as_json,
    failed,
    google_error,
    provider,
    series,
    vector,
)

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, QueryFailed, QueryHistory, Value

pytestmark = pytest.mark.usefixtures("google_environment")


def rpc(name: str, message: str = "a message") -> QueryFailed:
    return failed(f"rpc error: code = {name} desc = {message}")


NO_SERIES, NO_POINTS = NoValues(f"invalid response: <nil>: {NO_VALUES}"), NoValues(f"invalid response: : {NO_VALUES}")
MQL_ANSWERS: list[tuple[str, Scripted, Answer, Answer]] = [
    ("double", series({"doubleValue": 1.25}), Value(1.25), Value(1.25)),
    ("several: the first", series({"doubleValue": 2}, {"doubleValue": 9}), Value(2), Value(2)),
    ("int64 is text in JSON", series({"int64Value": "7"}), Value(7), Value(0)),
    ("no series", as_json({}), NO_SERIES, NO_SERIES),
    ("null", as_json(None), NO_SERIES, NO_SERIES),
    ("no points", as_json({"timeSeriesData": [{}]}), NO_POINTS, NO_POINTS),
    ("infinite", series({"doubleValue": "Infinity"}), Value(math.inf), Value(math.inf)),
    ("400", google_error(400, "INVALID_ARGUMENT"), *(rpc("InvalidArgument"),) * 2),
    ("401", google_error(401, "UNAUTHENTICATED"), *(rpc("Unauthenticated"),) * 2),
    ("403", google_error(403, "PERMISSION_DENIED"), *(rpc("PermissionDenied"),) * 2),
    ("404", google_error(404, "NOT_FOUND"), *(rpc("NotFound"),) * 2),
    ("429", google_error(429, "RESOURCE_EXHAUSTED", **{"Retry-After": "9"}), *(rpc("ResourceExhausted"),) * 2),
    ("499", google_error(499, "CANCELLED"), *(rpc("Canceled"),) * 2),
    ("500", google_error(500, "INTERNAL"), *(rpc("Internal"),) * 2),
    ("a page", Scripted(502, b"<html>bad gateway"), *(rpc("Unknown", "<html>bad gateway"),) * 2),
]


@pytest.mark.parametrize(("name", "answer", "ours", "flaggers"), MQL_ANSWERS, ids=[row[0] for row in MQL_ANSWERS])
async def test_each_answer_to_mql(
    lone_cluster: Cluster,
    stackdriver_service: LoopbackService,
    name: str,
    answer: Scripted,
    ours: Answer,
    flaggers: Answer,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("stackdriver", kind_of(name), "N"))
    stackdriver_service.will_answer(answer)
    assert await provider(lone_cluster).query(MQL) == ours
    assert await provider(lone_cluster, strict=True).query(MQL) == flaggers
    assert len(stackdriver_service.asked) == 2


async def test_nan_counts_in_strict_mode_only(
    lone_cluster: Cluster, stackdriver_service: LoopbackService, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("stackdriver", "nan", "N"))
    stackdriver_service.will_answer(series({"doubleValue": "NaN"}))
    assert isinstance(await provider(lone_cluster).query(MQL), NoValues)
    answer = await provider(lone_cluster, strict=True).query(MQL)
    assert isinstance(answer, Value)
    assert math.isnan(answer.value)


PROMQL_ANSWERS: list[tuple[str, Scripted, Answer]] = [
    ("value", vector("1.25"), Value(1.25)),
    ("several: the last", vector("1", "2"), Value(2)),
    ("empty", vector(), NoValues()),
    ("NaN", vector("NaN"), NoValues()),
    *(
        (str(code), google_error(code, status), failed(f"error response: Status {code} {phrase}: "))
        for code, status, phrase in (
            (401, "UNAUTHENTICATED", "Unauthorized"),
            (403, "PERMISSION_DENIED", "Forbidden"),
            (404, "NOT_FOUND", "Not Found"),
            (429, "RESOURCE_EXHAUSTED", "Too Many Requests"),
            (500, "INTERNAL", "Internal Server Error"),
        )
    ),
]


@pytest.mark.parametrize(("name", "answer", "expected"), PROMQL_ANSWERS, ids=[row[0] for row in PROMQL_ANSWERS])
async def test_each_answer_to_promql(
    lone_cluster: Cluster,
    stackdriver_service: LoopbackService,
    name: str,
    answer: Scripted,
    expected: Answer,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("stackdriver", kind_of(name), "N"))
    stackdriver_service.will_answer(answer)
    found = await provider(lone_cluster).query(PROMQL)
    if isinstance(expected, QueryFailed):
        assert isinstance(found, QueryFailed)
        assert found.reason == expected.reason + answer.body.decode()
    else:
        assert found == expected
    assert len(stackdriver_service.asked) == 1


@pytest.mark.parametrize("query", [MQL, PROMQL])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"<html>", b"[]", b'{"timeSeriesData": [{"pointData": [{"values": [{}]}]}]}']
)
async def test_nonsense_is_a_failed_query(
    lone_cluster: Cluster,
    stackdriver_service: LoopbackService,
    query: str,
    body: bytes,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("stackdriver", "malformed", "N"))
    stackdriver_service.will_answer(Scripted(body=body))
    assert isinstance(await provider(lone_cluster).query(query), QueryFailed)


@pytest.mark.parametrize("query", [MQL, PROMQL])
async def test_huge_and_slow(
    record_property: Callable[[str, object], None],
    lone_cluster: Cluster,
    stackdriver_service: LoopbackService,
    query: str,
) -> None:
    for kind in ("huge", "slow"):
        record_property("metric provider", ("stackdriver", kind, "N"))
    stackdriver_service.will_answer(Scripted(body=b" " * (3 << 20)))
    assert "MiB" in str(await provider(lone_cluster).query(query))
    stackdriver_service.will_answer(Scripted(None))
    for strict in (False, True):
        made = provider(lone_cluster, strict=strict)
        assert await made._access()
        made.timeout_s = 0.3
        assert isinstance(await made.query(query), QueryFailed)


@pytest.mark.parametrize(
    ("strict", "answer", "problem"),
    [
        (False, vector("1"), ""),
        (False, google_error(403, "PERMISSION_DENIED"), "running query failed: error response: Status 403 Forbidden: "),
        (True, google_error(400, "INVALID_ARGUMENT"), ""),
        (True, as_json({}), ""),
        (True, google_error(403, "PERMISSION_DENIED"), "unexpected status code: PermissionDenied"),
    ],
)
async def test_online(
    lone_cluster: Cluster, stackdriver_service: LoopbackService, strict: bool, answer: Scripted, problem: str
) -> None:
    stackdriver_service.will_answer(answer)
    found = (await provider(lone_cluster, strict=strict).is_online()).problem
    assert found.startswith(problem) if problem else found == ""
    asked = stackdriver_service.asked[0]
    assert (json.loads(asked.body) if strict else asked.parameters) == {"query": "" if strict else "vector(1)"}


async def test_its_past(lone_cluster: Cluster, stackdriver_service: LoopbackService) -> None:
    result = [{"metric": {}, "values": [[NOW.timestamp(), "1.5"]]}]
    stackdriver_service.will_answer(as_json({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    made, window = provider(lone_cluster), {"start": NOW - timedelta(minutes=5), "end": NOW}
    assert await made.query_range(PROMQL, **window, step_s=10) == QueryHistory(((NOW.timestamp(), 1.5),))
    assert stackdriver_service.asked[0].path == "/v1/projects/demo/location/global/prometheus/api/v1/query_range"
    assert await made.query_range(MQL, **window, step_s=10) == QueryHistory()
    stackdriver_service.will_answer(google_error(500, "INTERNAL"))
    assert isinstance(await made.query_range(PROMQL, **window, step_s=10), QueryFailed)
