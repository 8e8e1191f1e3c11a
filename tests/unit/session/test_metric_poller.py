"""The poller's values, their past, its failures, and what it says about the provider that it queries."""

from __future__ import annotations

import asyncio
import copy
import json
import math
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, METRIC_TEMPLATES
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.console.status_lines import TitleContext, title_bar
from canarytui.domain.rollout.checks import CheckVerdict
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION
from canarytui.metrics.answers import Answer, Availability, Value
from canarytui.metrics.providers.base import MetricProvider
from canarytui.metrics.providers.registry import PROVIDERS
from canarytui.report.describe import described
from canarytui.session import metric_poller
from canarytui.session.metric_history import CheckSeries
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.state import ClusterState

KEY = ("shop", "cart")
CHECK = "errors"


def answer(kind: str, result: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": result}}


class Server:
    """A Prometheus with one value now and a few of before."""

    def __init__(self, server: HTTPServer) -> None:
        self.value = "0.5"
        self.refuses = False
        self.ranges = 0
        self.url = server.url_for("").rstrip("/")
        server.expect_request("/api/v1/query").respond_with_handler(self._now)
        server.expect_request("/api/v1/query_range").respond_with_handler(self._past)

    def _now(self, request: Request) -> Response:
        if self.refuses:
            return Response("too many", status=429)
        return _json(answer("vector", [{"metric": {}, "value": [0, self.value]}] if self.value else []))

    def _past(self, request: Request) -> Response:
        self.ranges += 1
        if self.refuses:
            return Response("too many", status=429)
        return _json(answer("matrix", [{"metric": {}, "values": [[1000, "0.1"], [1010, "NaN"]]}]))


def _json(content: dict[str, Any]) -> Response:
    return Response(json.dumps(content), content_type="application/json")


@pytest.fixture
def server(httpserver: HTTPServer) -> Server:
    return Server(httpserver)


async def world_in(phase: str = "Progressing", *before: dict[str, Any]) -> ClusterState:
    """`before` are checks that come before the one that all tests have."""
    cluster_state = ClusterState()
    canary = canary_object(*KEY, phase, weight=20)
    canary["spec"]["analysis"] |= {"metrics": [*before, {"name": CHECK, "query": "up", "thresholdRange": {"max": 1}}]}
    cluster_state.stores[DEPLOYMENTS].replace([deployment_object("shop", "cart", "cart:1", 1, 1)])
    cluster_state.stores[CANARIES].replace([canary])
    await asyncio.sleep(0)
    return cluster_state


def series(cluster_state: ClusterState) -> CheckSeries:
    return cluster_state.readings.series(KEY, CHECK)


async def run_until(poller: MetricPoller, holds: Callable[[], bool]) -> None:
    """Let the poller run until something holds."""
    poller.show_checks_of([KEY])
    running = asyncio.create_task(poller.run())
    try:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - readings tell nobody
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_past_is_asked_for_once_and_comes_before_the_present(lone_cluster: Cluster, server: Server) -> None:
    cluster_state = await world_in()
    poller = MetricPoller(lone_cluster, cluster_state, server.url)
    await run_until(poller, lambda: len(series(cluster_state).points) == 3)
    values = [value for _, value in series(cluster_state).points]
    assert (values[0], values[2]) == (0.1, 0.5)
    assert math.isnan(values[1])
    assert series(cluster_state).without_past == ""
    poller.engine_known()  # everything is asked again
    await run_until(poller, lambda: len(series(cluster_state).points) == 4)
    assert server.ranges == 1


async def test_one_look_asks_for_the_present_only(lone_cluster: Cluster, server: Server) -> None:
    cluster_state = await world_in()
    poller = MetricPoller(lone_cluster, cluster_state, server.url)
    assert poller.phrase() == words.NO_DATA_YET.text()
    await poller.ask_once([KEY, ("shop", "gone")])
    assert [value for _, value in series(cluster_state).points] == [0.5]
    assert server.ranges == 0
    assert poller.phrase() == "prometheus by URL, fresh"


async def test_a_failure_is_said_beside_the_check_and_in_the_title(
    lone_cluster: Cluster, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster_state = await world_in()
    poller = MetricPoller(lone_cluster, cluster_state, server.url)
    server.refuses = True
    await run_until(poller, lambda: bool(series(cluster_state).problem))
    problem = "error response: Status 429 Too Many Requests: too many"
    assert (series(cluster_state).problem, list(series(cluster_state).points)) == (problem, [])
    assert (poller.phrase(), poller.outage()) == ("waiting for prometheus", ""), "it may just be starting"
    monkeypatch.setattr(metric_poller, "_FIRST_ANSWER_S", 0.0)
    assert poller.phrase() == f"prometheus: {problem}"
    assert poller.outage() == "PROMETHEUS FAILING 0 s", "it answers, if only with an error"
    monkeypatch.undo()

    server.refuses = False
    poller.engine_known()
    await run_until(poller, lambda: poller.phrase() == "prometheus by URL, fresh")
    assert series(cluster_state).problem == ""
    assert poller.outage() == ""
    assert server.ranges >= 2, "the past that could not be had is asked for again"

    server.refuses = True
    await poller.ask_once([KEY])
    assert poller.phrase() == f"prometheus by URL, fresh: {problem}"
    assert poller.outage() == "PROMETHEUS FAILING 0 s", "it has answered before: that is news at once"


async def test_a_provider_that_does_not_answer_is_down(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster_state = await world_in()
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        poller = MetricPoller(lone_cluster, cluster_state, f"http://127.0.0.1:{closed.getsockname()[1]}")
        await poller.ask_once([KEY])
    assert poller.outage() == ""
    monkeypatch.setattr(metric_poller, "_FIRST_ANSWER_S", 0.0)
    assert poller.outage() == "PROMETHEUS DOWN 0 s"
    bar = title_bar(TitleContext(context="c", synced=True, metrics_down=poller.outage()), 60, datetime.now(UTC))
    assert bar.plain.startswith(" PROMETHEUS DOWN 0 s  ctx c")


@pytest.mark.parametrize(("phase", "points"), [("Succeeded", 1), ("Progressing", 2)])
async def test_no_value_again_is_no_news_while_nothing_is_analysed(
    lone_cluster: Cluster, server: Server, phase: str, points: int
) -> None:
    cluster_state = await world_in(phase)
    poller = MetricPoller(lone_cluster, cluster_state, server.url)
    server.value = ""
    for _ in range(2):
        await poller.ask_once([KEY])
    assert len(series(cluster_state).points) == points
    assert all(math.isnan(value) for _, value in series(cluster_state).points)


class OtherProvider(MetricProvider):
    """A service that always answers, and has no past."""

    async def query(self, text: str) -> Answer:
        return Value(0.25)

    async def is_online(self) -> Availability:
        return Availability()


async def test_of_several_providers_the_title_names_the_one_with_a_problem(
    lone_cluster: Cluster, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROVIDERS, "other", "test_metric_poller:OtherProvider")
    cluster_state = await world_in(
        "Progressing", {"name": "theirs", "templateRef": {"name": "t"}, "thresholdRange": {"max": 1}}
    )
    template = {"metadata": {"namespace": "shop", "name": "t"}, "spec": {"provider": {"type": "other"}, "query": "x"}}
    cluster_state.stores[METRIC_TEMPLATES].replace([template])
    await asyncio.sleep(0)
    poller = MetricPoller(lone_cluster, cluster_state, server.url)

    await poller.ask_once([KEY])
    assert cluster_state.readings.recent(KEY, "theirs") == [0.25]
    assert cluster_state.readings.series(KEY, "theirs").without_past == "other"
    assert poller.phrase() == "other by URL, fresh"

    server.refuses = True
    await poller.ask_once([KEY])
    assert poller.phrase().startswith("prometheus by URL, fresh: error response: ")


async def test_without_a_server_nothing_is_asked(lone_cluster: Cluster, server: Server) -> None:
    cluster_state = await world_in()
    poller = MetricPoller(lone_cluster, cluster_state, "")
    await poller.ask_once([KEY])
    assert series(cluster_state).problem == words.NO_SERVER.text()
    assert poller.phrase() == words.NO_DATA_YET.text()


async def test_shadow_checks_are_asked_for_and_stand_beside_the_real_ones(
    lone_cluster: Cluster, server: Server
) -> None:
    cluster_state = await world_in()
    canary = copy.deepcopy(dict(cluster_state.stores[CANARIES].get(*KEY) or {}))
    shadow = "- {name: tried, query: up, thresholdRange: {max: 0.1}}"
    canary["metadata"] |= {"annotations": {SHADOW_ANNOTATION: shadow}, "resourceVersion": "9"}
    cluster_state.stores[CANARIES].replace([canary])
    await asyncio.sleep(0)
    await MetricPoller(lone_cluster, cluster_state, server.url).ask_once([KEY])
    situation = cluster_state.situation(KEY)
    assert situation is not None
    assert [(check.name, check.verdict) for check in situation.checks] == [(CHECK, CheckVerdict.PASSES)]
    assert [(check.name, check.verdict) for check in situation.shadow_checks] == [("tried", CheckVerdict.FAILS)]
    lines = described(situation, "", ())
    place = lines.index("Shadow checks:")
    assert lines[place + 1].strip() == "no effect on the rollout"
    assert lines[place + 3].split()[:3] == ["tried", "would", "fail"]
    canary["metadata"] |= {"annotations": {SHADOW_ANNOTATION: "{"}, "resourceVersion": "10"}
    cluster_state.stores[CANARIES].replace([canary])
    broken = cluster_state.situation(KEY)
    assert broken is not None
    assert broken.shadow_checks == ()
    assert any("is no list of up to 20 metrics" in line for line in described(broken, "", ()))
