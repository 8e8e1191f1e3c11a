"""External metrics: what is asked of whom, with which credentials, and what is made of each answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from loopback_service import LoopbackService, Scripted, cluster_at, kind_of, loopback_service

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.external_metrics import ExternalMetric, ExternalMetricsProvider, external_metric

QUERY = "shop/queue?labelSelector=app%3Dcart%2Ccode%3D500"
ROOT = "/apis/external.metrics.k8s.io/v1beta1"
TOKEN = "s3cret+/token"
OWN = "our-own-api-token"


@pytest.fixture
async def service() -> AsyncIterator[LoopbackService]:
    async with loopback_service() as made:
        yield made


@pytest.fixture
async def own_cluster(
    service: LoopbackService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Cluster]:
    """The scripted service is the API server, and we have a token for it."""
    monkeypatch.setenv("CANARYTUI_CREDENTIALS_OVER_HTTP", "1")
    async with cluster_at(service, tmp_path, token=OWN) as connected:
        yield connected


def items(*values: object) -> Scripted:
    listed = [{"metricName": "queue", "metricLabels": {}, "value": value} for value in values]
    return Scripted(body=json.dumps({"kind": "ExternalMetricValueList", "items": listed}).encode())


def status(code: int, message: str, **headers: str) -> Scripted:
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
    return Scripted(code, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()})


def provider(cluster: Cluster, address: str, *, strict: bool = False, token: str = "") -> ExternalMetricsProvider:
    credentials = {"token": token} if token else None
    made = ExternalMetricsProvider(
        cluster, ProviderSpec("externalmetrics", address, credentials=credentials, strict=strict)
    )
    made.timeout_s = 2.0
    return made


FAILED = "error querying external metrics API: "
ANSWERS: list[tuple[str, Scripted, Answer, Answer]] = [
    ("value", items("1500m"), Value(1.5), Value(1.5)),
    ("several: the first", items("2", "9"), Value(2), Value(2)),
    ("number", items(3), Value(3), Value(3)),
    ("empty", items(), *(NoValues(f"no external metrics found: {NO_VALUES}"),) * 2),
    ("empty list", Scripted(body=b'{"items": null}'), *(NoValues(f"no external metrics found: {NO_VALUES}"),) * 2),
    ("empty answer", Scripted(body=b"null"), *(NoValues(f"no external metrics found: {NO_VALUES}"),) * 2),
    *(
        (str(code), status(code, said), *(QueryFailed(FAILED + said),) * 2)
        for code, said in ((401, "Unauthorized"), (403, "queue is forbidden"), (404, "no such metric"), (500, "boom"))
    ),
    ("429", status(429, "slow down", Retry_After="7"), *(QueryFailed(FAILED + "slow down"),) * 2),
    ("a page", Scripted(502, b"<html>Bad Gateway"), *(QueryFailed(FAILED + "<html>Bad Gateway"),) * 2),
]


@pytest.mark.parametrize(("name", "answer", "ours", "flaggers"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_each_answer(
    lone_cluster: Cluster,
    service: LoopbackService,
    name: str,
    answer: Scripted,
    ours: Answer,
    flaggers: Answer,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("externalmetrics", kind_of(name), "N"))
    service.will_answer(answer)
    assert await provider(lone_cluster, service.address).query(QUERY) == ours
    assert await provider(lone_cluster, service.address, strict=True).query(QUERY) == flaggers
    assert len(service.asked) == 2, "no answer is asked for a second time"


async def test_null_is_no_value_but_zero_for_flagger(
    lone_cluster: Cluster, service: LoopbackService, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("externalmetrics", "null", "N"))
    service.will_answer(items(None))
    assert isinstance(await provider(lone_cluster, service.address).query(QUERY), NoValues)
    assert await provider(lone_cluster, service.address, strict=True).query(QUERY) == Value(0)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b'{"items": 3}', b'{"items": [3]}', items("NaN").body, items("many").body, items(True).body],
)
async def test_nonsense_is_a_failed_query(
    lone_cluster: Cluster, service: LoopbackService, body: bytes, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("externalmetrics", "malformed", "N"))
    service.will_answer(Scripted(body=body))
    answer = await provider(lone_cluster, service.address).query(QUERY)
    assert isinstance(answer, QueryFailed)
    assert "error unmarshaling result: " in answer.reason


async def test_a_huge_answer_is_not_taken_in(
    lone_cluster: Cluster, service: LoopbackService, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("externalmetrics", "huge", "N"))
    service.will_answer(Scripted(body=b" " * (3 << 20)))
    answer = await provider(lone_cluster, service.address).query(QUERY)
    assert isinstance(answer, QueryFailed)
    assert "MiB" in answer.reason


@pytest.mark.parametrize("through_cluster", [True, False])
async def test_a_slow_service_is_given_up(
    own_cluster: Cluster,
    lone_cluster: Cluster,
    service: LoopbackService,
    through_cluster: bool,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("externalmetrics", "slow", "N"))
    service.will_answer(Scripted(None))
    made = provider(own_cluster, "") if through_cluster else provider(lone_cluster, service.address)
    made.timeout_s = 0.1
    answer = await made.query(QUERY)
    assert isinstance(answer, QueryFailed)
    assert answer.reason.startswith(FAILED)
    assert service.asked[0].parameters["timeout"] == "0.1s"


async def test_the_request(lone_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(items("1"))
    await provider(lone_cluster, f"{service.address}/").query(QUERY)
    await provider(lone_cluster, service.address, token=TOKEN).query("queue")
    first, second = service.asked
    assert (first.method, first.path) == ("GET", f"{ROOT}/namespaces/shop/queue")
    assert first.parameters == {"labelSelector": "app=cart,code=500", "timeout": "2s"}
    assert "Authorization" not in first.headers
    assert (second.path, second.parameters) == (f"{ROOT}/namespaces/default/queue", {"timeout": "2s"})
    assert second.headers["Authorization"] == f"Bearer {TOKEN}"


async def test_our_own_token_goes_to_our_own_api_server_only(own_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(items("1"))
    for own in ("", service.address, f"{service.address}/"):
        assert await provider(own_cluster, own).query(QUERY) == Value(1)
        assert service.asked.pop().headers["Authorization"] == f"Bearer {OWN}"
    async with loopback_service() as foreign:
        foreign.will_answer(items("2"))
        for strict in (False, True):
            assert await provider(own_cluster, foreign.address, strict=strict).query(QUERY) == Value(2)
            await provider(own_cluster, foreign.address, strict=strict).is_online()
        assert [asked for asked in foreign.asked if OWN in str(asked.headers)] == []
        assert len(foreign.asked) == 4


async def test_the_api_servers_words_come_through(own_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(Scripted(404, b"404 page not found\n"))
    assert await provider(own_cluster, "").query(QUERY) == QueryFailed(FAILED + "404 page not found")


@pytest.mark.parametrize("strict", [True, False])
async def test_online(lone_cluster: Cluster, service: LoopbackService, strict: bool) -> None:
    made = provider(lone_cluster, service.address, strict=strict)
    service.will_answer(items())
    assert await made.is_online()
    assert service.asked[0].path == (f"{ROOT}/namespaces/kube-system/dummy-metric" if strict else ROOT)
    service.will_answer(status(503, "no endpoints"))
    assert (await made.is_online()).problem == "external metrics service unavailable: no endpoints"


async def test_a_token_is_shown_to_nobody(lone_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(Scripted(401, f"token {TOKEN} is not valid".encode()))
    made = provider(lone_cluster, service.address, token=TOKEN)
    for said in (str(await made.query(QUERY)), (await made.is_online()).problem, repr(made.spec)):
        assert TOKEN not in said
    assert "is not valid" in str(await made.query(QUERY))


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("queue", ExternalMetric("default", "queue")),
        (" shop/queue\n", ExternalMetric("shop", "queue")),
        ("shop/queue?labelSelector=app=cart, code in (500,503),!old", None),
        ("a%2Db/q", ExternalMetric("a-b", "q")),
    ],
)
def test_queries(text: str, metric: ExternalMetric | None) -> None:
    expected = metric or ExternalMetric("shop", "queue", "app=cart,code in (500,503),!old")
    assert external_metric(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "shop/", "a/b/c", "../queue", "shop/..", "%2e%2e/queue", "shop/a%2Fb"),
        *(f"q?labelSelector={selector}" for selector in ("a=b=c", "(", "a,,b", ",a", "a%0D%0Ab")),
    ],
)
async def test_what_is_no_query_is_not_asked(lone_cluster: Cluster, service: LoopbackService, text: str) -> None:
    answer: Any = await provider(lone_cluster, service.address).query(text)
    assert answer.reason.startswith("error parsing metric query: ")
    assert service.asked == []
