"""A card's success rate over time: a line of blocks, each coloured by its own verdict, with the threshold across.

Pure."""

from __future__ import annotations

import math
from itertools import groupby

from canarytui.console.wall.cards import Card
from canarytui.console.wall.headline import Row
from canarytui.domain.text.plain import width

MOST_LINES = 8
_VALUES = 40
"""Values that a plot has room for; where there is more room each is drawn broader."""

_LABEL = 8
_LEAST = 8
_MOST_SPARKS = 60
_LEVELS = " ▁▂▃▄▅▆▇█"


def verdict_tone(card: Card, value: float) -> str:
    """The tone of one value: that of a check that fails, or passes; none for no value."""
    if not math.isfinite(value):
        return "quiet"
    return "bad" if card.fails(value) else "active"


def plot(card: Card, columns: int, lines: int) -> list[Row]:
    """The last values as columns of blocks, newest at the right, with a line of dashes where the threshold is."""
    if lines < 2:
        return []
    low, high = _scale(card)
    room = max(columns - _LABEL, 1)
    broad = max(room // _VALUES, 1)
    values = [value for value in card.values[-(room // broad) :] for _ in range(broad)]
    at = None if card.bound is None else lines - 1 - min(int((card.bound - low) / (high - low) * lines), lines - 1)
    rows: list[Row] = []
    for row in range(lines):
        base = (lines - 1 - row) * 8
        blank = "-" if row == at else " "
        drawn = [(blank, "quiet")] * (room - len(values))
        for value in values:
            eighths = _eighths(value, low, high, lines)
            block = _LEVELS[min(eighths - base, 8)] if eighths > base else blank
            drawn.append((block, verdict_tone(card, value) if block != blank else "quiet"))
        label = f"{card.bound:g}" if row == at else ""
        rows.append((*_joined(drawn), (f" {label[:7]}", "quiet")))
    return rows


def spark(card: Card, columns: int) -> Row:
    """The last values on one line of at most `columns`; nothing where that is too little room."""
    if columns < _LEAST or not card.values:
        return ()
    low, high = _scale(card)
    shown = card.values[-min(columns, _MOST_SPARKS) :]
    return _joined([(_LEVELS[_eighths(value, low, high, 1)], verdict_tone(card, value)) for value in shown])


def rate_row(card: Card, columns: int, *, sparked: bool) -> Row:
    """The rate beside its threshold; with its history behind it when `sparked`."""
    rate = f"{'✗ ' if card.rate_fails else ''}{card.rate}"
    tone = "bad" if card.rate_fails else ""
    history = spark(card, columns - width(rate) - 2) if sparked else ()
    return ((f"{rate}  ", tone), *history, ("", "")) if history else ((rate, tone),)


def _joined(blocks: list[tuple[str, str]]) -> Row:
    """Neighbours of one tone as one text."""
    return tuple(
        ("".join(block for block, _ in group), tone) for tone, group in groupby(blocks, key=lambda each: each[1])
    )


def _scale(card: Card) -> tuple[float, float]:
    known = [value for value in card.values if math.isfinite(value)]
    bound = [card.bound] if card.bound is not None else []
    low, high = min([*known, *bound], default=0.0), max([*known, *bound], default=1.0)
    margin = max((high - low) * 0.15, 0.5)
    percent = "%" in card.rate
    return (max(low - margin, 0.0), 100.0 if percent and high <= 100.0 else high + margin)


def _eighths(value: float, low: float, high: float, lines: int) -> int:
    if not math.isfinite(value):
        return 0
    return max(round(min(max((value - low) / (high - low), 0.0), 1.0) * lines * 8), 1)
