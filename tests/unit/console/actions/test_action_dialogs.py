"""Choosing before an action: several canaries with one question, tags that ran before, a variable, a weight."""

from __future__ import annotations

import copy
from datetime import UTC
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from canarytui.cluster.resources import DEPLOYMENTS
from canarytui.console.actions.confirm_screen import ConfirmScreen, SeveralScreen
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState


class Console:
    """An app over the demo fixture, whose connection remembers plans."""

    def __init__(self) -> None:
        self.connection = FixtureConnection()
        self.app = ConsoleApp(self._open, state=fixture_state, zone=UTC)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        return self.connection

    async def press(self, pilot: Pilot[Any], *keys: str) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.15)

    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def plans(self) -> list[Plan]:
        return self.connection.plans


async def test_one_question_for_all_that_are_marked_and_a_word_about_those_left_out() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "space", "space", "space", "P")
        screen = console.app.screen
        assert isinstance(screen, SeveralScreen)
        assert "left out: Promote pay/ledger" in console.text()
        await console.press(pilot, "y")
    assert {plan.writes[0].name for plan in console.plans} == {"cart", "podinfo"}
    assert {plan.intent for plan in console.plans} == {Intent.PROMOTE}


async def test_no_is_the_answer_of_every_other_key() -> None:
    console = Console()
    async with console.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "space", "space", "P", "enter")
    assert console.plans == []


async def test_what_asks_for_choices_is_done_one_by_one() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "space", "space", "t")
        assert not isinstance(console.app.screen, ConfirmScreen)
    assert console.plans == []


async def test_tags_that_ran_before_come_by_a_key() -> None:
    console = Console()

    async def images(situation: Situation) -> dict[str, list[str]]:
        return {
            "cartd": ["stefanprodan/cart:4.0.7", "stefanprodan/cart:4.0.5", "other/cart:1", "stefanprodan/cart:4.0.3"]
        }

    console.connection.executor.images = images  # type: ignore[method-assign]
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "t")
        assert "ran before: 4.0.5  other/cart:1  4.0.3" in console.text()
        await console.press(pilot, "ctrl+n", "ctrl+n", "ctrl+n")
        assert console.app.screen.query_one(Input).value == "4.0.3"
        await console.press(pilot, "ctrl+n", "ctrl+n", "enter", "y")
    (made,) = console.plans
    assert made.title.endswith("→ other/cart:1")


async def test_a_variable_and_a_restart_are_triggers_too() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "t", "ctrl+t", "A", "enter")
        assert not isinstance(console.app.screen, ConfirmScreen), "that is no NAME=VALUE yet"
        await console.press(pilot, "equals_sign", "1", "enter", "y")
        await console.press(pilot, "t", "ctrl+t", "ctrl+t", "enter", "y")
    variable, restart = console.plans
    template = variable.writes[0].body["spec"]["template"]
    assert template["spec"]["containers"][0]["env"] == [{"name": "A", "value": "1"}]
    assert "annotations" in restart.writes[0].body["spec"]["template"]["metadata"]


async def test_only_weights_that_are_to_come_can_be_skipped_to() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "greater_than_sign", "3", "3", "enter")
        assert console.app.screen.query(Input), "33 is none of them"
        await console.press(pilot, "up", "enter", "y")
    (made,) = console.plans
    weights = [each["weight"] for each in made.writes[0].body["spec"]["weighted"]["services"]]
    assert weights == [65, 35]


TWO = [
    {"name": "sidecar", "image": "envoyproxy/envoy:v1.30.1", "ports": [{"containerPort": 15001}]},
    {"name": "web", "image": "stefanprodan/podinfo:4.0.5", "ports": [{"containerPort": 9898}]},
]


class Pair(Console):
    """The demo fixture's first canary with two containers; `port` is where its Service sends requests."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for name in ("cart", "cart-primary"):
            workload = copy.deepcopy(cluster_state.stores[DEPLOYMENTS].get("shop", name))
            assert workload is not None
            workload["metadata"]["resourceVersion"] = "4243"
            workload["spec"]["template"]["spec"]["containers"] = TWO
            cluster_state.stores[DEPLOYMENTS].put(workload)
        canary = copy.deepcopy(cluster_state.canaries.get("shop", "cart"))
        assert canary is not None
        canary["spec"]["service"]["targetPort"] = self._port
        canary["metadata"]["resourceVersion"] = "4712"
        cluster_state.canaries.put(canary)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        return self.connection

    def changed(self) -> list[dict[str, Any]]:
        (made,) = self.plans
        containers: list[dict[str, Any]] = made.writes[0].body["spec"]["template"]["spec"]["containers"]
        return containers


async def test_the_trigger_begins_with_the_application() -> None:
    console = Pair(9898)
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "t")
        assert "▶ web" in console.text()
        await console.press(pilot, *"9.9", "enter", "y")
    assert console.changed() == [{"name": "web", "image": "stefanprodan/podinfo:9.9"}]


async def test_the_container_follows_the_repository_that_is_typed_until_one_is_chosen() -> None:
    console = Pair(9898)
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "t")
        console.app.screen.query_one(Input).value = "envoyproxy/envoy:v2"
        await pilot.pause(0.15)
        assert "▶ sidecar" in console.text()
        await console.press(pilot, "down")
        console.app.screen.query_one(Input).value = "envoyproxy/envoy:v3"
        await pilot.pause(0.15)
        assert "▶ web" in console.text()
        assert "new image for container web: envoyproxy/envoy:v3" in console.text()


async def test_a_container_that_cannot_be_told_is_asked_for() -> None:
    console = Pair(8080)
    async with console.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "t", *"9.9", "enter")
        assert "choose the one to change" in console.text()
        assert not isinstance(console.app.screen, ConfirmScreen)
        await console.press(pilot, "down", "down", *"9.9", "enter", "y")
    assert console.changed() == [{"name": "web", "image": "stefanprodan/podinfo:9.9"}]


async def test_what_is_typed_replaces_every_suggestion() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await console.press(pilot, "g", "t", "ctrl+t", "ctrl+t", "ctrl+t", *"9.9")
        assert console.app.screen.query_one(Input).value == "9.9"
        await console.press(pilot, "escape", "greater_than_sign", "up", "3", "5")
        assert console.app.screen.query_one(Input).value == "35"
