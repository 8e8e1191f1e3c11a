"""SVG pictures of the console over a fixed cluster, for the README."""

from __future__ import annotations

import asyncio
from datetime import UTC
from pathlib import Path
from typing import Any

from textual.screen import Screen

from canarytui.cluster.regular_files import replace_file
from canarytui.console.actions.confirm_screen import ConfirmScreen
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.list.screen import ListScreen

_SIZE = (120, 34)
_OPENS_WITHIN_S = 20.0


async def draw_all(folder: Path) -> list[Path]:
    """Write ``list.svg``, ``detail.svg`` and ``confirm.svg`` into `folder`; their paths.

    Raises:
        OSError: a file cannot be written.
        TimeoutError: a screen did not open.
    """
    return [
        await _draw(folder / "list.svg", [], ListScreen),
        await _draw(folder / "detail.svg", ["j", "j", "enter"], DetailScreen),
        await _draw(folder / "confirm.svg", ["j", "j", "R"], ConfirmScreen),
    ]


async def _draw(path: Path, keys: list[str], shows: type[Screen[Any]]) -> Path:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=_SIZE) as pilot:
        await pilot.pause(0.3)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)
        async with asyncio.timeout(_OPENS_WITHIN_S):
            while not isinstance(app.screen, shows):
                await pilot.pause(0.1)
        await pilot.pause(0.3)
        picture = app.export_screenshot(title="canarytui")
    await asyncio.to_thread(replace_file, path, picture.encode("utf-8"))
    return path
