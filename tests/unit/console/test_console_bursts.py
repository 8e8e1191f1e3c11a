"""Keys that come in one burst, as from a slow line or a paste, are taken in order and by whom they are meant for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.list.screen import ListScreen
from canarytui.console.picker_screen import PickerScreen
from canarytui.console.pickers import PickerItem
from canarytui.console.prompt_screen import PromptScreen
from canarytui.console.timeline.screen import EventsScreen


@asynccontextmanager
async def console() -> AsyncIterator[tuple[ConsoleApp, Pilot[Any]]]:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(200):
            if app.model.flow is not None:
                break
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        yield app, pilot


async def burst(app: ConsoleApp, pilot: Pilot[Any], keys: str) -> None:
    """All of `keys` before any of them can have been acted on."""
    for letter in keys:
        name = "enter" if letter == "\r" else _character_to_key(letter)
        app.post_message(Key(name, None if letter == "\r" else letter))
    for _ in range(10):
        await pilot.pause(0.1)


@pytest.mark.parametrize("typed", ["/pay", "/Ry", "/Ty", "/Py"])
async def test_filter_that_is_typed_at_once_acts_on_no_canary(typed: str) -> None:
    async with console() as (app, pilot):
        await burst(app, pilot, f"{typed}\r")
        assert isinstance(app.screen, ListScreen)
        assert app.model.listing.filter == typed[1:]
        assert len(app.screen_stack) == 2


async def test_command_that_is_pasted_is_run() -> None:
    async with console() as (app, pilot):
        await burst(app, pilot, ":events\r")
        assert isinstance(app.screen, EventsScreen)


async def test_search_in_one_burst() -> None:
    async with console() as (app, pilot):
        await burst(app, pilot, ":events\r")
        await burst(app, pilot, "SHalt\r")
        assert isinstance(app.screen, EventsScreen)
        assert app.screen._search == "Halt"


@pytest.mark.parametrize("typed", ["py", "Ry", "ty"])
async def test_what_is_typed_ahead_consents_to_nothing(typed: str) -> None:
    async with console() as (app, pilot):
        before = app.model.state.timeline.revision
        await burst(app, pilot, typed)
        assert app.model.state.timeline.revision == before


@pytest.mark.parametrize(
    ("opened", "keys"),
    [
        (lambda: PromptScreen(":", "", history=["events"]), ("up", "enter")),
        (lambda: PickerScreen("namespaces", [PickerItem("shop", ""), PickerItem("events", "")]), ("down", "enter")),
        (lambda: PickerScreen("namespaces", [PickerItem("shop", ""), PickerItem("events", "")]), ("pagedown", "enter")),
    ],
    ids=["earlier command", "next in a picker", "page of a picker"],
)
async def test_keys_wait_for_the_widgets_of_a_screen_that_opens(
    opened: Callable[[], Screen[str | None]], keys: tuple[str, ...]
) -> None:
    """Textual runs a priority binding in the app, before what the screen is mounted for is there."""
    async with console() as (app, pilot):
        answers: list[str | None] = []
        app.push_screen(opened(), answers.append)
        for key in keys:
            app.post_message(Key(key, None))
        await pilot.pause(0.3)
        assert answers == ["events"]
