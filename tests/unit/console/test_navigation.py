"""Which screen is open after which message, and for whom a key was typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen

from canarytui.actions.executor import CarriedOut
from canarytui.console import messages
from canarytui.console.actions.audit_screen import AuditScreen
from canarytui.console.actions.confirm_screen import ConfirmScreen
from canarytui.console.actions.undo_screen import UndoScreen
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.drill.form_screen import DrillScreen
from canarytui.console.help_screen import HelpScreen
from canarytui.console.list.screen import ListScreen
from canarytui.console.navigation import visible_screens
from canarytui.console.timeline.moment_screen import MomentScreen
from canarytui.console.timeline.screen import EventsScreen
from canarytui.console.typed_ahead import TypedAhead
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences.audit_screen import EMPTY

CART = ("shop", "cart")


@asynccontextmanager
async def console(columns: int = 120) -> AsyncIterator[tuple[ConsoleApp, Pilot[Any]]]:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(columns, 40)) as pilot:
        for _ in range(200):
            if app.model.flow is not None:
                break
            await pilot.pause(0.05)
        await pilot.pause(0.2)
        yield app, pilot


async def shows(app: ConsoleApp, pilot: Pilot[Any], screen: type[Screen[Any]]) -> None:
    for _ in range(100):
        if isinstance(app.screen, screen):
            return
        await pilot.pause(0.05)
    raise AssertionError(f"{app.screen} is on top, not {screen.__name__}")


async def test_messages_open_screens_above_the_list() -> None:
    async with console() as (app, pilot):
        for message, screen, depth in (
            (messages.ShowCanary(CART, "checks"), DetailScreen, 3),
            (messages.ShowTimeline(), EventsScreen, 3),
            (messages.ShowMoment(next(iter(app.model.state.timeline.entries()))), MomentScreen, 4),
            (messages.ShowList(), ListScreen, 2),
            (messages.RunAction("help"), HelpScreen, 3),
            (messages.ShowList(), ListScreen, 2),
            (messages.ShowDrill(CART), DrillScreen, 3),
            (messages.ShowList(), ListScreen, 2),
            (messages.RequestAction(Intent.ROLL_BACK, frozenset({CART})), ConfirmScreen, 3),
        ):
            app.receive(message)
            await shows(app, pilot, screen)
            assert len(app.screen_stack) == depth
            await pilot.pause()


async def test_the_audit_log_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    async def entries(limit: int) -> list[dict[str, Any]]:
        return []

    async with console() as (app, pilot):
        monkeypatch.setattr(app.model.connection.executor, "entries", entries)
        app.receive(messages.ShowAudit())
        await shows(app, pilot, AuditScreen)
        await pilot.pause(0.2)
        assert isinstance(app.screen, AuditScreen)
        assert app.screen.pager_text() == EMPTY.text()


async def test_what_shines_through_goes_on_being_drawn() -> None:
    async with console() as (app, pilot):
        assert visible_screens(app) == [app.screen_stack[1]]
        app.receive(messages.RunAction("help"))
        await shows(app, pilot, HelpScreen)
        assert visible_screens(app) == [app.screen_stack[1]]
        app.receive(messages.ShowCanary(CART))
        await pilot.pause(0.2)
        assert visible_screens(app) == [app.screen]


async def test_an_action_goes_on_when_its_screen_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as (app, pilot):
        answered = asyncio.Event()
        executor = app.model.connection.executor
        carry_out = executor.carry_out

        async def slow(plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
            await answered.wait()
            return await carry_out(plan, situation, dry_run=dry_run)

        monkeypatch.setattr(executor, "carry_out", slow)
        app.receive(messages.ShowCanary(CART))
        await shows(app, pilot, DetailScreen)
        await pilot.pause(0.1)
        await pilot.press("R")
        await shows(app, pilot, ConfirmScreen)
        await pilot.press("y", "escape")
        await shows(app, pilot, ListScreen)
        await pilot.pause(0.1)
        answered.set()
        for _ in range(100):
            if any("Roll back" in entry.text for entry in app.model.state.timeline.latest(3, *CART)):
                return
            await pilot.pause(0.02)
        raise AssertionError("what was written is not in the timeline")


async def test_a_key_that_is_hit_again_while_its_screen_is_about_to_open_opens_it_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    async with console() as (app, pilot):
        slow, read = asyncio.Event(), app.model.connection.executor.entries
        line = {"server": app.model.connection.server, "object": "pay/ledger", "intent": "pause", "title": "Pause"}

        async def entries(limit: int) -> list[dict[str, Any]]:
            await slow.wait()
            return [*await read(limit), {**line, "id": "1", "stage": "write"}, {**line, "id": "1", "stage": "done"}]

        monkeypatch.setattr(app.model.connection.executor, "entries", entries)
        for message, opened in ((messages.ShowUndo(CART), UndoScreen), (messages.ShowDrill(CART), DrillScreen)):
            depth = len(app.screen_stack)
            app.receive(message)
            app.receive(message)
            await pilot.pause(0.05)
            slow.set()
            await shows(app, pilot, opened)
            await pilot.pause(0.1)
            assert len(app.screen_stack) == depth + 1
            await pilot.press("escape")
            await shows(app, pilot, ListScreen)
        app.receive(messages.ShowUndo(CART))
        await shows(app, pilot, UndoScreen)


async def test_other_messages_change_what_they_name() -> None:
    async with console() as (app, pilot):
        app.receive(messages.NarrowList(pattern="cart", namespace="shop"))
        assert [row.key for row in app.model.listing.shown] == [CART]
        app.receive(messages.ChooseTheme("light"))
        for _ in range(100):
            if app.theme == "light":
                break
            await pilot.pause(0.02)
        assert app.theme == "light"
        bell = app.bell_on
        app.receive(messages.ToggleBell())
        assert app.bell_on is not bell
        app.receive(messages.Notify("said", warning=True))
        await pilot.pause(0.1)
        assert [note.message for note in app._notifications][-1] == "said"
        app.receive(messages.Leave())
    assert app.return_code == 0


def test_keys_for_another_screen_are_kept_from_the_top() -> None:
    taken: list[Key] = []

    class Prompt(Screen[None]):
        def take_key(self, event: Key) -> None:
            taken.append(event)

    typed, below, top, prompt = TypedAhead(), Screen[None](), Screen[None](), Prompt()
    for screen, on_top, stopped in (
        (below, below, False),
        (below, top, True),
        (below, prompt, True),
        (None, top, False),
    ):
        event = Key("x", "x")
        if screen is not None:
            typed.remember(event, screen)
        typed.intercept(event, on_top)
        assert event._no_default_action is stopped
    assert len(taken) == 1
