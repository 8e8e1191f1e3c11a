"""The list's lines: draws only what is in view, and redraws only cells whose text changed.

Used by the list screen. A table of ten thousand canaries costs as much as the forty lines on the screen:
rows are view models handed in whole, cells are made when a line is drawn, and a countdown repaints seven
columns, not a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from canarytui.console.columns import Placed, layout
from canarytui.console.rows import CanaryRow, Key, cell
from canarytui.domain.explain import Tone

_MARGIN = 2
"""Columns on the left for the cursor's mark."""

_TONED = frozenset({"status", "success", "failed"})


class CanaryRows(ScrollView, can_focus=True):
    """A cursor over lines. The cursor stays on its canary when the order changes around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("home,g", "move_to(0)", "First", show=False),
        Binding("end,G,shift+g", "move_to(-1)", "Last", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("enter", "open", "Open", show=False),
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

    class LaidOut(Message):
        """Columns were placed anew; the header follows."""

        def __init__(self, placed: tuple[Placed, ...]) -> None:
            super().__init__()
            self.placed = placed

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.one_namespace = False
        self._rows: Sequence[CanaryRow] = ()
        self._now = datetime.now(UTC)
        self._placed: tuple[Placed, ...] = ()
        self._cursor = 0
        self._drawn: dict[int, tuple[str, ...]] = {}
        self._styles_by_tone: dict[tuple[str, bool], Style] = {}

    @property
    def selected(self) -> Key | None:
        """The canary under the cursor."""
        return self._rows[self._cursor].key if self._cursor < len(self._rows) else None

    @property
    def visible_rows(self) -> Sequence[CanaryRow]:
        """The rows in view."""
        top = self.scroll_offset.y
        return self._rows[top : top + max(self.size.height, 1)]

    def show(self, rows: Sequence[CanaryRow], now: datetime) -> None:
        """Display `rows` in this order as of `now`; lines whose cells are unchanged are left alone."""
        before = self.selected
        self._now = now
        old_count = len(self._rows)
        self._rows = rows
        if before is not None and (self._cursor >= len(rows) or rows[self._cursor].key != before):
            found = next((index for index, row in enumerate(rows) if row.key == before), None)
            # A canary that left the list leaves the cursor where it was, on its successor.
            self._cursor = found if found is not None else min(self._cursor, max(len(rows) - 1, 0))
        if len(rows) != old_count:
            self.virtual_size = Size(self.size.width, len(rows))
            self._place_columns()
        self._repaint_changed()
        if self.selected != before:
            self._keep_in_view()
            self.post_message(self.Highlighted(self.selected))

    def tick(self, now: datetime) -> None:
        """Advance the countdowns of the lines in view."""
        self._now = now
        self._repaint_changed(only_ticking=True)

    def action_move(self, lines: int) -> None:
        self._move_to(self._cursor + lines)

    def action_move_to(self, line: int) -> None:
        self._move_to(line if line >= 0 else len(self._rows) - 1)

    def action_page(self, pages: int) -> None:
        self._move_to(self._cursor + pages * max(self.size.height - 1, 1))

    def action_open(self) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

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
        self._place_columns()
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
            return Strip.blank(width, self._style("plain", cursor=False))
        row = self._rows[index]
        cells = self._cells(row)
        self._drawn[y] = (row.tone, *cells)
        cursor = index == self._cursor
        base = self._style(row.tone if row.tone is Tone.QUIET else "plain", cursor=cursor)
        toned = self._style(row.tone, cursor=cursor)
        segments = [Segment("▶ " if cursor else "  ", toned)]
        if row.problem:
            return Strip([*segments, Segment(" ".join(cells), toned)]).adjust_cell_length(width, base)
        for placed, text in zip(self._placed, cells, strict=True):
            toning = placed.column.name in _TONED and self._is_toned(row, placed.column.name)
            segments.append(Segment(text, toned if toning else base))
            segments.append(Segment(" ", base))
        return Strip(segments).adjust_cell_length(width, base)

    @staticmethod
    def _is_toned(row: CanaryRow, column: str) -> bool:
        if column == "success":
            return row.success is not None and row.success_floor is not None and row.success < row.success_floor
        return column == "status" or row.failed > 0

    def _cells(self, row: CanaryRow) -> tuple[str, ...]:
        if row.problem:
            return (f"{row.namespace}/{row.name}", "! Invalid", row.problem)
        return tuple(cell(row, placed.column, placed.width, self._now) for placed in self._placed)

    def _style(self, tone: Tone | str, *, cursor: bool) -> Style:
        name = str(tone)
        known = self._styles_by_tone.get((name, cursor))
        if known is None:
            known = self.get_component_rich_style(f"rows--{name}")
            if cursor:
                known += self.get_component_rich_style("rows--cursor")
            self._styles_by_tone[name, cursor] = known
        return known

    def _place_columns(self) -> None:
        longest = max((len(row.name) for row in self._rows), default=0)
        placed = layout(max(self.size.width - _MARGIN, 10), one_namespace=self.one_namespace, longest_name=longest)
        if placed != self._placed:
            self._placed = placed
            self._drawn.clear()
            self.refresh()
            self.post_message(self.LaidOut(placed))

    def _repaint_changed(self, *, only_ticking: bool = False) -> None:
        top = self.scroll_offset.y
        for line in range(self.size.height):
            index = top + line
            drawn = self._drawn.get(line)
            if index >= len(self._rows):
                if drawn is not None:
                    self.refresh(Region(0, line, self.size.width, 1))
                continue
            row = self._rows[index]
            if only_ticking and not row.ticking:
                continue
            fresh = (row.tone, *self._cells(row))
            if drawn != fresh:
                self.refresh(*self._changed_regions(line, drawn, fresh))

    def _changed_regions(self, line: int, drawn: tuple[str, ...] | None, fresh: tuple[str, ...]) -> list[Region]:
        """Where `fresh` (a tone, then cells) differs from what is drawn. Another tone, or another canary in
        the first columns, concerns the whole line."""
        if drawn is None or len(drawn) != len(self._placed) + 1 or drawn[:4] != fresh[:4]:
            return [Region(0, line, self.size.width, 1)]
        return [
            Region(_MARGIN + placed.start, line, placed.width, 1)
            for placed, old, new in zip(self._placed, drawn[1:], fresh[1:], strict=True)
            if old != new
        ]

    def _move_to(self, line: int) -> None:
        line = min(max(line, 0), max(len(self._rows) - 1, 0))
        if line == self._cursor:
            return
        top = self.scroll_offset.y
        for changed in (self._cursor - top, line - top):
            self.refresh(Region(0, changed, self.size.width, 1))
        self._cursor = line
        self._keep_in_view()
        self.post_message(self.Highlighted(self.selected))

    def _keep_in_view(self) -> None:
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, force=True)


class ColumnTitles(Widget):
    """The line of column titles above the rows; marks the column that orders them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"titles--sorted"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._placed: tuple[Placed, ...] = ()
        self._sorted_by = ""

    def show(self, placed: tuple[Placed, ...] | None = None, sorted_by: str | None = None) -> None:
        """Follow the rows' layout, or another order."""
        self._placed = self._placed if placed is None else placed
        self._sorted_by = self._sorted_by if sorted_by is None else sorted_by
        self.refresh()

    def render_line(self, y: int) -> Strip:
        style = self.rich_style
        marked = style + self.get_component_rich_style("titles--sorted", partial=True)
        segments = [Segment(" " * _MARGIN, style)]
        for placed in self._placed:
            ordering = placed.column.name == self._sorted_by
            title = f"{placed.column.title}↓" if ordering else placed.column.title
            title = title[: placed.width]
            text = title.rjust(placed.width) if placed.column.right else title.ljust(placed.width)
            segments += [Segment(text, marked if ordering else style), Segment(" ", style)]
        return Strip(segments).adjust_cell_length(self.size.width, style)
