"""A line of the list: the words of its cells, and how they are toned. Pure; the row widget shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from rich.segment import Segment
from rich.style import Style

from canarytui.console.list.cells import cell
from canarytui.console.list.columns import Placed
from canarytui.session.columns.column import Paint
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


def row_paints(row: CanaryRow, words: Sequence[str], columns: Sequence[Placed]) -> tuple[tuple[Paint, ...], ...]:
    """The parts of each cell that have a tone of their own; none in a stale row, all of which is dimmed."""
    if row.problem or row.as_of is not None:
        return ()
    return tuple(
        tuple(placed.column.paint(row, said)) if placed.column.paint is not None else ()
        for placed, said in zip(columns, words[1:], strict=True)
    )


def row_segments(
    row: CanaryRow,
    words: Sequence[str],
    columns: Sequence[Placed],
    base: Style,
    toned: Style,
    paints: Sequence[Sequence[Paint]] = (),
    style_of: Callable[[str], Style] = lambda tone: Style.null(),
) -> list[Segment]:
    """`words` with what matters `toned`, and `paints` in the style of their tone: as few segments as possible."""
    margin, *cells = words
    segments = [Segment(margin, toned)]
    if row.problem:
        return [*segments, Segment(" ".join(cells), toned)]
    parts: list[tuple[str, Style]] = []
    for placed, said, painted in zip(columns, cells, paints or [()] * len(cells), strict=True):
        own = toned if placed.column.toned is not None and placed.column.toned(row) else base
        at = 0
        for paint in painted:
            parts += [(said[at : paint.start], own), (said[paint.start : paint.end], style_of(paint.tone))]
            at = max(paint.end, at)
        parts.append((said[at:] + " ", own))
    for text, style in parts:
        last = segments[-1]
        if len(segments) > 1 and last.style == style:
            segments[-1] = Segment(last.text + text, style)
        elif text:
            segments.append(Segment(text, style))
    return segments
