"""At most so many queries in a time, however many want to be sent."""

from __future__ import annotations

import asyncio
from collections import deque


class QueryBudget:
    """`most` within any `seconds`."""

    def __init__(self, most: int, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._taken: deque[float] = deque()

    async def take(self, count: int = 1) -> None:
        """Wait until `count` queries, `most` at most, may be sent."""
        clock = asyncio.get_running_loop().time
        count = min(count, self._most)
        wait_s = self._wait_s(count, clock())
        while wait_s > 0:
            await asyncio.sleep(wait_s)
            wait_s = self._wait_s(count, clock())
        self._taken.extend([clock()] * count)

    def _wait_s(self, count: int, now: float) -> float:
        while self._taken and now - self._taken[0] >= self._seconds:
            self._taken.popleft()
        over = len(self._taken) + count - self._most
        return self._taken[over - 1] + self._seconds - now if over > 0 else 0.0
