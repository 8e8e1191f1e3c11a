"""A time axis that several plots share, and round ticks for it and for values. Pure.

It moves in steps of an eighth of its length, so that between two steps a new sample changes a few cells at the right
and nothing else: a plot that moves with every sample is drawn again as a whole, which costs too much over a slow line.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

_DAY_S = 86400
_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, _DAY_S)
_PARTS = 8
_LEAST_S = 120.0
_MOST_TICKS, _TICK_IS_WORTH = 5, 0.05
"""Values that an axis names at most, and the share of a plot that one of them may leave blank."""
_LEAST_TICKS = 2
"""One time alone does not say how long an axis is."""
_TICK_COLUMNS = 15
"""A tick for so many columns at most: its label and some air."""


class TimeAxis(Struct, frozen=True):
    """From `begin` to `end`, which is a little after now."""

    begin: datetime
    end: datetime

    @classmethod
    def of(cls, begin: datetime, now: datetime) -> TimeAxis:
        """An axis that shows what was from `begin` to `now`."""
        span_s = max((now - begin).total_seconds(), _LEAST_S)
        step_s = float(next((step for step in _STEPS_S if step * _PARTS >= span_s), math.ceil(span_s / _PARTS)))
        first = math.floor(begin.timestamp() / step_s) * step_s
        last = math.ceil(max(now.timestamp(), begin.timestamp() + _LEAST_S) / step_s) * step_s
        return cls(datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))

    @property
    def span_s(self) -> float:
        return (self.end - self.begin).total_seconds()

    def offset_s(self, at: datetime) -> float | None:
        """Where `at` is, in seconds from the begin; None outside."""
        offset_s = (at - self.begin).total_seconds()
        return offset_s if 0.0 <= offset_s <= self.span_s else None

    def ticks(self, columns: int, zone: tzinfo | None) -> tuple[list[float], list[str]]:
        """Offsets of round times and their labels, as many as fit into so many columns."""
        most = max(columns // _TICK_COLUMNS, 2)
        fitting = (place for place, step in enumerate(_STEPS_S) if self.span_s / step <= most)
        place = next(fitting, None)
        step_s = _STEPS_S[place] if place is not None else math.ceil(self.span_s / most / _DAY_S) * _DAY_S
        offsets = self._multiples(step_s, zone)
        if len(offsets) < _LEAST_TICKS and place:
            step_s = _STEPS_S[place - 1]
            offsets = self._multiples(step_s, zone)
        form = "%H:%M:%S" if step_s % 60 else "%H:%M" if step_s < _DAY_S else "%d %b"
        labels = [(self.begin + timedelta(seconds=each)).astimezone(zone).strftime(form) for each in offsets]
        return offsets, labels

    def _multiples(self, step_s: float, zone: tzinfo | None) -> list[float]:
        """Offsets of the whole steps since midnight that are on the axis."""
        local = self.begin.astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        since_s = (local - midnight).total_seconds()
        first = math.ceil(since_s / step_s)
        count = math.floor((since_s + self.span_s) / step_s) - first + 1
        return [(first + number) * step_s - since_s for number in range(count)]


def value_axis(low: float, high: float, rows: int) -> tuple[list[float], float]:
    """Round ticks for `low` to `high` on so many rows, and the value of the upper end: the ticks are whole rows, and
    equally many, apart, which may leave room above the last one. As many as leave little of it."""

    def axis(most: int) -> tuple[list[float], float]:
        ticks = value_ticks(low, high, most)
        apart = max((rows - 1) // (len(ticks) - 1), 1)
        return ticks, ticks[0] + (ticks[1] - ticks[0]) * max((rows - 1) / apart, len(ticks) - 1)

    def blank(made: tuple[list[float], float]) -> float:
        ticks, end = made
        return 1 - (high - low) / (end - ticks[0]) - _TICK_IS_WORTH * len(ticks)

    return min((axis(most) for most in range(max(min(rows // 2 + 1, _MOST_TICKS), 2), 1, -1)), key=blank)


def value_ticks(low: float, high: float, most: int) -> list[float]:
    """Round values from `low` to `high`, both rounded outward: at most `most`, at least two."""
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / max(most - 1, 1)))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0):
        step = factor * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first + 1 <= max(most, 2):
            return [number * step for number in range(first, max(last, first + 1) + 1)]
    return [low, high]
