"""A line of the list: the words of its cells, and how they are toned. Pure; the row widget shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style

from canarytui.console.list.cells import cell
from canarytui.console.list.columns import Placed
from canarytui.session.rows import CanaryRow

MARGIN = 2
"""Columns on the left for the marks of the cursor and of chosen canaries."""

STALE = "~"
"""Stands in the margin of a line of which nothing newer is known, for those who see no colour."""


def row_words(
    row: CanaryRow, columns: Sequence[Placed], now: datetime, *, selected: bool, marked: bool, coarse: bool
) -> tuple[str, ...]:
    """The margin, then the cells; `coarse` counts no seconds."""
    margin = ("▶" if selected else " ") + ("●" if marked else STALE if row.as_of is not None else " ")
    if row.problem:
        return margin, f"{row.namespace}/{row.name}", "! Invalid", row.problem
    return margin, *(cell(row, at.column, at.width, now, coarse=coarse) for at in columns)


def row_segments(
    row: CanaryRow, words: Sequence[str], columns: Sequence[Placed], base: Style, toned: Style
) -> list[Segment]:
    """`words` with what matters `toned`: as few segments as possible."""
    margin, *cells = words
    segments = [Segment(margin, toned)]
    if row.problem:
        return [*segments, Segment(" ".join(cells), toned)]
    text, plain = "", True
    for placed, said in zip(columns, cells, strict=True):
        toning = placed.column.toned is not None and placed.column.toned(row)
        if toning == plain:
            segments.append(Segment(text, base if plain else toned))
            text, plain = "", not plain
        text += said + " "
    return [*segments, Segment(text, base if plain else toned)]
