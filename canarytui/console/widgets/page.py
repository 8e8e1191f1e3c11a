"""A page of lines that scrolls: only lines in view are rendered, and only those that changed are drawn again.

Used for every part of the detail screen and for the pane beside the list. Tones (style names such as ``bad``) become
the theme's colours here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text
from textual.events import Resize
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from canarytui.console.widgets.lines import TONES


def mark_selected(widget: Widget, text: Text, line: int) -> None:
    """Show which part of a line is selected with the mouse."""
    selection = widget.text_selection
    span = selection.get_span(line) if selection is not None else None
    if span is not None:
        start, end = span
        style = widget.screen.get_component_rich_style("screen--selection")
        text.stylize(style, start, len(text.plain) if end == -1 else end)


class Page(ScrollView, can_focus=True, inherit_bindings=False):
    """`put` gives it its lines; lines longer than the page are cut."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"page--{tone}" for tone in TONES}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: Sequence[Text] = ()

    @property
    def columns(self) -> int:
        """Columns that a line may take."""
        return max(self.scrollable_content_region.width - 1, 20)

    @property
    def lines(self) -> Sequence[Text]:
        return self._lines

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return self.scroll_offset.y >= self.max_scroll_y

    def put(self, lines: Sequence[Text], *, follow: bool = False) -> None:
        """Display `lines`; with `follow` a page that shows its end goes on showing it."""
        before, end = self._lines, follow and self.at_end
        self._lines = lines
        if len(lines) != len(before):
            self.virtual_size = Size(self.size.width, len(lines))
        if end and len(lines) != len(before):
            self.call_after_refresh(self.scroll_end, animate=False, force=True)
        top = self.scroll_offset.y
        for row in range(self.size.height):
            old, new = (page[top + row] if top + row < len(page) else None for page in (before, lines))
            if old is not new and (old is None or new is None or old != new or old.spans != new.spans):
                self.refresh(Region(0, row, self.size.width, 1))

    def reveal(self, first: int, last: int) -> None:
        """Scroll as little as shows the lines `first` to `last`, `first` at least."""
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if last >= top + height:
            top = last - height + 1
        self.scroll_to(y=min(top, first), animate=False, force=True)

    def on_resize(self, event: Resize) -> None:
        self.virtual_size = Size(self.size.width, len(self._lines))

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        columns, base = self.size.width, self.rich_style
        if index >= len(self._lines):
            return Strip.blank(columns, base)
        text = self._lines[index]
        shown = Text(text.plain, style=self._tone(text.style), end="", no_wrap=True)
        shown.spans = [Span(span.start, span.end, self._tone(span.style)) for span in text.spans]
        mark_selected(self, shown, index)
        segments = Segment.apply_style(shown.render(self.app.console, end=""), base)
        return Strip(segments).adjust_cell_length(columns, base).apply_offsets(0, index)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract("\n".join(text.plain for text in self._lines)), "\n"

    def _tone(self, style: str | Style) -> str | Style:
        if isinstance(style, str) and style in TONES:
            return self.get_component_rich_style(f"page--{style}", partial=True)
        return style
