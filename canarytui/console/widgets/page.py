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
        self._sought: tuple[str, ...] = ()
        self._match = -1
        """The line of the match that was gone to; -1 before the first."""
        self._follows = False
        self._ending = False
        """Whether the page is on its way to its end: it gets there with the next refresh."""
        self._rows = 0

    @property
    def columns(self) -> int:
        """Columns that a line may take."""
        return max(self.scrollable_content_region.width - 1, 20)

    @property
    def lines(self) -> Sequence[Text]:
        return self._lines

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view, or about to be."""
        return self._ending or self.scroll_offset.y >= self.max_scroll_y

    def to_end(self) -> None:
        """Show the last line, once the page is laid out."""
        self._ending = True
        self.call_after_refresh(self._end)

    def _end(self) -> None:
        self._ending = False
        self.scroll_end(animate=False, force=True, immediate=True)

    def put(self, lines: Sequence[Text], *, follow: bool = False) -> None:
        """Display `lines`; with `follow` a page that shows its end goes on showing it."""
        before, end = self._lines, follow and self.at_end
        self._lines, self._follows = lines, follow
        if len(lines) != len(before):
            self.virtual_size = Size(self.size.width, len(lines))
        if end and len(lines) != len(before):
            self.to_end()
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

    def seek(self, words: Sequence[str]) -> None:
        """Highlight `words`, whatever their case; none ends it."""
        sought = tuple(word.lower() for word in words if word)
        if sought != self._sought:
            self._sought, self._match = sought, -1
            self.refresh()

    def to_match(self, step: int) -> bool:
        """Show the next line with a word that is sought (1), the previous one (-1), or (0) the first one in view or
        below, else the first of all; whether there is one."""
        count = len(self._lines)
        # The lines may have become fewer since a match was found, or since the page was scrolled.
        here = min(self._match if self._match >= 0 else self.scroll_offset.y - (step > 0), count)
        places = (
            [*range(here, count), *range(here)] if step == 0 else range(here + step, count if step > 0 else -1, step)
        )
        for place in places:
            if self._is_match(self._lines[place]):
                self._match = place
                self.reveal(place, place)
                self.refresh()
                return True
        return False

    def _is_match(self, text: Text) -> bool:
        plain = text.plain.lower()
        return any(word in plain for word in self._sought)

    def on_resize(self, event: Resize) -> None:
        ended = self.scroll_offset.y + self._rows >= len(self._lines)
        self._rows = self.size.height
        self.virtual_size = Size(self.size.width, len(self._lines))
        if self._follows and ended:  # fewer rows would leave the last lines below
            self.to_end()

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        columns, base = self.size.width, self.rich_style
        if index >= len(self._lines):
            return Strip.blank(columns, base)
        text = self._lines[index]
        shown = Text(text.plain, style=self._tone(text.style), end="", no_wrap=True)
        shown.spans = [Span(span.start, span.end, self._tone(span.style)) for span in text.spans]
        if self._sought:
            shown.highlight_words(self._sought, self._found(index), case_sensitive=False)
        mark_selected(self, shown, index)
        segments = Segment.apply_style(shown.render(self.app.console, end=""), base)
        return Strip(segments).adjust_cell_length(columns, base).apply_offsets(0, index)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract("\n".join(text.plain for text in self._lines)), "\n"

    def _found(self, index: int) -> Style:
        """How a match looks; the one that was gone to is the loudest."""
        return Style(reverse=True, bold=index == self._match, underline=index == self._match)

    def _tone(self, style: str | Style) -> str | Style:
        if isinstance(style, str) and style in TONES:
            return self.get_component_rich_style(f"page--{style}", partial=True)
        return style
