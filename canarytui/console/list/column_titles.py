"""The line of column titles above the list's rows."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from canarytui.console.list.columns import Placed
from canarytui.console.list.row_drawing import MARGIN


class ColumnTitles(Widget):
    """The line of column titles above the rows; marks the column that orders them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"titles--sorted"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._placed: tuple[Placed, ...] = ()
        self._sorted_by = ""
        self._reverse = False

    def place(self, placed: tuple[Placed, ...]) -> None:
        """Follow the rows' layout."""
        self._placed = placed
        self.refresh()

    def order(self, sorted_by: str, reverse: bool) -> None:
        """Mark the column that orders the rows, "" for none."""
        if (sorted_by, reverse) != (self._sorted_by, self._reverse):
            self._sorted_by, self._reverse = sorted_by, reverse
            self.refresh()

    def render_line(self, y: int) -> Strip:
        style = self.rich_style
        marked = style + self.get_component_rich_style("titles--sorted", partial=True)
        segments = [Segment(" " * MARGIN, style)]
        for placed in self._placed:
            ordering = placed.column.name == self._sorted_by
            title = f"{placed.column.title}{'↑' if self._reverse else '↓'}" if ordering else placed.column.title
            title = title[: placed.width]
            text = title.rjust(placed.width) if placed.column.right else title.ljust(placed.width)
            segments += [Segment(text, marked if ordering else style), Segment(" ", style)]
        return Strip(segments).adjust_cell_length(self.size.width, style)
