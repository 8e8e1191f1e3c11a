"""Sends Events in the background: a tick never waits for them, and none is lost while the API server is down.

In order for each canary, a few requests at a time, with a rate limit. What the server cannot take now is
retried: after ``Retry-After`` if given (429), else with growing pauses. What it will never take (a namespace
that is being deleted, no right to write Events) is dropped at once, and everything after the hour for which Events
are kept. If a message repeats while it waits, one request carries its final count.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from canarytui.background import in_background
from canarytui.cluster.api_status import status_error
from canarytui.cluster.client import Cluster
from canarytui.cluster.request_rate import RequestRate
from canarytui.cluster.resources import EVENTS
from canarytui.cluster.writes import MERGE_PATCH
from canarytui.engine.runtime.canary_event import CanaryEvent, UniqueTimestamps, event_name
from canarytui.errors import ClusterUnreachable

QUEUED_MOST = 10_000
AGE_S_MOST = 3600.0
"""How long an API server keeps Events by default."""
SENDERS = 4
PER_S, BURST = 200.0, 400
REFUSALS_MOST = 10
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_RETRY_AFTER_S = 1.0
_NOT_NOW = frozenset({401, 408})
"""Besides 5xx: refusals that may pass."""

Lost = Callable[[CanaryEvent, str], None]
"""Called with each dropped message and the reason."""


class EventQueue:
    """Senders start with the first message and end with :meth:`close`."""

    def __init__(self, cluster: Cluster, lost: Lost, clock: UniqueTimestamps) -> None:
        self._cluster = cluster
        self._lost = lost
        self._clock = clock
        self._lines: dict[str, deque[CanaryEvent]] = {}
        self._ready: asyncio.Queue[str] = asyncio.Queue()
        self._size = 0
        self._senders: list[asyncio.Task[None]] = []
        self._empty = asyncio.Event()
        self._empty.set()
        self._pace = RequestRate(PER_S, BURST)
        self._pause_s = _FIRST_PAUSE_S
        self._paused_until = 0.0

    def __len__(self) -> int:
        return self._size

    def put(self, message: CanaryEvent) -> None:
        """Send a new message, or the new count of one that was sent."""
        if message.queued:
            return
        if self._size >= QUEUED_MOST:
            self._lost(message, f"{QUEUED_MOST} others wait to be written already")
            return
        if not self._senders:
            self._senders = [in_background(self._work(), f"events {n}") for n in range(SENDERS)]
        message.queued = True
        self._size += 1
        self._empty.clear()
        uid = message.about.uid
        line = self._lines.get(uid)
        if line is None:
            self._lines[uid] = deque([message])
            self._ready.put_nowait(uid)
        else:
            line.append(message)

    async def close(self, grace_s: float) -> None:
        """Send what waits, for at most `grace_s` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), grace_s)
        for sender in self._senders:
            sender.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)
        for line in self._lines.values():
            for message in line:
                self._lost(message, "the controller ended before the API server took it")

    async def _work(self) -> None:
        """Each canary's line is in one sender's hands at a time, so that its messages keep their order."""
        loop = asyncio.get_running_loop()
        while True:
            uid = await self._ready.get()
            line = self._lines[uid]
            pause_s = self._paused_until - loop.time()
            again_s = pause_s if pause_s > 0 else await self._send(line[0])
            if again_s is not None:
                loop.call_later(again_s, self._ready.put_nowait, uid)
                continue
            line.popleft()
            self._size -= 1
            if line:
                self._ready.put_nowait(uid)
                continue
            del self._lines[uid]
            if not self._lines:
                self._empty.set()

    async def _send(self, message: CanaryEvent) -> float | None:
        """Send to the server. None: done or dropped; else the seconds after which to try again."""
        message.queued = False
        if message.written == message.count:
            return None
        if (datetime.now(UTC) - message.last).total_seconds() > AGE_S_MOST:
            self._lost(message, "the API server has not taken it for an hour")
            return None
        await self._pace.wait()
        creating = message.written == 0
        known, message.sent = message.sent, message.count
        namespace = message.about.namespace
        try:
            if creating:
                status, data, headers = await self._cluster.request_raw(
                    "POST", EVENTS.path(namespace), body=message.event()
                )
            else:
                path = EVENTS.path(namespace, message.name)
                status, data, headers = await self._cluster.request_raw(
                    "PATCH", path, body=message.times(), content_type=MERGE_PATCH
                )
        except ClusterUnreachable:
            return self._pause()
        self._pause_s = _FIRST_PAUSE_S
        if status < 400:
            message.written, message.refusals = message.sent, 0
            return None
        refusal = status_error(status, data, headers)
        if status == 429:
            return self._pause(refusal.retry_after_s or _RETRY_AFTER_S)
        if creating and status == 409 and known:
            message.written = known  # the request arrived; only the answer was lost
            return 0.0
        if (creating and status == 409) or (not creating and status == 404):
            message.name = event_name(message.about.name, self._clock.next())
            message.written = message.sent = 0
            return 0.0
        message.refusals += 1
        if (status >= 500 or status in _NOT_NOW) and message.refusals < REFUSALS_MOST:
            return min(_FIRST_PAUSE_S * 2.0**message.refusals, _LONGEST_PAUSE_S)
        self._lost(message, str(refusal))
        return None

    def _pause(self, asked_s: float | None = None) -> float:
        """Let all senders wait: as long as the server asks for, else longer each time."""
        now = asyncio.get_running_loop().time()
        if asked_s is None:
            asked_s = self._pause_s
            if now >= self._paused_until:
                self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
        self._paused_until = max(self._paused_until, now + asked_s)
        return asked_s
