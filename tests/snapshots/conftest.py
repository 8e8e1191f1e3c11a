"""Pictures are taken of screens that have come to rest: a busy machine draws the last change later than a fast one."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

Before = Callable[[Pilot[Any]], Awaitable[None] | None]
_LOOKS, _LOOK_EVERY_S, _ALIKE = 90, 0.06, 6
"""Screens look for news every quarter of a second: at rest is what has not changed for longer."""


async def at_rest(pilot: Pilot[Any]) -> None:
    """Wait until the screen has shown the same for a while."""
    before, same = "", 0
    for _ in range(_LOOKS):
        await pilot.pause(_LOOK_EVERY_S)
        now = pilot.app.export_screenshot()
        same = same + 1 if now == before else 0
        if same == _ALIKE:
            return
        before = now


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """Textual's, with a wait between what a test does and the picture."""

    def compare(app: Any, *, run_before: Before | None = None, **given: Any) -> bool:
        async def run(pilot: Pilot[Any]) -> None:
            done = run_before(pilot) if run_before is not None else None
            if inspect.isawaitable(done):
                await done
            await at_rest(pilot)

        return snap_compare(app, run_before=run, **given)

    return compare
