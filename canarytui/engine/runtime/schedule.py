"""When each canary is looked at: at once when it appears, then every analysis interval, without drift."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Key = tuple[str, str]
Look = Callable[[Key], Awaitable[None]]
IntervalOf = Callable[[Key], float | None]


class Schedule:
    """One timer for each canary; at most `workers` looks at a time.

    `interval_of` gives a canary's interval in seconds, None when it has gone; `look` does one tick.
    """

    def __init__(self, look: Look, interval_of: IntervalOf, *, workers: int) -> None:
        self._look = look
        self._interval_of = interval_of
        self._free = asyncio.Semaphore(workers)
        self._timers: dict[Key, asyncio.Task[None]] = {}
        self._wakes: dict[Key, asyncio.Event] = {}

    def follow(self, key: Key) -> None:
        """Begin to look at a canary, or notice that its interval may have changed."""
        if key in self._timers:
            self._wakes[key].set()
            return
        self._wakes[key] = asyncio.Event()
        self._timers[key] = asyncio.create_task(self._run(key), name=f"canary {key[0]}/{key[1]}")

    def forget(self, key: Key) -> None:
        """The canary has gone; a tick in progress is finished first."""
        if key in self._wakes:
            self._wakes[key].set()

    async def close(self) -> None:
        """Let ticks in progress finish, start no more."""
        for _ in range(self._free._value):
            await self._free.acquire()
        for timer in self._timers.values():
            timer.cancel()
        await asyncio.gather(*self._timers.values(), return_exceptions=True)

    async def _run(self, key: Key) -> None:
        loop = asyncio.get_running_loop()
        wake = self._wakes[key]
        due = loop.time()
        try:
            while (interval_s := self._interval_of(key)) is not None:
                async with self._free:
                    await asyncio.shield(self._look(key))
                # A look that took long skips the ones it has missed; the grid of the others stays.
                missed = max(0.0, loop.time() - due) // interval_s
                due += interval_s * (missed + 1)
                await self._sleep(key, wake, due, interval_s)
        finally:
            self._timers.pop(key, None)
            self._wakes.pop(key, None)

    async def _sleep(self, key: Key, wake: asyncio.Event, due: float, interval_s: float) -> None:
        """Until `due`, unless the interval changes or the canary goes."""
        loop = asyncio.get_running_loop()
        while (left := due - loop.time()) > 0:
            wake.clear()
            try:
                await asyncio.wait_for(wake.wait(), left)
            except TimeoutError:
                return
            if self._interval_of(key) != interval_s:
                return
