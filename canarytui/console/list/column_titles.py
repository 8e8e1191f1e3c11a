"""The line of column titles above the list's rows."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from canarytui.console.list.columns import GAP, Placed
from canarytui.console.list.row_drawing import MARGIN
from canarytui.session.columns.column import ListColumn


def titled(column: ListColumn) -> tuple[str, int]:
    """(title, where in it the letter is that orders the list by the column, -1 for none)."""
    return column.title, column.title.find(column.sort.letter) if column.sort is not None else -1


class ColumnTitles(Widget):
    """The line of column titles above the rows; underlines the letters that order them, and marks the column that does
    now."""

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
            title, letter = titled(placed.column)
            title = f"{title}{'↑' if self._reverse else '↓'}" if ordering else title
            title = title[: placed.width + GAP]  # the arrow may stand between two columns
            blank = " " * (placed.width - len(title))
            own = marked if ordering else style
            segments.append(Segment(blank if placed.column.right else "", own))
            if 0 <= letter < len(title):
                key = own + Style(underline=True)
                segments += [
                    Segment(title[:letter], own),
                    Segment(title[letter], key),
                    Segment(title[letter + 1 :], own),
                ]
            else:
                segments.append(Segment(title, own))
            gap = " " * min(placed.width + GAP - len(title), GAP)
            segments += [Segment("" if placed.column.right else blank, own), Segment(gap, style)]
        return Strip(segments).adjust_cell_length(self.size.width, style)
