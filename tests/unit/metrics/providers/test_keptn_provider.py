"""Keptn: KeptnMetrics are read, Analyses made, awaited and deleted, with the controller's own rights."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from loopback_service import LoopbackService, Scripted, cluster_at, loopback_service

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, METRIC_TEMPLATES
from canarytui.console.demo_fixture import canary_object
from canarytui.domain.sentences import check_queries as words
from canarytui.metrics.answers import Answer, NoValues, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.keptn import ANALYSES, LOOKS, METRICS, KeptnProvider, KeptnQuery, keptn_query
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.state import ClusterState

ROOT = "/apis/metrics.keptn.sh/v1beta1/namespaces/shop"
METRIC, ANALYSIS = "keptnmetric/shop/errors", "analysis/shop/slo"
TIMED_OUT = QueryFailed("encountered timeout while waiting for Keptn Analysis shop/slo to be finished")


@pytest.fixture
async def service() -> AsyncIterator[LoopbackService]:
    async with loopback_service() as made:
        yield made


@pytest.fixture
async def cluster(service: LoopbackService, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster_at(service, tmp_path) as connected:
        yield connected


def provider(cluster: Cluster, *, strict: bool = False) -> KeptnProvider:
    made = KeptnProvider(cluster, ProviderSpec("keptn", strict=strict))
    looks: list[float] = []

    async def pause(seconds: float) -> None:
        looks.append(seconds)

    made.pause = pause  # type: ignore[method-assign]
    return made


def obj(**status: object) -> Scripted:
    return Scripted(body=json.dumps({"status": status}).encode())


def refusal(code: int, message: str, headers: dict[str, str] | None = None) -> Scripted:
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
    return Scripted(code, json.dumps(body).encode(), headers or {})


def unread(why: str) -> QueryFailed:
    return QueryFailed(f"could not retrieve KeptnMetric shop/errors: {why}")


ABSENT = QueryFailed("could not retrieve KeptnMetric - no value found in resource shop/errors")
NOT_FOUND = 'keptnmetrics.metrics.keptn.sh "errors" not found'


def not_a_number(text: str) -> QueryFailed:
    wrong = f'strconv.ParseFloat: parsing "{text}": invalid syntax'
    return QueryFailed(f"could not parse value of KeptnMetric shop/errors to float: {wrong}")


ANSWERS: list[tuple[Scripted, Answer]] = [
    (obj(value="1.25"), Value(1.25)),
    (obj(value="-3e2"), Value(-300)),
    (obj(value="+Inf"), Value(math.inf)),
    (obj(value=7), Value(7)),
    (obj(value=""), ABSENT),
    (obj(value=None), ABSENT),
    (obj(), ABSENT),
    (Scripted(body=b"{}"), ABSENT),
    (Scripted(body=b'{"status": []}'), ABSENT),
    (obj(value="abc"), not_a_number("abc")),
    (obj(value="1_0"), not_a_number("1_0")),
    (obj(value=["1", "2"]), not_a_number("['1', '2']")),
    (refusal(401, "Unauthorized"), unread("Unauthorized")),
    (refusal(403, "forbidden: no right"), unread("forbidden: no right")),
    (refusal(404, NOT_FOUND), unread(NOT_FOUND)),
    (refusal(429, "too many", {"Retry-After": "3"}), unread("too many")),
    (refusal(500, "boom"), unread("boom")),
]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
async def test_each_answer_of_a_metric(
    cluster: Cluster,
    service: LoopbackService,
    answer: Scripted,
    expected: Answer,
    strict: bool,
    record_property: Callable[[str, object], None],
) -> None:
    service.will_answer(answer)
    assert await provider(cluster, strict=strict).query(METRIC) == expected
    assert [(asked.method, asked.path) for asked in service.asked] == [("GET", f"{ROOT}/keptnmetrics/errors")]
    kinds = {obj(value="1.25").body: "value", obj(value="").body: "empty", obj(value=None).body: "null"}
    kind = kinds.get(answer.body, "malformed") if answer.status == 200 else str(answer.status)
    record_property("metric provider", ("keptn", kind, "N"))


async def test_nan_and_a_value_of_earlier_count_in_strict_mode_only(
    cluster: Cluster, service: LoopbackService, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("keptn", "nan", "N"))
    service.will_answer(obj(value="NaN"))
    assert isinstance(await provider(cluster).query(METRIC), NoValues)
    answer = await provider(cluster, strict=True).query(METRIC)
    assert isinstance(answer, Value)
    assert math.isnan(answer.value)
    service.will_answer(obj(value="1", errMsg="the provider is away"))
    assert await provider(cluster).query(METRIC) == unread("the provider is away")
    assert await provider(cluster, strict=True).query(METRIC) == Value(1)


@pytest.mark.parametrize("answer", [Scripted(body=b"<html>"), Scripted(body=b" " * (3 << 20)), Scripted(None)])
@pytest.mark.parametrize("query", [METRIC, ANALYSIS])
async def test_nonsense_huge_and_slow(
    cluster: Cluster,
    service: LoopbackService,
    answer: Scripted,
    query: str,
    record_property: Callable[[str, object], None],
) -> None:
    service.will_answer(answer)
    made = provider(cluster)
    made.timeout_s = 0.3
    found = await made.query(query)
    assert isinstance(found, QueryFailed)
    assert "shop/" in found.reason
    kind = "slow" if answer.status is None else "huge" if len(answer.body) > 1000 else "malformed"
    record_property("metric provider", ("keptn", kind, "N"))


@pytest.mark.parametrize(("passes", "value"), [(True, 1.0), (False, 0.0), (None, 0.0)])
async def test_an_analysis_is_made_awaited_and_deleted(
    cluster: Cluster, service: LoopbackService, passes: object, value: float
) -> None:
    done = obj(state="Completed", **{"pass": passes})
    service.will_answer(
        Scripted(201, b"{}"), obj(state="Pending"), obj(state="Progressing"), done, Scripted(body=b"{}")
    )
    assert await provider(cluster).query("analyses/shop/slo/5m/Region=EU;host=a/b") == Value(value)
    made = json.loads(service.asked[0].body)
    name = made["metadata"]["name"]
    assert made["kind"] == "Analysis"
    assert made["spec"] == {
        "analysisDefinition": {"name": "slo"},
        "timeframe": {"recent": "5m"},
        "args": {"Region": "EU", "host": "a/b"},
    }
    assert [(asked.method, asked.path) for asked in service.asked] == [
        ("POST", f"{ROOT}/analyses"),
        *[("GET", f"{ROOT}/analyses/{name}")] * 3,
        ("DELETE", f"{ROOT}/analyses/{name}"),
    ]


async def test_an_analysis_that_never_ends_is_given_up_and_deleted(cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(Scripted(201, b"{}"), obj(state="Progressing"))
    assert await provider(cluster).query(ANALYSIS) == TIMED_OUT
    assert [asked.method for asked in service.asked] == ["POST", *["GET"] * LOOKS, "DELETE"]


@pytest.mark.parametrize("code", [403, 404, 409, 500])
async def test_a_refused_analysis_says_why(cluster: Cluster, service: LoopbackService, code: int) -> None:
    service.will_answer(refusal(code, "no such resource"))
    answer = await provider(cluster).query(ANALYSIS)
    assert answer == QueryFailed("could not run Keptn Analysis shop/slo: no such resource")


async def test_who_only_reads_makes_nothing(service: LoopbackService, tmp_path: Path) -> None:
    async with cluster_at(service, tmp_path, read_only=True) as reading:
        assert isinstance(await provider(reading).query(ANALYSIS), QueryFailed)
    assert service.asked == []


async def test_the_console_leaves_analyses_to_the_controller(cluster: Cluster, service: LoopbackService) -> None:
    """Looking at a canary must make nothing in the cluster."""
    canary = canary_object("shop", "cart", "Progressing", weight=20)
    names = {"errors": METRIC, "slo": ANALYSIS}
    canary["spec"]["analysis"] |= {"metrics": [{"name": name, "templateRef": {"name": name}} for name in names]}
    provided = {"type": "keptn"}
    templates = [
        {"metadata": {"namespace": "shop", "name": name}, "spec": {"provider": provided, "query": query}}
        for name, query in names.items()
    ]
    cluster_state = ClusterState()
    cluster_state.stores[CANARIES].replace([canary])
    cluster_state.stores[METRIC_TEMPLATES].replace(templates)
    service.will_answer(obj(value="0.5"))
    poller = MetricPoller(cluster, cluster_state, "")
    await poller.ask_once([("shop", "cart")])
    assert poller.phrase() == "keptn by the cluster's API, fresh"
    series = {name: cluster_state.readings.series(("shop", "cart"), name) for name in names}
    assert (series["errors"].points.last, series["errors"].problem) == (0.5, "")
    assert series["slo"].problem == words.ASKING_WRITES.text(provider="keptn")
    assert [asked.method for asked in service.asked] == ["GET"]


def test_only_an_analysis_writes(lone_cluster: Cluster) -> None:
    made = provider(lone_cluster)
    assert [made.asking_writes(text) for text in (ANALYSIS, "ANALYSES/a/b", METRIC, "x")] == [True, True, False, False]


async def test_it_is_always_online(lone_cluster: Cluster) -> None:
    assert await provider(lone_cluster).is_online()


async def test_the_rights_are_those_that_it_uses(cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(obj(value="1"))
    await provider(cluster).query(METRIC)
    asked = list(service.asked)
    service.will_answer(Scripted(201, b"{}"), obj(state="Completed"))
    await provider(cluster).query(ANALYSIS)
    verbs = {"POST": "create", "GET": "get", "DELETE": "delete"}
    used = [(one.path.split("/")[2], one.path.split("/")[6], verbs[one.method]) for one in (*asked, *service.asked)]
    granted = [
        (right.group, resource, verb)
        for right in KeptnProvider.rights
        for resource in right.resources
        for verb in right.verbs
    ]
    assert sorted(used) == sorted(granted)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (" KeptnMetric/Shop/Errors\n", KeptnQuery(METRICS, "shop", "errors")),
        ("keptnmetrics/shop/errors/x", KeptnQuery(METRICS, "shop", "errors")),
        ("analysis/shop/slo", KeptnQuery(ANALYSES, "shop", "slo", "1m")),
        ("analysis/shop/slo//a=", KeptnQuery(ANALYSES, "shop", "slo", "1m", {"a": ""})),
        ("analysis/shop/slo/2h/a=b=c;;d=e", KeptnQuery(ANALYSES, "shop", "slo", "2h", {"a": "b=c", "d": "e"})),
    ],
)
def test_queries(text: str, query: KeptnQuery) -> None:
    assert keptn_query(text) == query


async def test_strict_mode_lowers_arguments_too(cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(Scripted(201, b"{}"), obj(state="Completed"))
    await provider(cluster, strict=True).query("analysis/shop/slo/1m/Region=EU")
    assert json.loads(service.asked[0].body)["spec"]["args"] == {"region": "eu"}


@pytest.mark.parametrize(
    "text",
    ["", "keptnmetric", "keptnmetric/shop", "metric/shop/errors", "keptnmetric/../errors", "analysis/shop/..",
     "keptnmetric/shop/a%2Fb", "analysis/shop/slo/1m/x", "keptnmetric//errors", "keptnmetric/shop/a?b"],
)  # fmt: skip
async def test_what_is_no_query_is_not_asked(cluster: Cluster, service: LoopbackService, text: str) -> None:
    answer: Any = await provider(cluster).query(text)
    assert "keptnmetric/NAMESPACE/NAME or analysis/" in answer.reason
    assert service.asked == []
