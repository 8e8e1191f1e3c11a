"""The list's lines: draws only what is in view, and redraws only cells whose text changed.

Used by the list screen. A table of ten thousand canaries costs as much as the forty lines on the screen:
rows are view models handed in whole, cells are made when a line is drawn, and a countdown repaints seven
columns, not a screen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from canarytui.console.keymap import bound
from canarytui.console.list.column_placing import ColumnPlacing
from canarytui.console.list.columns import Placed
from canarytui.console.list.cursor import RowCursor
from canarytui.console.list.row_drawing import MARGIN, highlighted, message_line, row_paints, row_segments, row_words
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.values import NamespacedName
from canarytui.session.columns.cell_paints import BADGE
from canarytui.session.columns.column import Paint
from canarytui.session.rows import CanaryRow

_FOUND = Style(underline=True, bold=True)
"""How the words of the filter look in the rows."""

_COUNTED = 3
"""Up to so many countdowns in view are updated each second; with more, only the selected one is."""


RowLook = tuple[Tone, tuple[str, ...], tuple[tuple[Paint, ...], ...]]

_COARSE_TICKS = 3
"""Seconds between updates of countdowns that are shown as ranges."""


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
        "rows--badge",
        "rows--canary",
        "rows--threshold",
    }

    class Highlighted(Message):
        """The cursor is on another canary, or on none."""

        def __init__(self, key: NamespacedName | None) -> None:
            super().__init__()
            self.key = key

    class Opened(Message):
        """Enter, or a second click, on a canary."""

        def __init__(self, key: NamespacedName) -> None:
            super().__init__()
            self.key = key

    class Marked(Message):
        """Space on a canary."""

        def __init__(self, key: NamespacedName) -> None:
            super().__init__()
            self.key = key

    class LaidOut(Message):
        """The columns were laid out again; the header follows."""

        def __init__(self, placed: tuple[Placed, ...]) -> None:
            super().__init__()
            self.placed = placed

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.placing = ColumnPlacing()
        self.thrifty = False
        """Coarse countdowns: changes come faster than they can be read."""
        self._rows: Sequence[CanaryRow] = ()
        self._message: tuple[tuple[str, ...], Tone] = ((), Tone.QUIET)
        self._marked: Collection[NamespacedName] = ()
        self._now = datetime.now(UTC)
        self._placed: tuple[Placed, ...] = ()
        self._cursor = RowCursor()
        self._drawn: dict[int, tuple[CanaryRow, RowLook]] = {}
        self._many = False
        self._beats = 0
        self._sought: tuple[str, ...] = ()
        self._styles_by_tone: dict[tuple[str, bool], Style] = {}

    @property
    def selected(self) -> NamespacedName | None:
        """The canary under the cursor."""
        return self._cursor.key

    @property
    def top(self) -> int:
        """The first line in view."""
        return self.scroll_offset.y

    @property
    def visible_rows(self) -> Sequence[CanaryRow]:
        """The rows in view."""
        return self._rows[self.top : self.top + max(self.size.height, 1)]

    @property
    def visible_keys(self) -> Set[NamespacedName]:
        """The canaries in view, and the one under the cursor."""
        keys = {row.key for row in self.visible_rows}
        return keys if self.selected is None else keys | {self.selected}

    @property
    def is_all_in_view(self) -> bool:
        """Whether every row is in view; one that is new will be, too."""
        return len(self._rows) <= self.size.height

    def show(self, rows: Sequence[CanaryRow], marked: Collection[NamespacedName], now: datetime) -> None:
        """Display `rows` in this order as of `now`; lines whose cells are unchanged are left alone."""
        before, old_count = self.selected, len(self._rows)
        self._rows, self._marked, self._now = rows, marked, now
        moved = self._cursor.follow(rows)
        if moved:  # it stays on its line of the screen
            self.virtual_size = Size(self.size.width, len(rows))
            self.scroll_to(y=max(self.top + moved, 0), animate=False, force=True)
        if len(rows) != old_count:
            self.virtual_size = Size(self.size.width, len(rows))
        self._count()
        self.place_columns()
        self._repaint()
        if self.selected != before:
            self._keep_in_view()
            self.post_message(self.Highlighted(self.selected))

    def seek(self, words: Sequence[str]) -> None:
        """Highlight `words` in the rows, whatever their case."""
        sought = tuple(word.lower() for word in words)
        if sought != self._sought:
            self._sought = sought
            self._drawn.clear()
            self.refresh()

    def explain_emptiness(self, lines: tuple[str, ...], tone: Tone) -> None:
        """The text while there are no rows."""
        if (lines, tone) != self._message:
            self._message = (lines, tone)
            self.refresh()

    def shows(self, rows: Sequence[CanaryRow]) -> bool:
        """Whether exactly this list object is displayed."""
        return self._rows is rows

    def update(self, now: datetime) -> None:
        """Redraw rows that changed in place."""
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
        """Check whether there are too many countdowns in view to update all each second."""
        self._many = sum(row.next_tick is not None for row in self.visible_rows) > _COUNTED

    def action_move(self, lines: int) -> None:
        self._move_to(self._cursor.line + lines)

    def action_move_to(self, line: int) -> None:
        self._move_to(line if line >= 0 else len(self._rows) - 1)

    def action_page(self, pages: int) -> None:
        self._move_to(self._cursor.line + pages * max(self.size.height - 1, 1))

    def action_open(self) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

    def action_mark(self) -> None:
        if self.selected is not None:
            self.post_message(self.Marked(self.selected))
            self._move_to(self._cursor.line + 1)

    def select(self, key: NamespacedName) -> None:
        """Put the cursor on a canary, if it is listed."""
        for index, row in enumerate(self._rows):
            if row.key == key:
                self._move_to(index)
                return

    def on_click(self, event: Click) -> None:
        if self.text_selection is not None:
            return  # the end of a drag
        line = event.y + self.scroll_offset.y
        if line < len(self._rows):
            again = line == self._cursor.line
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
                said, tone = self._message
                style = self._style(tone, cursor=False)
                return Strip([Segment(message_line(said, y, width), style)]).adjust_cell_length(width, style)
            return Strip.blank(width, self._style("plain", cursor=False))
        row = self._rows[index]
        words = self._words(index)
        paints = row_paints(row, words, self._placed)
        self._drawn[y] = row, (row.tone, words, paints)
        selected = index == self._cursor.line
        stale = row.as_of is not None
        base = self._style(Tone.QUIET if stale or row.tone is Tone.QUIET else "plain", cursor=selected)
        toned = self._style(Tone.QUIET if stale else row.tone, cursor=selected)
        segments = row_segments(
            row, words, self._placed, base, toned, paints, lambda tone: self._style(tone, cursor=selected)
        )
        strip = Strip(segments).adjust_cell_length(width, base)
        return self._selected_part(highlighted(strip, self._sought, _FOUND) if self._sought else strip, index)

    def _selected_part(self, strip: Strip, index: int) -> Strip:
        """The line with what is selected with the mouse, and with its place in the text for that."""
        selection = self.text_selection
        span = selection.get_span(index) if selection is not None else None
        if span is not None:
            start, end = span[0], strip.cell_length if span[1] == -1 else span[1]
            before, marked, after = (strip.crop(*part) for part in ((0, start), (start, end), (end, None)))
            style = self.screen.get_component_rich_style("screen--selection")
            strip = Strip.join([before, marked.apply_style(style), after])
        return strip.apply_offsets(0, index)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        words = (self._words(index) for index in range(len(self._rows)))
        return selection.extract("\n".join(line[0] + " ".join(line[1:]) for line in words)), "\n"

    def _look_of(self, index: int) -> RowLook:
        """What a line looks like now: its tone, its words, its painted parts."""
        row, words = self._rows[index], self._words(index)
        return row.tone, words, row_paints(row, words, self._placed)

    def _words(self, index: int) -> tuple[str, ...]:
        """The current words of a line."""
        row, selected = self._rows[index], index == self._cursor.line
        coarse = self._many and (self.thrifty or not selected)
        marked = row.key in self._marked
        return row_words(row, self._placed, self._now, selected=selected, marked=marked, coarse=coarse)

    def _style(self, tone: Tone | str, *, cursor: bool) -> Style:
        name = str(tone)
        known = self._styles_by_tone.get((name, cursor))
        if known is None:
            known = self.get_component_rich_style(f"rows--{name}")
            if cursor and name != BADGE:
                chosen = self.get_component_rich_style("rows--cursor")
                # The state keeps its colour: what is selected shows by its ground.
                known += Style(bgcolor=chosen.bgcolor, bold=chosen.bold, reverse=chosen.reverse)
            self._styles_by_tone[name, cursor] = known
        return known

    def place_columns(self) -> None:
        """Choose columns and widths for the rows there are."""
        longest = max((len(row.name) for row in self._rows), default=0)
        placed = self.placing.place(max(self.size.width - MARGIN, 10), longest)
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
        text = self._look_of(index) if index < len(self._rows) else None
        if text == (drawn[1] if drawn is not None else None):
            if drawn is not None:
                self._drawn[line] = self._rows[index], drawn[1]
        else:
            self.refresh(Region(0, line, self.size.width, 1))

    def _move_to(self, line: int) -> None:
        before, top = self._cursor.line, self.top
        if not self._cursor.move_to(line, self._rows):
            return
        for changed in (before - top, self._cursor.line - top):
            self.refresh(Region(0, changed, self.size.width, 1))
        self._keep_in_view()
        self.post_message(self.Highlighted(self.selected))

    def _keep_in_view(self) -> None:
        line, top, height = self._cursor.line, self.top, max(self.size.height, 1)
        if line < top:
            self.scroll_to(y=line, animate=False, force=True)
        elif line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False, force=True)
