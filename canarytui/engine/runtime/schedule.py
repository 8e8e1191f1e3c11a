"""Runs ticks when they are due: one queue, a bounded number at a time, never two of one canary.

A tick that waits for a webhook or a metrics server frees its slot: forty canaries whose hooks
hang must not delay the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from canarytui.background import in_background
from canarytui.domain.values import NamespacedName
from canarytui.engine.runtime.tick_grid import TickGrid

RunTick = Callable[[NamespacedName, float], Awaitable[None]]
"""Runs one tick of a canary, given the seconds by which it is late. It must handle its own errors."""


class TickSchedule:
    """Runs between :meth:`start` and :meth:`close`; canaries may be followed before."""

    def __init__(self, look: RunTick, *, workers: int) -> None:
        self._look = look
        self._free = asyncio.Semaphore(workers)
        self._grid = TickGrid()
        self._due: asyncio.Queue[tuple[NamespacedName, float]] = asyncio.Queue()
        self._waiting: dict[NamespacedName, float] = {}
        self._running: dict[NamespacedName, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    @property
    def keys(self) -> list[NamespacedName]:
        """Of the canaries that are followed."""
        return self._grid.keys()

    @property
    def lateness_s(self) -> float:
        """How long the canary that has waited longest has been due."""
        now = _now()
        longest = max((now - due for due in self._waiting.values()), default=0.0)
        return max(longest, self._grid.overdue(now))

    def follow(self, key: NamespacedName, interval_s: float, *, at_once: bool = True) -> None:
        """Run a canary's ticks every `interval_s` from now on; a changed interval causes a tick at once.

        Without `at_once`, for many at the same time, first ticks are spread over the interval.
        """
        known = self._grid.interval_of(key)
        if known is None:
            self._grid.add(key, interval_s, _now(), at_once=at_once)
            if key in self._running:  # deleted and created again during a tick
                self._grid.hold(key)
        elif known != interval_s:
            self._grid.change(key, interval_s, _now())
        else:
            return
        self._changed.set()

    def hurry(self, key: NamespacedName) -> None:
        """Run a known canary's tick as soon as possible."""
        self._grid.hurry(key, _now())
        self._changed.set()

    def forget(self, key: NamespacedName) -> None:
        """The canary has gone; a tick in progress completes."""
        self._grid.remove(key)
        self._waiting.pop(key, None)
        self._changed.set()

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[None]:
        """Within a tick: free its slot while it waits for a server, then take one again."""
        self._free.release()
        try:
            yield
        finally:
            await self._free.acquire()

    def start(self) -> None:
        """Start running ticks."""
        self._tasks = [
            in_background(self._begin_due(), "looks"),
            in_background(self._hand_out(), "tick grid"),
        ]

    async def close(self, grace_s: float) -> None:
        """Start no more ticks; those in progress have `grace_s` seconds to end."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        busy = set(self._running.values())
        if busy:
            await asyncio.wait(busy, timeout=grace_s)
        for task in busy:
            task.cancel()
        await asyncio.gather(*self._tasks, *busy, return_exceptions=True)

    async def _hand_out(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._changed.clear()
            for key, due in self._grid.take_due(loop.time()):
                self._waiting[key] = due
                self._due.put_nowait((key, due))
            following = self._grid.next_due()
            alarm = loop.call_at(following, self._changed.set) if following is not None else None
            await self._changed.wait()
            if alarm is not None:
                alarm.cancel()

    async def _begin_due(self) -> None:
        while True:
            key, due = await self._due.get()
            await self._free.acquire()
            if self._waiting.get(key) != due:  # removed in the meantime
                self._free.release()
                continue
            del self._waiting[key]
            self._running[key] = in_background(self._run(key, _now() - due), f"look at {'/'.join(key)}")

    async def _run(self, key: NamespacedName, late_s: float) -> None:
        try:
            await self._look(key, late_s)
        finally:
            del self._running[key]
            self._free.release()
            self._grid.done(key, _now())
            self._changed.set()


def _now() -> float:
    return asyncio.get_running_loop().time()
