"""A Textual app that writes to the terminal only what differs from what is there: see ``diff``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar

from rich.console import RenderableType
from rich.control import Control
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Offset
from textual.screen import Screen

from canarytui.console.terminal.diff import TerminalDiff
from canarytui.console.terminal.driver import LeavesPlain
from canarytui.console.terminal.internals import DISPLAY, has_all
from canarytui.console.terminal.sgr import RESET
from canarytui.domain.text.glyphs import stand_ins


class DiffApp(App[int]):
    """Ctrl+L redraws everything, should anything else have written to the terminal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "repaint", "Repaint", show=False, priority=True, id="repaint")
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._diff = TerminalDiff(links=takes_links(os.environ))
        self._writes_itself = has_all(self, DISPLAY)
        self._stand_ins = stand_ins(os.environ)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write screen updates as the difference from what the terminal shows; all else as Textual does."""
        driver = self._driver if self._writes_itself else None
        if driver is None or driver.is_inline or self.is_headless or self._batch_count or not self._running:
            super()._display(screen, renderable)
            return
        if renderable is None:  # nothing to draw, and nobody else draws: the terminal shows what it showed
            super()._display(screen, renderable)
            return
        if not self._diff.draws(renderable):
            self._diff.forget()
            driver.write(RESET)
            super()._display(screen, renderable)
            return
        sequences = self._diff.difference(renderable, self.console)
        if sequences:
            if not isinstance(driver, LeavesPlain):
                sequences += self._diff.to_plain()
            if screen.focused is not None and self.cursor_position != Offset():
                sequences += Control.move_to(*self.cursor_position).segment.text
            self._begin_update()
            driver.write(sequences.translate(self._stand_ins) if self._stand_ins else sequences)
            self._end_update()
            driver.flush()
        self.post_display_hook()

    def on_resize(self, event: Resize) -> None:
        self._diff.forget()

    def action_repaint(self) -> None:
        """Redraw everything: something else wrote to the terminal."""
        self._diff.forget()
        self.screen.refresh()


def takes_links(environment: Mapping[str, str]) -> bool:
    """Whether the terminal takes hyperlinks (OSC 8), or at least does not print what it does not take."""
    terminal = environment.get("TERM", "")
    return bool(terminal) and not terminal.startswith(("linux", "vt", "dumb", "cons", "sun"))
