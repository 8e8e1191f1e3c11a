"""The timeline's screen under a person's hands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import Any

from textual.pilot import Pilot

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, fixture_state, open_fixture
from canarytui.console.messages import ShowTimeline
from canarytui.console.timeline.screen import EventsScreen
from canarytui.domain.history.facts import Fact, FactSource


def fact(number: int, *, warning: bool = False, name: str = "podinfo", source: FactSource = FactSource.LOG) -> Fact:
    at = NOW + timedelta(seconds=10 * number)
    text = f"fact number {number}"
    return Fact(at, "test", name, source, text, warning, frozenset({("text", text)}))


class Screen:
    """The console on its events screen, with forty entries about podinfo and every fifth a warning."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause(0.1)

    async def happens(self, *facts: Fact) -> None:
        for each in facts:
            self.app.model.state.timeline.add(each)
        self.app.screen.redraw(frozenset())  # type: ignore[attr-defined]
        await self.pilot.pause(0.1)

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def state(self) -> str:
        return self.lines[1]

    @property
    def cursor(self) -> str:
        return next(line for line in self.lines if line.lstrip().startswith("▶"))


@asynccontextmanager
async def events() -> AsyncIterator[Screen]:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(200):
            if app.model.flow is not None:
                break
            await pilot.pause(0.05)
        app.model.state.timeline.clear()
        for number in range(40):
            app.model.state.timeline.add(fact(number, warning=number % 5 == 0))
        app.receive(ShowTimeline())
        screen = Screen(app, pilot)
        for _ in range(200):  # until it is drawn in its own width
            await pilot.pause(0.05)
            if isinstance(app.screen, EventsScreen) and any("fact number 39" in line for line in screen.lines):
                break
        yield screen


async def test_newest_is_last_and_followed() -> None:
    async with events() as screen:
        assert "FOLLOWING" in screen.state
        assert "fact number 39" in screen.cursor
        await screen.happens(fact(40))
        assert "fact number 40" in screen.cursor


async def test_reader_further_up_is_not_moved() -> None:
    async with events() as screen:
        await screen.press("k", "k")
        before = screen.lines[2:30]
        await screen.happens(fact(40), fact(41))
        assert "PAUSED, 2 new" in screen.state
        assert screen.lines[2:30] == before
        await screen.press("g")
        assert "fact number 0" in screen.cursor
        await screen.press("G")
        assert "FOLLOWING" in screen.state
        assert "fact number 41" in screen.cursor


async def test_space_holds_still_at_the_end() -> None:
    async with events() as screen:
        await screen.press("space")
        await screen.happens(fact(40))
        assert "PAUSED, 1 new" in screen.state
        await screen.press("space")
        assert "fact number 40" in screen.cursor


async def test_filter_and_the_way_back() -> None:
    async with events() as screen:
        await screen.press("slash", *":warning", "enter")
        assert "8 entries" in screen.state
        await screen.press("slash", *" !10", "enter")
        assert "7 entries" in screen.state
        await screen.press("escape")
        assert "40 entries" in screen.state


async def test_search_goes_from_match_to_match() -> None:
    async with events() as screen:
        await screen.press("S", *"number 1", "enter")
        assert "fact number 19" in screen.cursor
        await screen.press("N")
        assert "fact number 18" in screen.cursor
        await screen.press("n")
        assert "fact number 19" in screen.cursor
        await screen.press("n")
        assert "fact number 19" in screen.cursor
        await screen.press("escape")
        assert "search" not in screen.state
        assert isinstance(screen.app.screen, EventsScreen)


async def test_next_without_a_search_is_the_next_warning() -> None:
    async with events() as screen:
        await screen.press("N")
        assert "fact number 35" in screen.cursor
        await screen.press("N", "n")
        assert "fact number 35" in screen.cursor


async def test_sources_of_the_entry_under_the_cursor() -> None:
    async with events() as screen:
        await screen.happens(fact(39, source=FactSource.EVENT))
        await screen.press("o")
        shown = "\n".join(screen.lines)
        assert "log     14:36:42.000  fact number 39" in shown
        assert "event   14:36:42.000  fact number 39" in shown
        await screen.press("escape")
        assert "event   14:36:42.000" not in "\n".join(screen.lines)
        assert isinstance(screen.app.screen, EventsScreen)


async def test_copy() -> None:
    async with events() as screen:
        await screen.press("y")
        assert screen.app.clipboard == "2026-11-23 14:36:42 Normal test/podinfo fact number 39"
        await screen.press("Y")
        assert screen.app.clipboard.count("\n") == 39


async def test_enter_opens_the_canary() -> None:
    async with events() as screen:
        await screen.press("enter")
        assert "podinfo" in screen.lines[1] or "podinfo" in screen.lines[2]
        assert not isinstance(screen.app.screen, EventsScreen)
        await screen.press("escape")
        assert isinstance(screen.app.screen, EventsScreen), "back where it was opened"


async def test_entry_of_a_canary_that_is_gone_stays_and_opens_nothing() -> None:
    async with events() as screen:
        await screen.happens(fact(50, name="gone"))
        await screen.press("enter")
        assert isinstance(screen.app.screen, EventsScreen)


async def test_enter_on_a_halt_opens_the_checks() -> None:
    async with events() as screen:
        text = "Halt podinfo.test advancement success rate 53.42% < 99%"
        halt = Fact(
            NOW + timedelta(hours=1), "test", "podinfo", FactSource.LOG, text, True, frozenset({("failed", "*")})
        )
        await screen.happens(halt)
        await screen.press("enter")
        assert any("▶2 checks" in line for line in screen.lines)
