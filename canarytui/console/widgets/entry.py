"""An input whose cursor does not blink: every blink would cost bytes over a slow connection."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input


class QuietInput(Input):
    """Textual's Input, quiet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.cursor_blink = False

    def suggest(self, value: str) -> None:
        """Put `value` in, selected: what is typed next replaces it."""
        self.value = value
        self.select_all()
