"""Pictures of the wall at three terminal sizes in each of its states, in colour and without."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "console" / "wall"))

from wall_fixture import Wall

SIZES = [(80, 24), (120, 40), (200, 60)]
STATES: dict[str, dict[str, Any]] = {
    "empty": {"scene": "empty"},
    "calm": {"scene": "calm"},
    "one": {"scene": "one"},
    "several": {"scene": "readme"},
    "many": {"scene": "many"},
    "failed": {"scene": "failed"},
    "stale": {"scene": "readme", "stale": True},
    "away": {"scene": "empty", "away": True},
}


@pytest.mark.parametrize("colour", ["colour", "no-colour"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_wall(
    state: str,
    size: tuple[int, int],
    colour: str,
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CANARYTUI_THEME", raising=False)
    if colour == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    wall = Wall(**STATES[state])

    async def drive(pilot: Pilot[Any]) -> None:
        for _ in range(100):
            await pilot.pause(0.05)
            if wall.app.model.contexts.current.connection is not None or (wall.away and "Trying" in wall.text()):
                break
        await pilot.pause(0.5)

    assert snap_compare(wall.app, terminal_size=size, run_before=drive)
