"""The list's lines: draws only what is in view, and redraws only cells whose text changed.

Used by the list screen. A table of ten thousand canaries costs as much as the forty lines on the screen:
rows are view models handed in whole, cells are made when a line is drawn, and a countdown repaints seven
columns, not a screen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from canarytui.console.keymap import bound
from canarytui.console.list.cells import cell
from canarytui.console.list.columns import Placed, layout
from canarytui.domain.explain import Tone
from canarytui.session.rows import CanaryRow, Key

MARGIN = 2
"""Columns on the left for the cursor's mark."""

STALE = "~"
"""Stands in the margin of a line of which nothing newer is known, for those who see no colour."""

_COUNTED = 3
"""So many countdowns in view run by the second; when there are more, only the selected one does."""


_COARSE_TICKS = 3
"""Seconds between two looks at countdowns that are told in spans of seconds."""


class CanaryRows(ScrollView, can_focus=True):
    """A cursor over lines. It stays on its canary, and that on its line of the screen, when the order changes around
    it; at the top of the list, where it begins, it stays at the top."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("down", "move(1)"),
        bound("up", "move(-1)"),
        bound("first", "move_to(0)"),
        bound("last", "move_to(-1)"),
        bound("page-down", "page(1)"),
        bound("page-up", "page(-1)"),
        bound("open", "open"),
        bound("mark", "mark"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--bad",
        "rows--waiting",
        "rows--active",
        "rows--quiet",
        "rows--cursor",
        "rows--plain",
    }

    class Highlighted(Message):
        """The cursor is on another canary, or on none."""

        def __init__(self, key: Key | None) -> None:
            super().__init__()
            self.key = key

    class Opened(Message):
        """Enter, or a second click, on a canary."""

        def __init__(self, key: Key) -> None:
            super().__init__()
            self.key = key

    class Marked(Message):
        """Space on a canary."""

        def __init__(self, key: Key) -> None:
            super().__init__()
            self.key = key

    class LaidOut(Message):
        """Columns were placed anew; the header follows."""

        def __init__(self, placed: tuple[Placed, ...]) -> None:
            super().__init__()
            self.placed = placed

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.one_namespace = False
        self.several_contexts = False
        self.wide = False
        self.thrifty = False
        """Count no seconds: changes come faster than they can be read."""
        self._rows: Sequence[CanaryRow] = ()
        self._message: tuple[str, Tone] = ("", Tone.QUIET)
        self._marked: Collection[Key] = ()
        self._now = datetime.now(UTC)
        self._placed: tuple[Placed, ...] = ()
        self._cursor = 0
        self._selected: Key | None = None
        self._at_top = True
        self._longest = 0
        self._drawn: dict[int, tuple[CanaryRow, tuple[str, ...]]] = {}
        self._many = False
        self._beats = 0
        self._styles_by_tone: dict[tuple[str, bool], Style] = {}

    @property
    def selected(self) -> Key | None:
        """The canary under the cursor."""
        return self._selected

    @property
    def top(self) -> int:
        """The first line in view."""
        return self.scroll_offset.y

    @property
    def visible_rows(self) -> Sequence[CanaryRow]:
        """The rows in view."""
        return self._rows[self.top : self.top + max(self.size.height, 1)]

    def show(self, rows: Sequence[CanaryRow], marked: Collection[Key], now: datetime) -> None:
        """Display `rows` in this order as of `now`; lines whose cells are unchanged are left alone."""
        before, old_count = self._selected, len(self._rows)
        self._rows, self._marked, self._now = rows, marked, now
        self._follow_cursor()
        if len(rows) != old_count:
            self.virtual_size = Size(self.size.width, len(rows))
        self._count()
        self.place_columns()
        self._repaint()
        if self._selected != before:
            self._keep_in_view()
            self.post_message(self.Highlighted(self._selected))

    def explain_emptiness(self, words: str, tone: Tone) -> None:
        """What is said while there are no rows."""
        if (words, tone) != self._message:
            self._message = (words, tone)
            self.refresh()

    def shows(self, rows: Sequence[CanaryRow]) -> bool:
        """Whether `rows` is the very list that is displayed."""
        return self._rows is rows

    def update(self, now: datetime) -> None:
        """Follow rows that changed where they stand."""
        self._now = now
        for line, row in enumerate(self.visible_rows):
            drawn = self._drawn.get(line)
            if drawn is None or drawn[0] is not row:
                self._repaint_line(line)

    def tick(self, now: datetime) -> None:
        """Advance the countdowns of the lines in view."""
        self._now = now
        self._count()
        self._beats += 1
        if self.thrifty and self._many and self._beats % _COARSE_TICKS:
            return
        for line, row in enumerate(self.visible_rows):
            if row.ticking:
                self._repaint_line(line)

    def _count(self) -> None:
        """Whether there are too many countdowns in view to run them all by the second."""
        self._many = sum(row.next_tick is not None for row in self.visible_rows) > _COUNTED

    def _follow_cursor(self) -> None:
        """Find the cursor's canary again in other rows."""
        rows = self._rows
        if not rows:
            self._cursor, self._selected = 0, None
            return
        if self._at_top or self._selected is None:
            self._cursor = min(self._cursor, len(rows) - 1) if not self._at_top else 0
        elif self._cursor >= len(rows) or rows[self._cursor].key != self._selected:
            found = next((index for index, row in enumerate(rows) if row.key == self._selected), None)
            if found is None:
                # A canary that left the list leaves the cursor where it was, on its successor.
                self._cursor = min(self._cursor, len(rows) - 1)
            else:
                line, self._cursor = self._cursor - self.top, found
                self.virtual_size = Size(self.size.width, len(rows))
                self.scroll_to(y=max(found - line, 0), animate=False, force=True)
        self._selected = rows[self._cursor].key

    def action_move(self, lines: int) -> None:
        self._move_to(self._cursor + lines)

    def action_move_to(self, line: int) -> None:
        self._move_to(line if line >= 0 else len(self._rows) - 1)

    def action_page(self, pages: int) -> None:
        self._move_to(self._cursor + pages * max(self.size.height - 1, 1))

    def action_open(self) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

    def action_mark(self) -> None:
        if self.selected is not None:
            self.post_message(self.Marked(self.selected))
            self._move_to(self._cursor + 1)

    def select(self, key: Key) -> None:
        """Put the cursor on a canary, if it is listed."""
        for index, row in enumerate(self._rows):
            if row.key == key:
                self._move_to(index)
                return

    def on_click(self, event: Click) -> None:
        line = event.y + self.scroll_offset.y
        if line < len(self._rows):
            again = line == self._cursor
            self._move_to(line)
            if again:
                self.action_open()

    def on_resize(self, event: Resize) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows))
        self.place_columns()
        self._keep_in_view()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_by_tone.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._drawn.clear()

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width = self.size.width
        if index >= len(self._rows):
            self._drawn.pop(y, None)
            if not self._rows:
                words, tone = self._message
                lines = wrap(words, max(width - 2 * MARGIN, 10))
                said = lines[y - 1] if 0 < y <= len(lines) else ""
                style = self._style(tone, cursor=False)
                return Strip([Segment(" " * MARGIN + said, style)]).adjust_cell_length(width, style)
            return Strip.blank(width, self._style("plain", cursor=False))
        row = self._rows[index]
        cells = self._cells(index)
        self._drawn[y] = row, cells
        cursor = index == self._cursor
        stale = row.as_of is not None
        base = self._style(Tone.QUIET if stale or row.tone is Tone.QUIET else "plain", cursor=cursor)
        toned = self._style(Tone.QUIET if stale else row.tone, cursor=cursor)
        segments = [Segment(cells[1], toned)]
        if row.problem:
            return Strip([*segments, Segment(" ".join(cells[2:]), toned)]).adjust_cell_length(width, base)
        text, plain = "", True
        for placed, words in zip(self._placed, cells[2:], strict=True):
            toning = placed.column.toned is not None and placed.column.toned(row)
            if toning == plain:
                segments.append(Segment(text, base if plain else toned))
                text, plain = "", not plain
            text += words + " "
        segments.append(Segment(text, base if plain else toned))
        return Strip(segments).adjust_cell_length(width, base)

    def _cells(self, index: int) -> tuple[str, ...]:
        """The row's tone, its margin, then its cells."""
        row = self._rows[index]
        cursor = index == self._cursor
        plain = STALE if row.as_of is not None else " "
        margin = ("▶" if cursor else " ") + ("●" if row.key in self._marked else plain)
        if row.problem:
            return row.tone, margin, f"{row.namespace}/{row.name}", "! Invalid", row.problem
        coarse = self._many and (self.thrifty or not cursor)
        now = self._now
        return row.tone, margin, *(cell(row, at.column, at.width, now, coarse=coarse) for at in self._placed)

    def _style(self, tone: Tone | str, *, cursor: bool) -> Style:
        name = str(tone)
        known = self._styles_by_tone.get((name, cursor))
        if known is None:
            known = self.get_component_rich_style(f"rows--{name}")
            if cursor:
                known += self.get_component_rich_style("rows--cursor")
            self._styles_by_tone[name, cursor] = known
        return known

    def place_columns(self) -> None:
        """Choose columns and widths for the rows there are."""
        # Narrower names leave the columns where they are: a list whose columns move cannot be read.
        self._longest = max((len(row.name) for row in self._rows), default=0)
        width = max(self.size.width - MARGIN, 10)
        placed = layout(
            width,
            one_namespace=self.one_namespace,
            longest_name=self._longest,
            wide=self.wide,
            several_contexts=self.several_contexts,
        )
        if placed != self._placed:
            self._placed = placed
            self._drawn.clear()
            self.refresh()
            self.post_message(self.LaidOut(placed))

    def _repaint(self) -> None:
        """Draw the lines in view whose text is not what was drawn."""
        for line in range(self.size.height):
            self._repaint_line(line)

    def _repaint_line(self, line: int) -> None:
        index = self.top + line
        drawn = self._drawn.get(line)
        text = self._cells(index) if index < len(self._rows) else None
        if text == (drawn[1] if drawn is not None else None):
            if drawn is not None:
                self._drawn[line] = self._rows[index], drawn[1]
        else:
            self.refresh(Region(0, line, self.size.width, 1))

    def _move_to(self, line: int) -> None:
        line = min(max(line, 0), max(len(self._rows) - 1, 0))
        if line == self._cursor:
            return
        top = self.scroll_offset.y
        for changed in (self._cursor - top, line - top):
            self.refresh(Region(0, changed, self.size.width, 1))
        self._cursor = line
        self._at_top = line == 0
        self._selected = self._rows[line].key
        self._keep_in_view()
        self.post_message(self.Highlighted(self.selected))

    def _keep_in_view(self) -> None:
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, force=True)
