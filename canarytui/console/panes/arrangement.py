"""Which panes are shown in how much room, and where each stands. Pure.

Narrow: one below the other. Broader: those that need the width on top, the others side by side below. Wide: two
columns. A pane is left out where it would get less than it needs; what is left over goes to those that can use it.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from canarytui.console.panes.pane import Pane

BORDER = 2
"""Lines of a pane's border."""
FRAME = 4
"""Columns of a pane's border, and of the space inside it."""

_SHELF = 100
"""Columns from which panes stand side by side below those that spread."""
_COLUMNS = 160
"""Columns from which all panes stand in two columns."""


class Box(Struct, frozen=True):
    """A pane at (`x`, `y`) of the area, with its border."""

    pane: Pane
    x: int
    y: int
    width: int
    height: int


def arrange(panes: Sequence[Pane], columns: int, lines: int) -> tuple[Box, ...]:
    """The boxes of `panes`, which come in the order of their importance, in an area of that size."""
    if columns >= _COLUMNS:
        left = columns * 3 // 5
        return _in_columns(panes, ((0, left), (left, columns - left)), lines)
    if columns >= _SHELF:
        return _on_shelf(panes, columns, lines)
    return _stacked(_fitting(panes, columns), 0, columns, 0, lines)


def zoomed(pane: Pane, columns: int, lines: int) -> tuple[Box, ...]:
    """One pane over the whole area."""
    return (Box(pane, 0, 0, columns, lines),)


def _on_shelf(panes: Sequence[Pane], columns: int, lines: int) -> tuple[Box, ...]:
    fitting = _fitting(panes, columns)
    broad = [pane for pane in fitting if pane.spreads]
    beside = [pane for pane in fitting if not pane.spreads]
    if not beside:
        return _stacked(broad, 0, columns, 0, lines)
    across = min(len(beside), max(columns // (max(pane.least_columns for pane in beside) + FRAME), 1))
    wanted = -(-sum(pane.lines + BORDER for pane in beside) // across) - BORDER
    shelf = replace(beside[0], spreads=True, lines=max(wanted, beside[0].lines), grows=len(beside))
    boxes = _stacked(sorted([*broad, shelf], key=lambda pane: pane.priority), 0, columns, 0, lines)
    placed = next((box for box in boxes if box.pane is shelf), None)
    above = tuple(box for box in boxes if box.pane is not shelf)
    if placed is None:
        return above
    each = columns // across
    strips = [(at * each, each if at < across - 1 else columns - at * each) for at in range(across)]
    inner = _in_columns(beside, strips, placed.height)
    return (*above, *(replace(box, y=box.y + placed.y) for box in inner))


def _in_columns(panes: Sequence[Pane], strips: Sequence[tuple[int, int]], lines: int) -> tuple[Box, ...]:
    """`strips` are (x, width): what spreads goes into the first, the others where most lines are left."""
    held: list[list[Pane]] = [[] for _ in strips]
    free = [lines for _ in strips]
    for pane in panes:
        fit = [at for at, (_, width) in enumerate(strips) if width - FRAME >= pane.least_columns]
        fit = [at for at in (fit[:1] if pane.spreads else fit) if _least(held[at]) + pane.least_lines + BORDER <= lines]
        if fit:
            at = max(fit, key=lambda at: (free[at], -at))
            held[at].append(pane)
            free[at] -= pane.lines + BORDER
    return tuple(
        box for (x, width), chosen in zip(strips, held, strict=True) for box in _stacked(chosen, x, width, 0, lines)
    )


def _stacked(panes: Sequence[Pane], x: int, width: int, y: int, lines: int) -> tuple[Box, ...]:
    boxes = []
    for pane, height in _heights(panes, lines):
        boxes.append(Box(pane, x, y, width, height))
        y += height
    return tuple(boxes)


def _heights(panes: Sequence[Pane], lines: int) -> list[tuple[Pane, int]]:
    """Those that fit below each other, and the lines of each: first what they need, then what they use well, then what
    is left over."""
    chosen: list[Pane] = []
    for pane in panes:
        if _least([*chosen, pane]) <= lines:
            chosen.append(pane)
    heights = [pane.least_lines + BORDER for pane in chosen]
    spare = lines - sum(heights)
    for at, pane in enumerate(chosen):
        grown = min(max(pane.lines - pane.least_lines, 0), spare)
        heights[at] += grown
        spare -= grown
    shares = sum(pane.grows for pane in chosen)
    for at, pane in enumerate(chosen):
        if pane.grows:
            grown = spare * pane.grows // shares
            heights[at] += grown
            spare, shares = spare - grown, shares - pane.grows
    if heights:
        heights[-1] += spare
    return list(zip(chosen, heights, strict=True))


def _fitting(panes: Sequence[Pane], columns: int) -> list[Pane]:
    return [pane for pane in panes if pane.least_columns + FRAME <= columns]


def _least(panes: Sequence[Pane]) -> int:
    return sum(pane.least_lines + BORDER for pane in panes)
