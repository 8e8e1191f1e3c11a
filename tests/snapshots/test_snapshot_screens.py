"""Pictures of the screens at three terminal sizes, over a cluster that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture

SIZES = [(80, 24), (120, 40), (200, 60)]
SCREENS = {
    "list": (),
    "detail": ("j", "j", "enter"),
    "rollback": ("j", "j", "R"),
    "pause": ("j", "j", "p"),
    "trigger": ("j", "j", "t"),
    "fault": ("j", "j", "f"),
    "help": ("question_mark",),
}


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Let the app work until something holds."""
    for _ in range(200):
        if holds():
            await pilot.pause(0.2)
            return
        await pilot.pause(0.05)
    raise AssertionError("the screen did not come")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
def test_screen(screen: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)

    async def drive(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.model.flow is not None)
        for key in SCREENS[screen]:
            before = len(app.screen_stack)
            await pilot.press(key)
            if key != "j":
                await until(pilot, lambda before=before: len(app.screen_stack) > before)
        await pilot.pause(0.4)

    assert snap_compare(app, terminal_size=size, run_before=drive)
