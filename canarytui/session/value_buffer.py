"""A bounded time series in sixteen bytes per value: every change of a thousand canaries is kept, and tuples with a
datetime would take ten times as much.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import UTC, datetime

Point = tuple[datetime, float]


class Points:
    """(time, value) pairs in the order in which they came, the oldest given up beyond `most`. Times are in UTC."""

    __slots__ = ("_most", "_oldest", "_times", "_values")

    def __init__(self, most: int) -> None:
        self._most = most
        self._oldest = 0
        self._times = array("d")
        self._values = array("d")

    def append(self, point: Point) -> None:
        at, value = point[0].timestamp(), point[1]
        if len(self._times) < self._most:
            self._times.append(at)
            self._values.append(value)
            return
        self._times[self._oldest], self._values[self._oldest] = at, value
        self._oldest = (self._oldest + 1) % self._most

    def __len__(self) -> int:
        return len(self._times)

    def __iter__(self) -> Iterator[Point]:
        for place in self._places():
            yield datetime.fromtimestamp(self._times[place], UTC), self._values[place]

    @property
    def last(self) -> float | None:
        """The newest value; None before the first."""
        return self._values[self._oldest - 1] if self._values else None

    def tail(self, count: int) -> list[float]:
        """The last `count` values, oldest first."""
        places = self._places()
        return [self._values[place] for place in places[max(len(places) - count, 0) :]]

    def _places(self) -> list[int]:
        return [*range(self._oldest, len(self._times)), *range(self._oldest)]
