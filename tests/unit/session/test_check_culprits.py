"""The poller finds out why a check has no value: once an interval, only while traffic should reach the canary."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.domain.sentences import Phrase
from canarytui.domain.spec.canary import Canary
from canarytui.metrics.culprit.cause import Cause, CauseKind, Diagnosis
from canarytui.metrics.culprit.suspect import Suspect
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.report.describe import described
from canarytui.report.reason import why
from canarytui.sandbox.prometheus.evaluate import Evaluator, parse
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage
from canarytui.session.check_culprits import MINUTELY_MOST, CheckCulprits, suspect_of
from canarytui.session.metric_history import CheckSeries
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.metric_questions import MetricQuestion
from canarytui.session.state import ClusterState

KEY, CHECK = ("shop", "cart"), "throughput"
QUERY = 'sum(rate(http_requests_total{namespace="shop"}[1m]))'


class Prometheus:
    """One with a counter in another namespace; `asked` are the queries."""

    def __init__(self, server: HTTPServer) -> None:
        self.asked: list[str] = []
        self.url = server.url_for("").rstrip("/")
        self._storage = SeriesStorage()
        for at_s in range(0, 301, 15):
            labels = {"__name__": "http_requests_total", "namespace": "prod", "job": "pods", "instance": "a"}
            self._storage.append(make_labels(labels), at_s, 3.0 * at_s)
        server.expect_request("/api/v1/query").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.asked.append(request.args["query"])
        found = Evaluator(self._storage, 300.0).evaluate(parse(request.args["query"]))
        assert isinstance(found, list)
        result: list[Any] = [{"metric": dict(each.labels), "value": [300, str(each.value)]} for each in found]
        body = {"status": "success", "data": {"resultType": "vector", "result": result}}
        return Response(json.dumps(body), content_type="application/json")


async def state_in(phase: str, weight: int) -> ClusterState:
    state = ClusterState()
    canary = canary_object(*KEY, phase, weight=weight)
    canary["spec"]["analysis"]["metrics"] = [{"name": CHECK, "query": QUERY, "thresholdRange": {"min": 1}}]
    state.stores[DEPLOYMENTS].replace([deployment_object("shop", "cart", "cart:1", 1, 1)])
    state.stores[CANARIES].replace([canary])
    await asyncio.sleep(0)
    return state


def series(state: ClusterState) -> CheckSeries:
    return state.readings.series(KEY, CHECK)


async def test_the_reason_comes_with_real_values_and_reaches_the_person(
    lone_cluster: Cluster, httpserver: HTTPServer
) -> None:
    state, prometheus = await state_in("Progressing", 20), Prometheus(httpserver)
    poller = MetricPoller(lone_cluster, state, prometheus.url)
    await poller.ask_once([KEY])
    reason = 'namespace="shop" leaves no series of http_requests_total; they are in namespace "prod"'
    assert (series(state).why, series(state).seeking) == (reason, False)
    situation = state.situation(KEY)
    assert situation is not None
    assert f"{CHECK}: {reason}" in "\n".join(described(situation, why(situation), ()))
    asked = len(prometheus.asked)
    await poller.ask_once([KEY])
    assert len(prometheus.asked) == asked + 1, "the check alone: its interval is not over"
    assert series(state).why == reason


@pytest.mark.parametrize(("phase", "weight"), [("Succeeded", 0), ("Progressing", 0)])
async def test_nothing_is_searched_while_no_traffic_reaches_the_canary(
    lone_cluster: Cluster, httpserver: HTTPServer, phase: str, weight: int
) -> None:
    state, prometheus = await state_in(phase, weight), Prometheus(httpserver)
    await MetricPoller(lone_cluster, state, prometheus.url).ask_once([KEY])
    assert prometheus.asked == [QUERY]
    assert series(state).why == ""


async def test_a_value_ends_the_reason() -> None:
    state = await state_in("Progressing", 20)
    series(state).why = "nobody asks"
    state.readings.add(KEY, CHECK, state.now(), None)
    assert series(state).why == "nobody asks"
    state.readings.add(KEY, CHECK, state.now(), 5.0)
    assert series(state).why == ""


async def test_searches_of_all_canaries_are_few_a_minute() -> None:
    canary = Canary.parse(canary_object(*KEY, "Progressing"))
    [metric, _] = canary.spec.analysis.metrics
    culprits = CheckCulprits()
    due = [culprits.due(("shop", f"cart-{number}"), metric, QUERY) for number in range(MINUTELY_MOST + 5)]
    assert due == [True] * MINUTELY_MOST + [False] * 5


PASSES = Cause(CauseKind.NONE_YET, Phrase("no response yet", ()), Phrase("", ()))
STAYS = Cause(CauseKind.METRIC_MISSING, Phrase("metric x does not exist", ()), Phrase("", ()))


class Clock:
    """The loop's clock, moved by hand; `finds` is what every search finds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        real, self.later_s, self.finds = loop.time, 0.0, Diagnosis()
        monkeypatch.setattr(loop, "time", lambda: real() + self.later_s)
        monkeypatch.setattr("canarytui.metrics.culprit.search.diagnose", self._diagnose)

    async def _diagnose(self, *_: object) -> Diagnosis:
        return self.finds


@pytest.mark.parametrize(
    ("found", "again_s", "shown_s"),
    [
        (Diagnosis((PASSES,)), 15, 45),
        (Diagnosis((STAYS, PASSES)), 15, 45),
        (Diagnosis(), 15, 45),
        (Diagnosis((STAYS,)), 60, None),
    ],
    ids=["it passes", "one of two passes", "none is proved", "it stays"],
)
async def test_a_cause_that_passes_is_searched_again_soon_and_not_shown_for_long(
    monkeypatch: pytest.MonkeyPatch, found: Diagnosis, again_s: float, shown_s: float | None
) -> None:
    clock, culprits = Clock(monkeypatch), CheckCulprits()
    [metric, _] = Canary.parse(canary_object(*KEY, "Progressing")).spec.analysis.metrics
    clock.finds = found
    assert culprits.due(KEY, metric, QUERY)
    await culprits.search(KEY, metric, Suspect(QUERY), cast(Any, SimpleNamespace(vector=None)))
    clock.later_s = again_s - 2
    assert not culprits.due(KEY, metric, QUERY)
    assert not culprits.outdated(KEY, metric, QUERY)
    clock.later_s = 44
    assert not culprits.outdated(KEY, metric, QUERY)
    clock.later_s = 600
    assert culprits.outdated(KEY, metric, QUERY) is (shown_s is not None)
    clock.later_s = again_s + 2
    assert culprits.due(KEY, metric, QUERY)


async def test_those_that_are_searched_again_soon_leave_half_of_the_searches_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, culprits = Clock(monkeypatch), CheckCulprits()
    [metric, _] = Canary.parse(canary_object(*KEY, "Progressing")).spec.analysis.metrics
    clock.finds = Diagnosis((PASSES,))
    searched: list[float] = []
    for second in range(0, 58, 2):
        clock.later_s = second
        if culprits.due(KEY, metric, QUERY):
            await culprits.search(KEY, metric, Suspect(QUERY), cast(Any, SimpleNamespace(vector=None)))
            searched.append(second)
        if second < 10:
            assert culprits.due(("shop", f"other-{second}"), metric, QUERY)
    assert searched == [0], "six of the first ten seconds are half of a minute's searches"
    assert culprits.due(("shop", "another"), metric, QUERY)


async def test_a_cause_that_passes_is_dropped_when_it_cannot_be_searched_again(
    lone_cluster: Cluster, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    clock.finds = Diagnosis((PASSES,))
    state, prometheus = await state_in("Progressing", 20), Prometheus(httpserver)
    poller = MetricPoller(lone_cluster, state, prometheus.url)
    await poller.ask_once([KEY])
    assert series(state).why == "no response yet"
    clock.later_s = 50
    [metric, *_] = Canary.parse(canary_object(*KEY, "Progressing")).spec.analysis.metrics
    for number in range(MINUTELY_MOST):
        poller._culprits.due(("shop", f"other-{number}"), metric, QUERY)
    await poller.ask_once([KEY])
    assert series(state).why == ""


def test_a_suspect_knows_its_threshold_in_the_querys_unit_and_whether_its_interval_is_used() -> None:
    canary = Canary.parse(canary_object(*KEY, "Progressing"))
    [_, duration] = canary.spec.analysis.metrics
    question = MetricQuestion(ProviderSpec(PROMETHEUS, "http://p"), "q", 1000.0)
    suspect = suspect_of(canary, duration, question)
    assert (suspect.maximum, suspect.interval_used) == (0.5, True)
