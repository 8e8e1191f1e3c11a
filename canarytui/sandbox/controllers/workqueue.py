"""The queue between watching and reconciling: a key is queued once, however often it is added.

Each controller has one. Keys may be added for later (timers such as minReadySeconds) and with growing delay
(after a failure).
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
from datetime import datetime, timedelta

from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.values import NamespacedName

FIRST_RETRY_S = 0.005
LONGEST_RETRY_S = 60.0


class WorkQueue:
    """Keys to reconcile, each with the moment from which it may be."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[NamespacedName, datetime] = {}
        self._heap: list[tuple[datetime, int, NamespacedName]] = []  # may hold entries superseded by _due
        self._order = itertools.count()
        self._failures: dict[NamespacedName, int] = {}
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._due)

    def add(self, key: NamespacedName) -> None:
        """Reconcile `key` as soon as possible."""
        self.add_after(key, 0.0)

    def add_after(self, key: NamespacedName, delay_s: float) -> None:
        """Reconcile `key` in `delay_s` seconds, or earlier if it already waits for an earlier moment."""
        due = self._clock.now() + timedelta(seconds=delay_s)
        if key not in self._due or due < self._due[key]:
            self._due[key] = due
            heapq.heappush(self._heap, (due, next(self._order), key))
            self._changed.set()

    def retry(self, key: NamespacedName) -> None:
        """Reconcile `key` again after a failure: later after each consecutive one."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(failures, 20)))

    def forget(self, key: NamespacedName) -> None:
        """`key` was reconciled without failure."""
        self._failures.pop(key, None)

    def pop_ready(self) -> NamespacedName | None:
        """Take the key that has been due longest; None when none is due."""
        next_due = self._next_due()
        if next_due is None or next_due > self._clock.now():
            return None
        _, _, key = heapq.heappop(self._heap)
        del self._due[key]
        return key

    def _next_due(self) -> datetime | None:
        while self._heap:
            due, _, key = self._heap[0]
            if self._due.get(key) == due:
                return due
            heapq.heappop(self._heap)
        return None

    async def wait(self) -> None:
        """Return when a key may have become due."""
        self._changed.clear()
        next_due = self._next_due()
        if next_due is None:
            await self._changed.wait()
            return
        delay_s = (next_due - self._clock.now()).total_seconds()
        if delay_s > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), delay_s)

    def wake(self) -> None:
        """Make :meth:`wait` check again: a test has advanced its clock."""
        self._changed.set()
