"""Keys that were typed for a screen which is no longer on top when they are acted on."""

from __future__ import annotations

from typing import Any

from textual.events import Key
from textual.screen import Screen


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
