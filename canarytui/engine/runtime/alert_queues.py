"""Alerts on their way, outside the ticks: a queue for each receiver, so that one that is slow or refuses holds up no
other, and gets its alerts in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import NamedTuple

from msgspec import Struct, field

from canarytui.background import in_background
from canarytui.engine.runtime.alert_attempt import Attempt

QUEUED_MOST, QUEUED_MOST_EACH = 1000, 200
ENDING = "the controller ends"


class Delivery(NamedTuple):
    """`attempt` sends once; `failed` is told why an alert was given up."""

    attempt: Callable[[], Awaitable[Attempt]]
    failed: Callable[[str], None]


class Retries(Struct, frozen=True):
    """Pauses double from the first to the longest; a longer ``Retry-After`` is cut to the longest."""

    attempts_most: int = 5
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class _Queue(Struct):
    waiting: deque[Delivery] = field(default_factory=deque)
    sender: asyncio.Task[None] | None = None


class AlertQueues:
    """Senders start with the first alert of a receiver and end with its last; :meth:`close` ends what is left."""

    def __init__(self, retries: Retries, most: int = QUEUED_MOST, most_each: int = QUEUED_MOST_EACH) -> None:
        self._retries = retries
        self._most, self._most_each = most, most_each
        self._queues: dict[Hashable, _Queue] = {}

    def put(self, receiver: Hashable, delivery: Delivery) -> None:
        """Queue an alert for a receiver. One too many is given up at once."""
        queue = self._queues.get(receiver) or _Queue()
        its, all_ = len(queue.waiting), sum(len(each.waiting) for each in self._queues.values())
        if its >= self._most_each or all_ >= self._most:
            delivery.failed(f"{its if its >= self._most_each else all_} others wait to be sent")
            return
        self._queues[receiver] = queue
        queue.waiting.append(delivery)
        if queue.sender is None:
            queue.sender = in_background(self._send_all(receiver, queue), "alerts")

    async def close(self, grace_s: float) -> None:
        """Send what is queued, for at most `grace_s`; the rest is given up."""
        senders = [queue.sender for queue in self._queues.values() if queue.sender is not None]
        if senders:
            await asyncio.wait(senders, timeout=grace_s)
        left = list(self._queues.values())
        for queue in left:
            if queue.sender is not None:
                queue.sender.cancel()
        await asyncio.gather(*(queue.sender for queue in left if queue.sender is not None), return_exceptions=True)
        for queue in left:
            for delivery in queue.waiting:
                delivery.failed(ENDING)
        self._queues.clear()

    async def _send_all(self, receiver: Hashable, queue: _Queue) -> None:
        while queue.waiting:
            delivery = queue.waiting[0]
            try:
                problem = await self._send(delivery)
            except Exception as error:  # one alert must not keep those after it
                problem = f"sending it failed unexpectedly ({type(error).__name__})"
            if problem:
                delivery.failed(problem)
            queue.waiting.popleft()
        self._queues.pop(receiver, None)

    async def _send(self, delivery: Delivery) -> str:
        """Why the alert could not be delivered, "" if it was."""
        retries = self._retries
        pause_s = retries.first_pause_s
        for number in range(1, retries.attempts_most + 1):
            found = await delivery.attempt()
            if not found.problem:
                return ""
            if not found.may_retry or number == retries.attempts_most:
                return found.problem if number == 1 else f"{found.problem} ({number} attempts)"
            asked_s = pause_s if found.retry_after_s is None else found.retry_after_s
            await retries.sleep(min(max(asked_s, 0.0), retries.longest_pause_s))
            pause_s = min(pause_s * 2, retries.longest_pause_s)
        raise AssertionError("there is at least one attempt")
