"""A line of the list: the words of its cells, and how they are toned. Pure; the row widget shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from textwrap import wrap

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

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


def highlighted(strip: Strip, sought: Sequence[str], style: Style) -> Strip:
    """`strip` with every occurrence of the words `sought` (in small letters) in `style`, too."""
    plain = strip.text.lower()
    if len(plain) != len(strip.text):
        return strip  # a letter whose small form is longer: places would be wrong
    found = sorted(match.span() for word in sought for match in re.finditer(re.escape(word), plain))
    parts, done = [], 0
    for start, end in found:
        first, last = cell_len(plain[:start]), cell_len(plain[:end])
        if first >= done:
            parts += [strip.crop(done, first), strip.crop(first, last).apply_style(style)]
            done = last
    return Strip.join([*parts, strip.crop(done)]) if parts else strip


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


def message_line(said: Sequence[str], line: int, columns: int) -> str:
    """Line `line` of a list without rows: what is `said` there, wrapped, below an empty line."""
    room = max(columns - 2 * MARGIN, 10)
    wrapped = [part for each in said for part in wrap(each, room, drop_whitespace=False) or [""]]
    return " " * MARGIN + (wrapped[line - 1] if 0 < line <= len(wrapped) else "")
