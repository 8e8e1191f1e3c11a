"""A limit on our own requests per second, like client-go's ``QPS`` and ``Burst``."""

from __future__ import annotations

import asyncio


class RequestRate:
    """At most `burst` requests at once and `per_s` a second on average; the rest wait their turn, in order."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._most = float(max(1, burst))
        self._left = self._most
        self._seen: float | None = None

    async def wait(self) -> None:
        """Return when the next request may be sent."""
        now = asyncio.get_running_loop().time()
        if self._seen is not None:
            self._left = min(self._most, self._left + (now - self._seen) * self._per_s)
        self._seen = now
        self._left -= 1  # below zero: turns already promised
        if self._left < 0:
            await asyncio.sleep(-self._left / self._per_s)
