"""A few lines of text that are redrawn only when they really change.

Used for every line around the list and every part of the detail view. Tones (style names such as ``bad``)
become the theme's colours here.
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Span, Text
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

TONES = ("bad", "waiting", "active", "quiet", "strong", "line", "mark", "canary", "primary", "threshold")


class Lines(Widget):
    """Shows one Rich text, cut or wrapped to the widget's width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{tone}" for tone in TONES}

    def __init__(self, text: Text | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._text = text if text is not None else Text()

    @property
    def text(self) -> Text:
        return self._text

    def say(self, text: Text, *, layout: bool = False) -> None:
        """Show `text`; `layout` when the number of lines may have changed and the height follows it."""
        if text == self._text and text.spans == self._text.spans:
            return
        grown = layout and text.plain.count("\n") != self._text.plain.count("\n")
        self._text = text
        self.refresh(layout=grown)

    def render(self) -> Text:
        shown = self._text.copy()
        shown.spans = [Span(span.start, span.end, self._translate(span.style)) for span in shown.spans]
        if isinstance(shown.style, str):
            shown.style = self._translate(shown.style)
        return shown

    def _translate(self, style: str | Style) -> str | Style:
        if isinstance(style, str) and style in TONES:
            return self.get_component_rich_style(f"lines--{style}", partial=True)
        return style


class ClickableLines(Lines):
    """Lines that report where they are clicked."""

    class Clicked(Message):
        """A click at `column`."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Clicked(offset.x))
