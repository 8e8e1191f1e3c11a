"""Pictures of the console without colours and with a terminal's own sixteen: what is wrong must still be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.settings import ConsoleSettings

SIZES = [(80, 24), (120, 40), (200, 60)]
SCREENS: dict[str, tuple[str, ...]] = {
    "list": (),
    "events": ("colon", *"events", "enter"),
    "moment": ("colon", *"events", "enter", "N", "v"),
    "rollback": ("j", "j", "R"),
    "help": ("question_mark",),
    "command": ("colon", *"detail ", "tab"),
    "filter": ("slash", *"cart"),
}


async def _drive(pilot: Pilot[Any], app: ConsoleApp, keys: tuple[str, ...]) -> None:
    for _ in range(100):
        await pilot.pause(0.05)
        if app.model.flow is not None:
            break
    await pilot.pause(0.5)
    await pilot.press(*keys)
    await pilot.pause(0.8)


@pytest.mark.parametrize("colours", ["none", "sixteen"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
def test_screen(
    screen: str,
    size: tuple[int, int],
    colours: str,
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CANARYTUI_THEME", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if colours == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC, settings=ConsoleSettings(theme="ansi"))

    async def drive(pilot: Pilot[Any]) -> None:
        await _drive(pilot, app, SCREENS[screen])

    assert snap_compare(app, terminal_size=size, run_before=drive)
