"""What the interpreter does with the effects that need no write: queries, measures, messages, and the right to act."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

from pytest_httpserver import HTTPServer

from canarytui.cluster.client import Cluster
from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.meters import Meters
from canarytui.metrics.answers import QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.prometheus_vector import Sample


class Bench:
    """An interpreter whose recorder is this: `events` are (message, warning). It may act for `effects_left` effects."""

    def __init__(self, cluster: Cluster) -> None:
        self.events: list[tuple[str, bool]] = []
        self.outside = 0
        self.effects_left = 100
        self.log, self.meters = io.StringIO(), Meters()
        spec = {"targetRef": {"kind": "Deployment", "name": "cart-app"}, "service": {"port": 80}, "analysis": {}}
        canary = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})
        self.tick = Tick(canary, cast(Any, None), ControllerSettings(), datetime.now(UTC))
        none = cast(Any, None)
        self.interpreter = Interpreter(
            cluster, none, cast(Any, self), none, JsonLog("info", self.log), self.meters, self._may_act, self._outside
        )

    def record(self, canary: Canary, message: str, *, warning: bool, look: datetime) -> None:
        self.events.append((message, warning))

    def _may_act(self) -> bool:
        self.effects_left -= 1
        return self.effects_left >= 0

    @asynccontextmanager
    async def _outside(self) -> Any:
        self.outside += 1
        yield


async def test_metric_queries_go_to_their_provider_outside_of_the_slot(
    lone_cluster: Cluster, httpserver: HTTPServer
) -> None:
    result = {"resultType": "vector", "result": [{"metric": {}, "value": [0, "1"]}]}
    httpserver.expect_request("/api/v1/query").respond_with_json({"status": "success", "data": result})
    bench = Bench(lone_cluster)
    got: list[Any] = []

    def decision() -> fx.Decision[None]:
        spec = ProviderSpec("prometheus", httpserver.url_for("").rstrip("/"))
        got.append((yield fx.AskMetric(spec, "up")))
        got.append((yield fx.CheckServer(spec)))
        got.append((yield fx.CheckServer(ProviderSpec("prometheus", "http://127.0.0.1:9"))))

    await bench.interpreter.run(bench.tick, decision())
    assert got[:2] == [Value(1.0), ""]
    assert got[2].startswith("running query failed: request failed: ")
    assert bench.outside == 3, "others may use the slot meanwhile"


async def test_samples_or_why_there_are_none(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    result = {"resultType": "vector", "result": [{"metric": {"code": code}, "value": [0, "1"]} for code in "25"]}
    httpserver.expect_request("/api/v1/query").respond_with_json({"status": "success", "data": result})
    bench = Bench(lone_cluster)
    got: list[Any] = []

    def decision() -> fx.Decision[None]:
        for address in (httpserver.url_for("").rstrip("/"), "http://127.0.0.1:9"):
            got.append((yield fx.AskSamples(ProviderSpec("prometheus", address), "sum by (code) (rate(c[1m]))")))
        got.append((yield fx.AskSamples(ProviderSpec("graphite", "http://127.0.0.1:9"), "c")))

    await bench.interpreter.run(bench.tick, decision())
    assert got[0] == [Sample({"code": code}, 1.0) for code in "25"]
    assert isinstance(got[1], QueryFailed)
    assert got[2] == QueryFailed("graphite does not answer PromQL")
    assert bench.outside == 3, "others may use the slot meanwhile"


async def test_measures_get_flaggers_prefix_and_labels(lone_cluster: Cluster) -> None:
    bench = Bench(lone_cluster)

    def decision() -> fx.Decision[None]:
        yield fx.Measure("canary_weight", 5, {"workload": "cart-app"})
        for _ in range(2):
            yield fx.Measure("canary_successes_total", 1)
        yield fx.Say("it is halted", warning=True)
        yield fx.Log("by the way", "controller/scheduler.go")

    await bench.interpreter.run(bench.tick, decision())
    lines = bench.meters.exposition().decode().splitlines()
    assert 'flagger_canary_weight{namespace="shop",workload="cart-app"} 5.0' in lines
    assert 'flagger_canary_successes_total{name="cart-app",namespace="shop"} 2.0' in lines
    assert bench.events == [("it is halted", True)]
    assert "by the way" in bench.log.getvalue()


async def test_a_decision_ends_where_the_right_to_act_does(lone_cluster: Cluster) -> None:
    bench = Bench(lone_cluster)
    bench.effects_left = 1
    ended: list[str] = []

    def decision() -> fx.Decision[None]:
        try:
            yield fx.Say("first")
            yield fx.Say("second")
        except GeneratorExit:
            ended.append("closed")
            raise

    await bench.interpreter.run(bench.tick, decision())
    assert bench.events == [("first", False)]
    assert ended == ["closed"]
