"""How the list's screen is divided: rows, the sentence, panes, the timeline of all canaries. Pure.

It follows the terminal's size, the number of rows and what a person has chosen.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class LayoutPreset(StrEnum):
    """What a person may choose."""

    SPLIT = "split"
    """The list takes the rows it needs, the selected canary what is free."""
    LIST = "list"
    DETAIL = "detail"
    """A few rows, and the selected canary."""
    WALL = "wall"
    """A few rows, and cards of all that moves or fails."""

    def following(self) -> LayoutPreset:
        """The next one of the cycle."""
        presets = list(LayoutPreset)
        return presets[(presets.index(self) + 1) % len(presets)]


class ScreenLayout(Struct, frozen=True):
    """Lines and columns of the parts; 0 means that a part takes what is left, for `tail` that it is not shown.

    Attributes:
        rows: lines of the list, its titles included.
        beside: columns of the list where the panes stand beside it.
        why: lines of the sentence.
        tail: lines of the timeline of all canaries, with its border.
        panes: whether there are any.
    """

    rows: int = 0
    beside: int = 0
    why: int = 2
    tail: int = 0
    panes: bool = False


BARS = 2
_FEW_ROWS = 3
_ONE_LINE = 140
"""Columns from which the sentence has one line."""
_BESIDE = 180
"""Columns from which panes stand beside a list that is longer than its share."""
_LEAST_COLUMNS, _LEAST_LINES = 60, 14
_LEAST_PANES = 10
_SHORT = 24
"""With fewer lines a long list has them all."""
_ROOMY = 44
"""Lines from which there is room for the timeline of all canaries as well."""
_TAIL = 6


def screen_layout(columns: int, lines: int, count: int, preset: LayoutPreset) -> ScreenLayout:
    """The layout of a terminal of `columns` by `lines` with `count` canaries."""
    why = 2 if columns < _ONE_LINE else 1
    area, need = lines - BARS - why, count + 1
    alone = ScreenLayout(why=why, tail=max(3, min(lines // 4, 14)) if lines > 15 else 2)
    if preset is LayoutPreset.LIST or not count or columns < _LEAST_COLUMNS or area < _LEAST_LINES:
        return alone
    if preset is not LayoutPreset.SPLIT:
        return ScreenLayout(rows=min(need, _FEW_ROWS), why=why, panes=True)
    tail = _TAIL if count > 1 and area >= _ROOMY else 0
    most = area - tail - max(_LEAST_PANES, area * 2 // 5)
    if need <= most:
        return ScreenLayout(rows=need, why=why, tail=tail, panes=True)
    if columns >= _BESIDE:
        return ScreenLayout(beside=min(max(columns * 11 // 20, 100), 140), why=2, tail=tail, panes=True)
    if area < _SHORT:
        return alone
    return ScreenLayout(rows=most, why=why, tail=tail, panes=True)
