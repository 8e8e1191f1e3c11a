"""The log of one container run: a bounded ring of lines that many readers can follow.

Written by servers inside the process and by the pipes of process pods; read by the kubelet's
``containerLogs``. A real node keeps files; here memory is bounded, so the oldest lines are dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

from msgspec import Struct

MAX_BYTES = 256 * 1024
_OVERHEAD = 100  # of one line in Python, approximately


class Line(Struct, frozen=True):
    """One line without its newline; `at` is seconds since the epoch, `number` counts from 0."""

    number: int
    at: float
    text: bytes

    def stamped(self) -> bytes:
        """With the timestamp in front, as ``kubectl logs --timestamps`` shows it."""
        moment = datetime.fromtimestamp(self.at, UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z ".encode() + self.text


class ContainerLog:
    """Append-only for one run of a container; closed when the container ends."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._lines: deque[Line] = deque()
        self._next = 0
        self._bytes = 0
        self._max_bytes = max_bytes
        self._changed = asyncio.Event()
        self.closed = False

    def write(self, text: str | bytes) -> None:
        """Append one line, or several when `text` holds newlines."""
        data = text.encode() if isinstance(text, str) else text
        now = time.time()
        for piece in data.rstrip(b"\n").split(b"\n"):
            self._lines.append(Line(self._next, now, piece))
            self._next += 1
            self._bytes += len(piece) + _OVERHEAD
        while self._bytes > self._max_bytes and len(self._lines) > 1:
            self._bytes -= len(self._lines.popleft().text) + _OVERHEAD
        self._wake()

    def close(self) -> None:
        """The container ended: followers finish after the last line."""
        self.closed = True
        self._wake()

    def lines(self, *, tail: int | None = None, since: float | None = None) -> list[Line]:
        """The kept lines, oldest first: the last `tail` of those not older than `since` (epoch seconds)."""
        found = [line for line in self._lines if since is None or line.at >= since]
        return found[-tail:] if tail else ([] if tail == 0 else found)

    async def follow(self, *, tail: int | None = None, since: float | None = None) -> AsyncIterator[Line]:
        """Yield the kept lines, then new ones as they come, until the log is closed."""
        position = self._next
        for line in self.lines(tail=tail, since=since):
            yield line
        while True:
            for line in self._after(position):
                position = line.number + 1
                yield line
            if self._next > position:
                continue
            if self.closed:
                return
            await self._changed.wait()

    def _after(self, position: int) -> Iterator[Line]:
        missing = self._next - position
        if missing <= 0:
            return iter(())
        if missing >= len(self._lines):
            return iter(list(self._lines))
        newest: list[Line] = []
        for line in reversed(self._lines):
            if line.number < position:
                break
            newest.append(line)
        return reversed(newest)

    def _wake(self) -> None:
        # A new event each time: a slow follower must not clear another's wake-up.
        waiting, self._changed = self._changed, asyncio.Event()
        waiting.set()
