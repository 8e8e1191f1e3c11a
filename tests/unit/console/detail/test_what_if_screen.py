"""The key ``w`` at the checks: a threshold is asked for, past rollouts are read from a Prometheus and replayed."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from test_cli_backtest import STEPS, TICK, facts
from test_detail_screen import CART, Console
from textual.pilot import Pilot
from werkzeug import Request, Response

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, METRIC_TEMPLATES
from canarytui.console.demo_fixture import NOW, FixtureConnection, fill
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.detail.what_if_prompt import present_limits
from canarytui.console.detail.what_if_screen import WhatIfScreen
from canarytui.console.keymap import ACTIONS
from canarytui.console.messages import ShowCanary
from canarytui.console.prompt_screen import PromptScreen
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.rollout.checks import Check
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION
from canarytui.session.connection import Connection
from canarytui.session.metric_access import MetricAccess
from canarytui.session.state import ClusterState

GOOD, ROLLED_BACK = (NOW - timedelta(days=days) for days in (4, 3))
VALUES = {GOOD: 99.5, ROLLED_BACK: 91.0}
KEPTN = {
    "metadata": {"namespace": "shop", "name": "kept"},
    "spec": {"provider": {"type": "keptn", "address": "http://127.0.0.1:9"}, "query": "x"},
}


class ReadingConsole(Console):
    """A console whose connection reads past values from a server."""

    def __init__(self, cluster: Cluster, prometheus: str) -> None:
        super().__init__()
        self._access = MetricAccess(cluster, prometheus)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for began, rolled_back in ((GOOD, False), (ROLLED_BACK, True)):
            for fact in facts(began, rolled_back=rolled_back):
                cluster_state.timeline.add(fact)
        canary = dict(cluster_state.stores[CANARIES].get(*CART) or {})
        shadow = "- {name: kept, templateRef: {name: kept}}\n- {name: tried, query: up, thresholdRange: {min: 90}}"
        annotations = {SHADOW_ANNOTATION: shadow}
        status = {**canary["status"], "phase": "Succeeded", "canaryWeight": 0}
        canary |= {
            "metadata": {**canary["metadata"], "annotations": annotations, "resourceVersion": "9000"},
            "status": status,
        }
        cluster_state.stores[CANARIES].put(canary)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        cluster_state.stores[METRIC_TEMPLATES].replace([KEPTN])
        connection = FixtureConnection(state=cluster_state)
        connection.metric_access = lambda: self._access  # type: ignore[assignment,method-assign,return-value]
        self.connection = connection
        return connection


class Past:
    """A Prometheus that has values while a canary got traffic; it answers while `free` is set."""

    def __init__(self, server: HTTPServer) -> None:
        self.free = threading.Event()
        self.free.set()
        self.asked = threading.Event()
        self.url = server.url_for("").rstrip("/")
        server.expect_request("/api/v1/query_range").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.asked.set()
        self.free.wait(20)
        at_s, step_s = float(request.args["start"]), float(request.args["step"])
        points = []
        while at_s <= float(request.args["end"]):
            at = datetime.fromtimestamp(at_s, UTC)
            for began, value in VALUES.items():
                if began + 2 * TICK <= at <= began + (STEPS + 3) * TICK:
                    points.append([at_s, "0.1" if "histogram_quantile" in request.args["query"] else str(value)])
            at_s += step_s
        result = [{"metric": {}, "values": points}] if points else []
        body = {"status": "success", "data": {"resultType": "matrix", "result": result}}
        return Response(json.dumps(body), content_type="application/json")


@pytest.fixture
def past(httpserver: HTTPServer) -> Past:
    return Past(httpserver)


@pytest.fixture
async def console(lone_cluster: Cluster, past: Past) -> AsyncIterator[ReadingConsole]:
    yield ReadingConsole(lone_cluster, past.url)
    past.free.set()


async def at_checks(console: Console, pilot: Pilot[Any]) -> None:
    for _ in range(100):
        await pilot.pause(0.05)
        if console.app.model.flow is not None:
            break
    console.app.receive(ShowCanary(CART, "checks"))
    await pilot.pause(0.3)


async def until(pilot: Pilot[Any], console: Console, text: str) -> str:
    for _ in range(200):
        await pilot.pause(0.05)
        if text in console.text():
            return console.text()
    raise AssertionError(console.text())


async def give(pilot: Pilot[Any], limits: str) -> None:
    await pilot.press("w")
    await pilot.pause(0.1)
    assert isinstance(pilot.app.screen, PromptScreen)
    await pilot.press("ctrl+u", *limits, "enter")


async def test_each_rollout_says_what_it_would_have_been_and_by_what(console: ReadingConsole) -> None:
    async with console.app.run_test(size=(120, 40)) as pilot:
        await at_checks(console, pilot)
        assert "what if" in console.text(), "the keys' line knows it"
        await give(pilot, "99.9")
        said = await until(pilot, console, "Good rollouts rolled back")
        assert "What if request-success-rate 99.9? Rollouts of shop/cart" in said
        assert said.index(f"{ROLLED_BACK:%Y-%m-%d %H:%M:%S}") < said.index(f"{GOOD:%Y-%m-%d %H:%M:%S}"), (
            "the latest first"
        )
        good = said[said.index(f"{GOOD:%Y-%m-%d %H:%M:%S}") :]
        assert "happened: promoted" in good.splitlines()[0]
        assert "would be: rolled back at " in good.splitlines()[1]
        assert "by request-success-rate 99.5 (≥ 99.9)" in good.splitlines()[1]
        assert "Good rollouts rolled back: 1 of 1." in said
        assert "request-success-rate: at ≥ 99.5" in said, "the advice"
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, DetailScreen)


async def test_esc_ends_the_reading(console: ReadingConsole, past: Past) -> None:
    past.free.clear()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await at_checks(console, pilot)
        await give(pilot, "97")
        said = await until(pilot, console, "Reading past values: 0 of ")
        assert "Esc cancels" in said
        assert past.asked.wait(5)
        assert isinstance(pilot.app.screen, WhatIfScreen)
        workers = [worker for worker in pilot.app.workers if worker.node is pilot.app.screen]
        assert [worker.is_running for worker in workers] == [True]
        await pilot.press("escape")
        await pilot.pause(0.1)
        assert isinstance(pilot.app.screen, DetailScreen)
        assert [worker.is_cancelled for worker in workers] == [True]
        past.free.set()


async def test_nonsense_is_asked_for_again(console: ReadingConsole) -> None:
    async with console.app.run_test(size=(120, 40)) as pilot:
        await at_checks(console, pilot)
        await give(pilot, "fast")
        await until(pilot, console, "fast is no threshold for request-success-rate, which has ≥ 99 %")
        assert isinstance(pilot.app.screen, PromptScreen), "with what was typed, to be corrected"
        assert "fast" in console.text()


async def test_a_shadow_check_is_judged_alone_and_one_without_a_past_says_why(console: ReadingConsole) -> None:
    async with console.app.run_test(size=(120, 40)) as pilot:
        await at_checks(console, pilot)
        await pilot.press("end", "down", "down", "down")
        await pilot.pause(0.1)
        await give(pilot, "99.8..")
        said = await until(pilot, console, "Good rollouts rolled back")
        assert "A shadow check: each rollout is judged by this check alone" in said
        assert "by tried 99.5 (≥ 99.8)" in said
        await pilot.press("escape", "up")
        await give(pilot, "..1")
        await until(pilot, console, "Another threshold cannot be tried: check kept is left out: its provider, keptn")


async def test_without_a_metric_provider_it_says_so() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 24)) as pilot:
        await at_checks(console, pilot)
        await give(pilot, "97")
        said = await until(pilot, console, "there are no past values to read")
        assert "With request-success-rate=97 the rollout of shop/cart from 14:28:39 would be at weight 20" in said


async def test_a_check_with_two_queries_is_replayed_during_a_rollout_too() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 24)) as pilot:
        await at_checks(console, pilot)
        store = console.app.model.state.stores[CANARIES]
        canary = copy.deepcopy(dict(store.get(*CART) or {}))
        canary["metadata"]["resourceVersion"] = "9000"
        canary["spec"]["analysis"]["metrics"][0]["query"] = "up"
        store.put(canary)
        await pilot.pause(0.2)
        await give(pilot, "97")
        said = await until(pilot, console, "there are no past values to read")
        assert "With request-success-rate" not in said, "a session reads one query only"


async def test_a_first_rollout_is_answered_without_options_of_a_command(console: ReadingConsole) -> None:
    async with console.app.run_test(size=(120, 40)) as pilot:
        await at_checks(console, pilot)
        console.app.model.state.timeline = Timeline()
        await give(pilot, "97")
        said = " ".join((await until(pilot, console, "No rollout of shop/cart")).split())
        assert "run canarytui backtest shop/cart --from TIME --to TIME." in said
        assert "give a window" not in said


@pytest.mark.parametrize(
    ("low", "high", "typed"), [(99.0, None, "99.."), (None, 1234567.0, "..1234567"), (0.1, 5.0, "0.1..5")]
)
def test_the_present_threshold_is_typed_whole(low: float | None, high: float | None, typed: str) -> None:
    assert present_limits(Check("any", low, high, "")) == typed


def test_the_key_is_in_the_table() -> None:
    assert ACTIONS["what-if"].shown == "w"
