"""The past of services that answer a check's query with one number: the same query as of several moments.

A range query of theirs would give buckets of their own choice, which no check has ever seen; a sample is what the
controller would have been answered at that moment.
"""

from __future__ import annotations

import asyncio
import math
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime

from canarytui.metrics.answers import Answer, QueryFailed, QueryHistory, Value
from canarytui.metrics.providers.base import HistoryProvider
from canarytui.metrics.providers.rest_provider import RestProvider, ServiceFailure

SAMPLES_MOST = 60
"""Requests for one past."""
HOSTED_SAMPLES_MOST = 15
HOSTED_A_MINUTE = 30
"""The same, and for all pasts of one address in a minute, where the service counts requests: the controller shares the
account, and an HTTP 429 is a failed check for it."""
DEADLINE_S = 30.0
"""For one past; a plot waits for it."""
_AT_ONCE = 3


class SampleBudget:
    """How many samples may still be taken of an address within a minute."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, pause: Callable[[float], Awaitable[None]] | None = None
    ) -> None:
        self._clock = clock
        self._pause = pause or asyncio.sleep
        self._taken: dict[str, deque[float]] = {}

    async def take(self, address: str, *, waits: bool) -> bool:
        """Whether a sample may be taken now; one that `waits` is, sooner or later."""
        taken = self._taken.setdefault(address, deque())
        while True:
            now = self._clock()
            while taken and taken[0] <= now - 60:
                taken.popleft()
            if len(taken) < HOSTED_A_MINUTE:
                taken.append(now)
                return True
            if not waits:
                return False
            await self._pause(taken[0] + 60 - now)


class SampledHistoryProvider(RestProvider, HistoryProvider):
    """A subclass says in :meth:`_value_at` what its query would have answered at a moment."""

    budget = SampleBudget()

    @abstractmethod
    async def _value_at(self, text: str, at_s: float | None) -> Answer:
        """The number as of `at_s` (Unix seconds), None for now. Raises ServiceFailure."""

    async def _value(self, text: str) -> Answer:
        return await self._value_at(text, None)

    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """Values further apart than `step_s` where the window is long; NaN where the query found none.

        The newest are asked first. The first failure, such as HTTP 429, ends it: what has come until then is returned,
        and the failure alone if that is nothing.
        """
        hosted = self.pause_s > 0
        most = HOSTED_SAMPLES_MOST if hosted and not self.patient else SAMPLES_MOST
        moments = sample_moments(start.timestamp(), end.timestamp(), step_s, most)

        async def value_at(at_s: float) -> Answer:
            if hosted and not await self.budget.take(self.address, waits=self.patient):
                raise _NotNow
            return await self._value_at(text, at_s)

        return await _sampled(value_at, moments, None if self.patient else DEADLINE_S)


class _NotNow(Exception):
    """No more requests at present."""


async def _sampled(
    value_at: Callable[[float], Awaitable[Answer]], moments: list[float], deadline_s: float | None
) -> QueryHistory | QueryFailed:
    """The answers for `moments`, a few at a time, until one of them fails or the time is over."""
    points: dict[float, float] = {}
    left = iter(moments)
    failed: QueryFailed | None = None
    short = ""

    async def ask(most: int) -> None:
        nonlocal failed, short
        for _, at_s in zip(range(most), left, strict=False):
            if failed or short:
                return
            try:
                answer = await value_at(at_s)
            except ServiceFailure as failure:
                answer = failure.answer
            except _NotNow:
                short = f"{HOSTED_A_MINUTE} requests a minute are asked for past values"
                return
            if isinstance(answer, QueryFailed):
                failed = failed or answer
            else:
                points[at_s] = answer.value if isinstance(answer, Value) else math.nan

    try:
        async with asyncio.timeout(deadline_s):
            await ask(1)  # where that is refused, it has cost one request
            async with asyncio.TaskGroup() as asking:
                for _ in range(_AT_ONCE):
                    asking.create_task(ask(len(moments)))
    except TimeoutError:
        short = f"{len(points)} of {len(moments)} past values came within {deadline_s:g} s"
    if failed is not None and not points:
        return failed
    return QueryHistory(tuple(sorted(points.items())), incomplete=str(failed) if failed else short)


def sample_moments(start_s: float, end_s: float, step_s: float, most: int = SAMPLES_MOST) -> list[float]:
    """From `start_s` to `end_s` every `step_s`, newest first. Of more than `most` only every second, third, …"""
    step_s = max(step_s, 1.0)
    steps = max(math.floor((end_s - start_s) / step_s + 1e-9), 0)
    stride = math.ceil((steps + 1) / most)
    return [start_s + number * step_s for number in range(steps, -1, -stride)]
