"""The detail as a person goes through it, over the demo fixture."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import FixtureConnection, deployment_object, fill, fixture_state
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.messages import ShowCanary
from canarytui.console.widgets.page import Page
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

CART = ("shop", "cart")


class Console:
    """An app over the demo fixture, with the connection and what was copied at hand."""

    def __init__(self) -> None:
        self.connection: FixtureConnection | None = None
        self.app = ConsoleApp(self._open, state=fixture_state, zone=UTC)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        self.connection = FixtureConnection(state=cluster_state)
        return self.connection

    @property
    def screen(self) -> DetailScreen:
        assert isinstance(self.app.screen, DetailScreen)
        return self.app.screen

    @property
    def canary_detail(self) -> CanaryDetail:
        found = self.screen._part.canary_detail
        assert found is not None
        return found

    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def press(self, pilot: Pilot[Any], *keys: str) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.05)
        await pilot.pause(0.3)


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Let the app work until something holds."""
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not come")


@asynccontextmanager
async def opened(size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Console, Pilot[Any]]]:
    """A console that shows the halted cart."""
    console = Console()
    async with console.app.run_test(size=size) as pilot:
        for _ in range(100):
            await pilot.pause(0.05)
            if console.app.model.flow is not None:
                break
        console.app.receive(ShowCanary(CART))
        await pilot.pause(0.4)
        yield console, pilot


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("1", "VERSIONS"),
        ("2", "request-success-rate"),
        ("3", "TraefikService/cart"),
        ("4", "containers[cartd].image"),
        ("d", "(rolls back at this number)"),
        ("y", "apiVersion: flagger.app/v1beta1"),
        ("l", "x7k2p/cartd"),
        ("e", "Halt cart.shop advancement success rate 53.42% < 99%"),
    ],
)
async def test_every_part_has_a_key(key: str, words: str) -> None:
    async with opened() as (console, pilot):
        await console.press(pilot, key)
        assert words in console.text()
        assert "cart is halted" in console.text()


async def test_tab_goes_round_and_back() -> None:
    async with opened() as (console, pilot):
        await console.press(pilot, "tab", "tab")
        assert "▶3 objects" in console.text()
        await console.press(pilot, "shift+tab", "shift+tab", "shift+tab")
        assert "▶8 timeline" in console.text()


async def test_leaving_ends_what_was_followed() -> None:
    async with opened() as (console, pilot):
        canary_detail = console.canary_detail
        await console.press(pilot, "escape")
        assert console.connection is not None
        assert console.connection.left == [canary_detail]
        assert not isinstance(console.app.screen, DetailScreen)


async def test_logs_are_followed_only_while_they_are_shown() -> None:
    async with opened() as (console, pilot):
        assert console.canary_detail.logs_of == ""
        await console.press(pilot, "l")
        assert console.canary_detail.logs_of == "canary"
        await console.press(pilot, "o")
        assert console.canary_detail.logs_of == "primary"
        await console.press(pilot, "1")
        assert console.canary_detail.logs_of == ""


async def test_enter_shows_the_query_and_c_copies_it() -> None:
    async with opened() as (console, pilot):
        await console.press(pilot, "2", "j", "enter")
        assert "histogram_quantile(" in console.text()
        await console.press(pilot, "c")
        assert console.app.clipboard.startswith("histogram_quantile( 0.99")
        assert "shop-cart-canary-" in console.app.clipboard
        await console.press(pilot, "enter")
        assert "histogram_quantile(" not in console.text()


async def test_logs_stand_still_for_a_reader_and_go_on_after() -> None:
    async with opened((80, 24)) as (console, pilot):
        await console.press(pilot, "l")
        await until(pilot, lambda: "following" in console.text())
        await console.press(pilot, "k", "k")
        page = console.screen.query_one("#detail", Page)
        await until(pilot, lambda: "paused while you read" in console.text())
        before, count = console.text().splitlines()[6:20], len(page.lines)
        console.canary_detail.logs.add("cart-x/cartd", console.app.model.state.now(), "a new line")
        await pilot.pause(0.6)
        assert console.text().splitlines()[6:20] == before
        assert len(page.lines) == count
        await console.press(pilot, "G")
        await until(pilot, lambda: "following" in console.text())
        console.canary_detail.logs.add("cart-x/cartd", console.app.model.state.now(), "another line")
        await until(pilot, lambda: "another line" in console.text())


async def test_a_filter_narrows_the_logs_and_the_timeline() -> None:
    async with opened() as (console, pilot):
        await console.press(pilot, "l", "slash")
        await console.press(pilot, *"500", "enter")
        shown = [line for line in console.text().splitlines() if "path=/api" in line]
        assert shown
        assert all("status=500" in line for line in shown)
        await console.press(pilot, "e", "slash")
        await console.press(pilot, *"weight", "enter")
        lines = [line for line in console.text().splitlines() if line.split()[1:2] in (["N"], ["W"])]
        assert lines
        assert all("Advance" in line for line in lines)


async def test_yaml_shows_the_next_object_and_never_managed_fields() -> None:
    async with opened() as (console, pilot):
        store = console.app.model.state.stores[CANARIES]
        canary = dict(store.get(*CART) or {})
        canary["metadata"] = {**canary["metadata"], "managedFields": [{"manager": "x"}], "resourceVersion": "9000"}
        store.put(canary)
        await console.press(pilot, "y")
        assert "managedFields" not in console.text()
        await console.press(pilot, "o")
        assert "Deployment/cart" in console.text()
        assert "kind: Deployment" in console.text()


async def test_a_change_of_the_target_is_in_the_diff_at_once() -> None:
    async with opened() as (console, pilot):
        await console.press(pilot, "4")
        made = deployment_object("shop", "cart", "stefanprodan/cart:5", 2, 2)
        made["spec"]["template"]["spec"]["serviceAccountName"] = "cart-admin"
        made["metadata"]["resourceVersion"] = "9000"
        console.app.model.state.stores[DEPLOYMENTS].put(made)
        await pilot.pause(0.6)
        assert "serviceAccountName" in console.text()
        assert "2 changes in the pod template" in console.text()


async def test_a_refusal_is_one_sentence_in_its_part() -> None:
    async with opened() as (console, pilot):
        console.canary_detail.refuse("Pod", "you may not list pods in namespace shop")
        await console.press(pilot, "3")
        assert console.text().count("you may not list pods in namespace shop") == 1
        await console.press(pilot, "2")
        assert "request-success-rate" in console.text()


async def test_a_deleted_canary_leaves_a_sentence() -> None:
    async with opened() as (console, pilot):
        store = console.app.model.state.stores[CANARIES]
        store.remove(store.get(*CART) or {})
        await pilot.pause(0.5)
        assert "This canary is gone" in console.text()
        await console.press(pilot, "2", "enter", "c", "y", "l", "o", "O")
        assert "This canary is gone" in console.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (40, 12)])
async def test_any_size_and_a_storm_of_keys(size: tuple[int, int]) -> None:
    async with opened(size) as (console, pilot):
        for key in [*"12345678", "tab", "j", "k", "pagedown", "pageup", "G", "g", "o", "n", "enter", *"dyle"] * 2:
            await pilot.press(key)
        await pilot.pause(0.3)
        assert isinstance(console.app.screen, DetailScreen)
