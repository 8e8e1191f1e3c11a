"""Two contexts in one list: each canary is seen and driven in its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.cluster.resources import CANARIES
from canarytui.console.app import ConsoleApp
from canarytui.console.contexts import ContextKey
from canarytui.console.demo_fixture import NOW, FixtureConnection, canary_object, fill, open_fixture
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.messages import SwitchContext
from canarytui.errors import CanarytuiError, UsageError
from canarytui.session.context_names import wanted_contexts
from canarytui.session.state import ClusterState

PHASES = {"prod-eu": ("Progressing", 20), "prod-us": ("Failed", 0)}
LATER = {"reachable": False}


async def connector(cluster_state: ClusterState, *, context: str | None = None) -> Any:
    """A scene for each context, with the same canary in both, in another phase."""
    assert context is not None
    if context == "away" and not LATER["reachable"]:
        raise CanarytuiError("The API server of context away cannot be reached: check the VPN.")
    connection = await open_fixture(cluster_state)
    connection.context = context
    phase, weight = PHASES.get(context, ("Succeeded", 0))
    cluster_state.stores[CANARIES].replace([canary_object("shop", "basket", phase, weight=weight)])
    return connection


@asynccontextmanager
async def contexts_of(
    *contexts: str, size: tuple[int, int] = (160, 40)
) -> AsyncIterator[tuple[ConsoleApp, Pilot[Any]]]:
    app = ConsoleApp(connector, contexts=contexts, state=lambda: ClusterState(now=lambda: NOW), zone=UTC)
    async with app.run_test(size=size) as pilot:
        for _ in range(200):
            if len(app.model.contexts.opened) == len([each for each in contexts if each != "away"]):
                break
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        yield app, pilot


def lines(app: ConsoleApp) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def line(app: ConsoleApp, context: str) -> str:
    return next(each for each in lines(app)[1:] if context in each)


async def select(app: ConsoleApp, pilot: Pilot[Any], context: str) -> None:
    app.screen.query_one(CanaryRows).select(ContextKey(context, ("shop", "basket")))
    await pilot.pause(0.2)


async def test_same_name_in_two_contexts_is_two_lines_with_their_context() -> None:
    async with contexts_of("prod-eu", "prod-us") as (app, _):
        assert "FAILED" in line(app, "prod-us")
        assert "20" in line(app, "prod-eu")
        assert "2 contexts: prod-eu, prod-us" in lines(app)[0]
        assert "CONTEXT" in lines(app)[1]


async def test_what_is_selected_is_explained_and_driven_in_its_context() -> None:
    async with contexts_of("prod-eu", "prod-us") as (app, pilot):
        await select(app, pilot, "prod-us")
        assert app.model.connection.context == "prod-us"
        assert app.model.flow is app.model.contexts["prod-us"].flow
        await select(app, pilot, "prod-eu")
        assert app.screen.selected_key() == ("shop", "basket")  # type: ignore[attr-defined]
        assert app.model.connection.context == "prod-eu"
        assert app.model.flow is app.model.contexts["prod-eu"].flow
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert isinstance(app.screen, DetailScreen)
        assert "prod-eu" in lines(app)[0]
        assert "weight 20" in "\n".join(lines(app))


async def test_change_in_one_context_changes_one_line() -> None:
    async with contexts_of("prod-eu", "prod-us") as (app, pilot):
        changed = canary_object("shop", "basket", "Progressing", weight=35)
        changed["metadata"]["resourceVersion"] = "4800"
        app.model.contexts["prod-eu"].state.stores[CANARIES].put(changed)
        await pilot.pause(0.4)
        assert " 35 " in line(app, "prod-eu")
        assert "FAILED" in line(app, "prod-us")


async def test_filter_by_context() -> None:
    async with contexts_of("prod-eu", "prod-us") as (app, pilot):
        await app.opening.switch("prod-eu")
        await pilot.pause(0.3)
        assert [row.context for row in app.model.listing.shown] == ["prod-eu"]


async def test_marks_of_another_context_take_no_part() -> None:
    async with contexts_of("prod-eu", "prod-us") as (app, pilot):
        for context in ("prod-us", "prod-eu"):
            await select(app, pilot, context)
            await pilot.press("space")
        await pilot.pause(0.2)
        assert len(app.model.listing.marked) == 2
        assert app.screen.chosen_keys() == {("shop", "basket")}  # type: ignore[attr-defined]


async def test_context_that_is_away_is_told_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canarytui.console.connecting.AGAIN_S", 0.05)
    async with contexts_of("prod-eu", "away") as (app, pilot):
        assert "(+1 not reached)" in lines(app)[0]
        assert len(app.screen.query_one(CanaryRows).visible_rows) == 1
        assert list(app.model.unreachable) == ["away"]
        monkeypatch.setitem(LATER, "reachable", True)
        for _ in range(100):
            if len(app.model.contexts.opened) == 2:
                break
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        assert len(app.model.listing.shown) == 2
        assert not app.model.unreachable


async def test_outage_of_one_names_it() -> None:
    async with contexts_of("prod-eu", "prod-us") as (app, pilot):
        app.model.contexts["prod-us"].state.canaries.stale("no answer in time", "no answer")
        await pilot.pause(0.4)
        assert "STALE prod-us since" in lines(app)[0]
        assert "): no answer" in lines(app)[0]
        stale = {row.context: row.as_of is not None for row in app.model.listing.shown}
        assert stale == {"prod-eu": False, "prod-us": True}
        assert app.model.place(everywhere=True).stale_error == "prod-us: no answer in time"


def test_keys_of_two_contexts_differ() -> None:
    one, other = ContextKey("a", ("shop", "basket")), ContextKey("b", ("shop", "basket"))
    assert len({one, other, ContextKey("a", ("shop", "basket"))}) == 2
    assert one.plain == other.plain == ("shop", "basket")
    assert one != ("shop", "basket")


def test_contexts_are_named_or_refused() -> None:
    assert wanted_contexts("", ["a"]) == []
    assert wanted_contexts("b,a,b", ["a", "b"]) == ["b", "a"]
    assert wanted_contexts("all", ["a", "b"]) == ["a", "b"]
    with pytest.raises(UsageError, match="has no context c: choose among a, b"):
        wanted_contexts("a,c", ["a", "b"])


class Switchboard:
    """A console on one context; `answers` says of each context whether it can be reached, once its event is set."""

    def __init__(self) -> None:
        self.reached: dict[str | None, asyncio.Event] = {name: asyncio.Event() for name in (None, "one", "two", "away")}
        self.opened: list[FixtureConnection] = []
        self.app = ConsoleApp(self._open, state=lambda: ClusterState(now=lambda: NOW), zone=UTC)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Any:
        await self.reached[context].wait()
        if context == "away":
            raise CanarytuiError("The API server of context away cannot be reached.")
        fill(cluster_state)
        cluster_state.stores[CANARIES].put(canary_object("shop", context or "first", "Succeeded"))
        connection = Closable(context=context or "first", state=cluster_state)
        self.opened.append(connection)
        return connection

    def reach(self, *names: str | None) -> None:
        for name in names:
            self.reached[name].set()

    async def shows(self, pilot: Pilot[Any], context: str) -> None:
        for _ in range(100):
            current = self.app.model.contexts.current.connection
            if current is not None and current.context == context:
                break
            await pilot.pause(0.02)
        await pilot.pause(0.2)
        assert f"ctx {context}" in lines(self.app)[0]
        assert self.app.model.row(("shop", context)) is not None


class Closable(FixtureConnection):
    closed = 0

    async def close(self) -> None:
        self.closed += 1


async def test_another_context_takes_the_place_of_the_one() -> None:
    board = Switchboard()
    board.reach(None, "one")
    async with board.app.run_test(size=(120, 30)) as pilot:
        await board.shows(pilot, "first")
        await board.app.opening.switch("one")
        await board.shows(pilot, "one")
        assert board.app.model.row(("shop", "first")) is None
        assert [connection.closed for connection in board.opened] == [1, 0]  # type: ignore[attr-defined]
    assert [connection.closed for connection in board.opened] == [1, 1]  # type: ignore[attr-defined]


async def test_a_context_that_cannot_be_reached_leaves_the_one_that_is_open() -> None:
    board = Switchboard()
    board.reach(None, "away")
    async with board.app.run_test(size=(120, 30)) as pilot:
        await board.shows(pilot, "first")
        flow = board.app.model.flow
        await board.app.opening.switch("away")
        await board.shows(pilot, "first")
        assert board.app.model.flow is flow is not None
        assert list(board.app.model.unreachable) == ["away"]
        assert [connection.closed for connection in board.opened] == [0]  # type: ignore[attr-defined]


async def test_a_first_context_that_does_not_answer_is_not_waited_for() -> None:
    board = Switchboard()
    board.reach("one")
    async with board.app.run_test(size=(120, 30)) as pilot:
        await pilot.pause(0.1)
        await board.app.opening.switch("one")
        await board.shows(pilot, "one")
        board.reach(None)
        await pilot.pause(0.2)
        assert board.app.model.connection.context == "one"
        assert len(board.opened) == 1


async def test_a_first_context_is_opened_again_when_the_other_cannot_be_reached() -> None:
    board = Switchboard()
    board.reach("away")
    async with board.app.run_test(size=(120, 30)) as pilot:
        await pilot.pause(0.1)
        await board.app.opening.switch("away")
        board.reach(None)
        await board.shows(pilot, "first")


async def test_two_switches_are_made_one_after_the_other() -> None:
    board = Switchboard()
    board.reach(None)
    async with board.app.run_test(size=(120, 30)) as pilot:
        await board.shows(pilot, "first")
        board.app.receive(SwitchContext("one"))
        board.app.receive(SwitchContext("two"))
        board.reach("two", "one")
        await board.shows(pilot, "two")
        assert [connection.closed for connection in board.opened] == [1, 1, 0]  # type: ignore[attr-defined]
