"""Samples in memory: for each series two arrays, times and values, trimmed to the retention."""

from __future__ import annotations

import math
import struct
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct, field

from canarytui.sandbox.go_regexp import compile_anchored
from canarytui.sandbox.prometheus.exposition import Labels

_STALE_BITS = 0x7FF0000000000002
STALE: float = struct.unpack("<d", struct.pack("<Q", _STALE_BITS))[0]
"""The NaN that ends a series: its target or the series itself has gone."""

LOOKBACK_S = 300.0
_TRIM_EVERY = 64


def is_stale(value: float) -> bool:
    """Whether a value is the staleness marker (an ordinary NaN is not)."""
    return math.isnan(value) and struct.unpack("<Q", struct.pack("<d", value))[0] == _STALE_BITS


class Matcher(Struct, frozen=True):
    """One label matcher; `operator` is ``=``, ``!=``, ``=~`` or ``!~``."""

    name: str
    operator: str
    value: str

    def predicate(self) -> Callable[[str], bool]:
        """A test of a label's value, "" for a missing label."""
        if self.operator == "=":
            return lambda value: value == self.value
        if self.operator == "!=":
            return lambda value: value != self.value
        compile_anchored(self.value)
        wanted = self.operator == "=~"
        return lambda value: _matches(self.value, value) == wanted


@lru_cache(maxsize=50_000)
def _matches(pattern: str, value: str) -> bool:
    """Cached: the same labels are matched over and over, and a match costs some 10 µs."""
    return compile_anchored(pattern).search(value) is not None


class StoredSeries(Struct):
    """One series' samples, oldest first."""

    labels: Labels
    times: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))

    def append(self, time_s: float, value: float, retention_s: float) -> None:
        """Add a sample; one that is not younger than the last is ignored."""
        if self.times and time_s <= self.times[-1]:
            return
        self.times.append(time_s)
        self.values.append(value)
        if len(self.times) % _TRIM_EVERY == 0:
            old = bisect_left(self.times, time_s - retention_s)
            del self.times[:old]
            del self.values[:old]

    def at(self, time_s: float) -> float | None:
        """The value that an instant query sees, None when there is none or the series has ended."""
        index = bisect_right(self.times, time_s) - 1
        if index < 0 or self.times[index] < time_s - LOOKBACK_S:
            return None
        value = self.values[index]
        return None if is_stale(value) else value

    def sample_time(self, time_s: float) -> float:
        """When the sample was taken that :meth:`at` returns."""
        return self.times[bisect_right(self.times, time_s) - 1]

    def between(self, start_s: float, end_s: float) -> list[tuple[float, float]]:
        """(time, value) from `start_s` to `end_s`, both included, without staleness markers."""
        first, last = bisect_left(self.times, start_s), bisect_right(self.times, end_s)
        return [(self.times[i], self.values[i]) for i in range(first, last) if not is_stale(self.values[i])]


class SeriesStorage:
    """All series, found by their metric's name."""

    def __init__(self, retention_s: float = 3600.0) -> None:
        self._retention_s = retention_s
        self._series: dict[Labels, StoredSeries] = {}
        self._by_name: dict[str, list[StoredSeries]] = defaultdict(list)

    def append(self, labels: Labels, time_s: float, value: float) -> None:
        """Add one sample."""
        series = self._series.get(labels)
        if series is None:
            series = self._series[labels] = StoredSeries(labels)
            self._by_name[dict(labels).get("__name__", "")].append(series)
        series.append(time_s, value, self._retention_s)

    def select(self, matchers: Sequence[Matcher]) -> list[StoredSeries]:
        """The series that all matchers accept."""
        names = [m.value for m in matchers if m.name == "__name__" and m.operator == "="]
        candidates: Iterable[StoredSeries] = self._by_name.get(names[0], ()) if names else self._series.values()
        tests = [(m.name, m.predicate()) for m in matchers]
        found = []
        for series in candidates:
            values = dict(series.labels)
            if all(test(values.get(name, "")) for name, test in tests):
                found.append(series)
        return found

    def __iter__(self) -> Iterator[StoredSeries]:
        return iter(self._series.values())

    def __len__(self) -> int:
        return len(self._series)

    def forget_old(self, now_s: float) -> None:
        """Drop series whose last sample is older than the retention."""
        for labels, series in list(self._series.items()):
            if series.times and series.times[-1] < now_s - self._retention_s:
                del self._series[labels]
                self._by_name[dict(labels).get("__name__", "")].remove(series)
