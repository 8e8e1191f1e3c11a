"""When each canary is due: every canary has its own grid, spread so that many do not tick at once.

Pure: time is a number of seconds that the caller passes in. A canary's ticks are `interval_s` apart, counted from
its first grid point and never from when a tick ended, so that they do not drift. Canaries of equal interval share
slots within it; a canary takes the first of the emptiest slots. A new one ticks at once and then on the
grid, never earlier than an interval after its first tick: a rollout must not take two steps in one.
"""

from __future__ import annotations

import heapq
import math

from msgspec import Struct

from canarytui.domain.values import NamespacedName

_SLOT_S = 0.1
_SLOTS_LEAST, _SLOTS_MOST = 100, 1000


class _ScheduledTick(Struct):
    """`due`: the next tick's time. `slot` None: not on the grid yet. `taken`: handed out and not done yet."""

    interval_s: float
    due: float
    slot: int | None = None
    taken: bool = False
    again: bool = False


class TickGrid:
    """The grid of all canaries."""

    def __init__(self) -> None:
        self._entries: dict[NamespacedName, _ScheduledTick] = {}
        self._heap: list[tuple[float, NamespacedName]] = []
        self._loads: dict[float, dict[int, int]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def keys(self) -> list[NamespacedName]:
        return list(self._entries)

    def add(self, key: NamespacedName, interval_s: float, now: float, *, at_once: bool = True) -> None:
        """Follow a canary. Not `at_once`: its first tick already waits for a slot, at most an interval."""
        entry = self._entries[key] = _ScheduledTick(interval_s, now)
        if not at_once:
            self._place(entry)
        self._push(key, entry)

    def change(self, key: NamespacedName, interval_s: float, now: float) -> None:
        """The canary's interval has changed: it is due at once, or as soon as its current tick has ended."""
        entry = self._entries[key]
        self._leave(entry)
        entry.interval_s = interval_s
        self.hurry(key, now)

    def hurry(self, key: NamespacedName, now: float) -> None:
        """Let the canary be due at once, besides its grid."""
        entry = self._entries[key]
        if entry.taken:
            entry.again = True
            return
        entry.due = min(entry.due, now)
        self._leave(entry)
        self._push(key, entry)

    def hold(self, key: NamespacedName) -> None:
        """Hand out a canary that still has a tick in progress: it is due when that is :meth:`done`."""
        entry = self._entries[key]
        entry.taken = entry.again = True

    def interval_of(self, key: NamespacedName) -> float | None:
        """The interval that a canary is followed with; None when it is not."""
        entry = self._entries.get(key)
        return entry.interval_s if entry is not None else None

    def remove(self, key: NamespacedName) -> None:
        """Follow a canary no longer."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._leave(entry)

    def next_due(self) -> float | None:
        """When the next canary is due that is not handed out; None when there is none."""
        self._tidy()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> list[tuple[NamespacedName, float]]:
        """Hand out all that are due, each with the time it was due at: :meth:`done` takes them back."""
        found = []
        while (due := self.next_due()) is not None and due <= now:
            _, key = heapq.heappop(self._heap)
            self._entries[key].taken = True
            found.append((key, due))
        return found

    def done(self, key: NamespacedName, now: float) -> None:
        """A tick has ended: the next is due on the grid; grid points that passed meanwhile are skipped."""
        entry = self._entries.get(key)
        if entry is None or not entry.taken:
            return
        entry.taken = False
        if entry.again:
            entry.again = False
            entry.due = now
            self._leave(entry)
        elif entry.slot is None:
            entry.due += entry.interval_s
            self._place(entry)
        else:
            entry.due += entry.interval_s
        if entry.due < now and entry.slot is not None:
            entry.due += entry.interval_s * math.ceil((now - entry.due) / entry.interval_s)
        self._push(key, entry)

    def overdue(self, now: float) -> float:
        """Seconds by which the latest canary is overdue, of those not handed out; 0 if none is."""
        due = self.next_due()
        return max(0.0, now - due) if due is not None else 0.0

    def _push(self, key: NamespacedName, entry: _ScheduledTick) -> None:
        heapq.heappush(self._heap, (entry.due, key))

    def _tidy(self) -> None:
        """Drop entries at the front of the heap that were removed, moved or handed out."""
        while self._heap:
            due, key = self._heap[0]
            entry = self._entries.get(key)
            if entry is not None and not entry.taken and entry.due == due:
                return
            heapq.heappop(self._heap)

    def _place(self, entry: _ScheduledTick) -> None:
        """Put `entry` on the grid: at its due time, or later by as many slots as are full."""
        loads = self._loads.setdefault(entry.interval_s, {})
        slots = min(_SLOTS_MOST, max(_SLOTS_LEAST, int(entry.interval_s / _SLOT_S)))
        width = entry.interval_s / slots
        most = sum(loads.values()) // slots + 1
        first = int(entry.due % entry.interval_s / width)
        shift = next(each for each in range(slots) if loads.get((first + each) % slots, 0) < most)
        entry.due += shift * width
        entry.slot = (first + shift) % slots
        loads[entry.slot] = loads.get(entry.slot, 0) + 1

    def _leave(self, entry: _ScheduledTick) -> None:
        """Give the slot back."""
        if entry.slot is None:
            return
        loads = self._loads[entry.interval_s]
        loads[entry.slot] -= 1
        if not loads[entry.slot]:
            del loads[entry.slot]
        if not loads:
            del self._loads[entry.interval_s]
        entry.slot = None
