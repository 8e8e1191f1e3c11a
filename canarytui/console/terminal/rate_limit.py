"""How many bytes may go to the terminal for what can wait.

A change of a canary on the screen is drawn at once, whatever it costs. Lines that would move to another place, or a
timeline that runs faster than anybody reads, wait until their cost has been saved up: on a calm cluster that is never,
in a storm it keeps the line thin and the list still.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Allowance:
    """`rate` bytes a second, saved up to `most`."""

    def __init__(self, rate: float, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._most = most
        self._clock = clock
        self._saved = most
        self._seen = clock()

    @property
    def left(self) -> float:
        """Bytes that may be spent now; below zero after an urgent expense."""
        now = self._clock()
        self._saved = min(self._most, self._saved + (now - self._seen) * self._rate)
        self._seen = now
        return self._saved

    def take(self, cost: float, *, urgent: bool = False) -> bool:
        """Spend `cost` if it is there, or can be borrowed because it is `urgent`; whether it was spent."""
        if cost > self.left + (self._most if urgent else 0.0):
            return False
        self._saved -= cost
        return True


class Rhythm:
    """Whether things happen faster than they can be read: more than `most` in the last `span_s` seconds. It calms
    down at half of that, so that the screen does not change its mind at every change."""

    def __init__(self, most: int, span_s: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._span_s = span_s
        self._clock = clock
        self._since = clock()
        self._count = 0
        self.busy = False

    def beat(self, count: int) -> None:
        """So many happened since the last call."""
        now = self._clock()
        self._count += count
        if self._count > self._most:
            self.busy = True
        if now - self._since >= self._span_s:
            self.busy = self._count > (self._most / 2 if self.busy else self._most)
            self._since, self._count = now, 0
