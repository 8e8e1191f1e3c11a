"""Pictures of the screens at three terminal sizes, over a cluster that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.console.app import ConsoleApp
from canarytui.console.scene import open_scene, scene_world

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


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
def test_screen(screen: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    async def drive(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.3)
        for key in SCREENS[screen]:
            await pilot.press(key)
            await pilot.pause(0.3)

    app = ConsoleApp(open_scene, world=scene_world, zone=UTC)
    assert snap_compare(app, terminal_size=size, run_before=drive)
