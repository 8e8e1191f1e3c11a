"""Keys that come too late for the screen that they were typed for, or before the next one has its widgets."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App
from textual.events import Key
from textual.screen import Screen

_TURN_S = 0.005
_TURNS = 400


class TypedAhead:
    """Remembers for which screen each key was typed, until it is acted on."""

    def __init__(self) -> None:
        self._screens: dict[int, Screen[Any]] = {}

    def remember(self, event: Key, screen: Screen[Any]) -> None:
        """`event` was typed for `screen`."""
        self._screens[id(event)] = screen

    def intercept(self, event: Key, top: Screen[Any]) -> None:
        """Keep a key from `top` that was typed for another screen: a prompt takes it, any other drops it. What was
        typed ahead, or pasted, must neither act below nor consent above."""
        if self._screens.pop(id(event), top) is top:
            return
        event.prevent_default()
        take = getattr(top, "take_key", None)
        if take is not None:
            take(event)


async def until_mounted(app: App[Any]) -> None:
    """Wait until the screen on top has its widgets, so that a priority binding, which Textual runs in the app and
    not in the screen's own queue, finds them. Mounting does not need the app's queue, which waits meanwhile; a screen
    that does not get there in two seconds is not waited for any longer."""
    for _ in range(_TURNS):
        if not app.is_running or not app.screen_stack or app.screen.is_mounted:
            return
        await asyncio.sleep(_TURN_S)
