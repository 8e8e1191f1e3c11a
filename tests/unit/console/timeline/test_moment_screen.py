"""The moment of an entry on its canary's plots: marked there, told in words, with what came before and after."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.messages import ShowTimeline
from canarytui.console.timeline.moment_screen import MomentScreen
from canarytui.console.timeline.screen import EventsScreen


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Let the app work until something holds."""
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not come")


def text(app: ConsoleApp) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


@asynccontextmanager
async def moment(size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[ConsoleApp, Pilot[Any]]]:
    """Opened from the newest warning of the timeline: a halt of shop/cart at 58 %."""
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.model.flow is not None)
        app.receive(ShowTimeline())
        await until(pilot, lambda: "FOLLOWING" in text(app))
        await pilot.press("N", "v")
        await until(pilot, lambda: isinstance(app.screen, MomentScreen) and "weight  " in text(app))
        yield app, pilot


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
async def test_it_is_marked_on_the_plots_and_told_in_words(size: tuple[int, int]) -> None:
    async with moment(size) as (app, _):
        lines = text(app).splitlines()
        said = "▼ 2026-11-23 14:29:59  Halt cart.shop advancement success rate 58.21% < 99%"
        assert any(line.strip() == said for line in lines)
        assert "weight  20 %" in text(app)
        assert "58.2 % (threshold ≥ 99 %) ✗ outside" in text(app)
        assert re.search(r"request-duration  209\.\d+ ms \(threshold ≤ 500 ms\)", text(app))
        marks = next(line for line in lines if line.split() and set(line.split()) <= {"A", "H", "▼"})
        assert "▼" in marks


async def test_what_came_before_and_after_is_one_key_away() -> None:
    async with moment() as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: "58.21%" not in text(app))
        assert "success rate 53.42% < 99%" in text(app)
        await pilot.press("N", "N")
        await until(pilot, lambda: "14:29:49" in text(app))
        await pilot.press("N", *"NNNNNNNNNN")
        await until(pilot, lambda: "entry 1 of 10" in text(app))


async def test_back_at_the_entry_it_was_opened_from() -> None:
    async with moment() as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, EventsScreen))
        assert next(line for line in text(app).splitlines() if line.lstrip().startswith("▶")).count("58.21%") == 1


async def test_a_canary_that_is_gone_has_no_plots_and_that_is_said() -> None:
    async with moment() as (app, pilot):
        app.model.state.canaries.remove(app.model.state.canaries.get("shop", "cart") or {})
        await until(pilot, lambda: "This canary is gone, and its plots with it" in text(app))
        assert "58.21%" in text(app)
