"""A Textual app that writes to the terminal only what differs from what is there: see ``thin_line``."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from rich.console import RenderableType
from rich.control import Control
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Offset
from textual.screen import Screen

from canarytui.console.terminal.diff import ThinLine
from canarytui.domain.glyphs import stand_ins


class ThinApp(App[int]):
    """Ctrl+L draws everything anew, should anything else have written to the terminal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "repaint", "Repaint", show=False, priority=True, id="repaint")
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._line = ThinLine()
        self._stand_ins = stand_ins(os.environ)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write screen updates as the difference from what the terminal shows; all else as Textual does."""
        driver = self._driver
        if driver is None or driver.is_inline or self.is_headless or self._batch_count or not self._running:
            super()._display(screen, renderable)
            return
        if not isinstance(renderable, CompositorUpdate):
            self._line.forget()
            super()._display(screen, renderable)
            return
        sequences = self._line.difference(renderable, self.console)
        if sequences:
            if screen.focused is not None and self.cursor_position != Offset():
                sequences += Control.move_to(*self.cursor_position).segment.text
            self._begin_update()
            driver.write(sequences.translate(self._stand_ins) if self._stand_ins else sequences)
            self._end_update()
            driver.flush()
        self.post_display_hook()

    def on_resize(self, event: Resize) -> None:
        self._line.forget()

    def action_repaint(self) -> None:
        """Draw everything anew: something else wrote to the terminal."""
        self._line.forget()
        self.screen.refresh()
