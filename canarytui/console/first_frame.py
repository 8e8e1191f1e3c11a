"""The first frame waits for the first list, for a moment: an empty one would only be painted over."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from textual.app import App

from canarytui.console.terminal.internals import PAINT, has_all

_LONGEST_S = 0.25
"""Longer than a server nearby takes to answer, shorter than a person wonders whether anything happens."""


class FirstFrame:
    """Paints nothing between :meth:`hold` and :meth:`show`, which comes by itself after :data:`_LONGEST_S`."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held = ExitStack()
        self._holds = False

    def hold(self) -> None:
        """Paint nothing for now."""
        self._held.enter_context(self._app.batch_update())
        self._holds = True
        self._app.set_timer(_LONGEST_S, self.show)

    def show(self) -> None:
        """Paint everything that there is, if that is still held back; nothing while the console closes."""
        if self._holds:
            self._holds = False
            self._held.close()
            if not self._app.screen_stack:
                return  # the list, or the timer, came after the screens were closed
            screen = self._app.screen
            screen.refresh(layout=True)
            if has_all(screen, PAINT):
                screen._on_timer_update()  # now: the timer that Textual paints by lets a sixtieth of a second pass
