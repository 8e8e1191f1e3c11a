"""Many canaries' queries to one Prometheus in one request, each with the answer that it would have got by itself.

Queries that come within :data:`WINDOW_S` of each other are joined: each is marked by a label of its own, and ``or``
puts the vectors side by side in their order, so that a query's last element stays its last. Only what surely is a
vector is joined; a number, a range or a text that the parser does not take goes by itself.

When the joined request fails, each query is asked by itself, so that an error comes in the server's own words and only
to the query that caused it; that query goes by itself from then on. Where none of them fails alone, the server is the
one that cannot (an old one without ``label_replace``, a limit on samples), and is asked singly for a while.

Requests are GET, within the length that proxies take: POST would need one more right (``create services/proxy``), and
more would not come together in a window anyway.
"""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Coroutine, Mapping
from typing import Any
from urllib.parse import quote_plus

import promql_parser

from canarytui.background import in_background
from canarytui.domain.sentences import prometheus as words
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import Answer, Availability, NoValues, QueryFailed, Value
from canarytui.metrics.promql import parsed
from canarytui.metrics.providers.base import MetricProvider
from canarytui.metrics.providers.prometheus_vector import PrometheusError, Sample, VectorSource, fold
from canarytui.whole_number import whole_number

MARK = "canarytui_query"
WINDOW_S = 0.02
"""Canaries that share a slot of the schedule are due at the same moment, but their ticks ask one after the other."""
LENGTH_MOST = 6000
"""Characters of the encoded query: a request line of 8 KiB is the least that common proxies allow."""
SINGLY_S = 60.0
AT_ONCE_MOST = 32
"""Requests to one server: it is not flooded, and a slow one does not hold up the queries to others."""
_ALONE_MOST = 10_000

_VECTORS = (promql_parser.VectorSelector, promql_parser.AggregateExpr)


class BatchedPrometheus(MetricProvider):
    """Joins the queries of all who share it."""

    def __init__(self, single: VectorSource) -> None:
        super().__init__(single.cluster, single.spec)
        self._server = single
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._alone: dict[str, None] = {}
        self._singly_until = 0.0
        """Loop time."""
        self._free = asyncio.Semaphore(AT_ONCE_MOST)
        self._tasks: set[asyncio.Task[None]] = set()

    async def query(self, text: str) -> Answer:
        """As :meth:`VectorSource.query`, at most :data:`WINDOW_S` later."""
        query = fold(text)
        now = asyncio.get_running_loop().time()
        if now < self._singly_until or query in self._alone or not can_join(query):
            return await self._single(query)
        answer = self._waiting.get(query)
        if answer is None:
            answer = self._waiting[query] = asyncio.get_running_loop().create_future()
            if len(self._waiting) == 1:
                self._start(self._answer_all())
        return await asyncio.shield(answer)

    async def is_online(self) -> Availability:
        return await self._server.is_online()

    async def vector(self, text: str) -> list[Sample]:
        """As :meth:`VectorSource.vector`, in a request of its own."""
        async with self._free:
            return await self._server.vector(text)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = in_background(work, "queries together")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer_all(self) -> None:
        await asyncio.sleep(WINDOW_S)
        taken, self._waiting = self._waiting, {}
        for part in parts(list(taken)):
            self._start(self._answer({query: taken[query] for query in part}))

    async def _answer(self, asked: Mapping[str, asyncio.Future[Answer]]) -> None:
        """Set every future, whatever happens."""
        queries = list(asked)
        try:
            answers = await self._together(queries) if len(queries) > 1 else None
            if answers is None:
                answers = await asyncio.gather(*(self._single(query) for query in queries))
        except asyncio.CancelledError:
            for future in asked.values():
                future.cancel()
            raise
        for future, answer in zip(asked.values(), answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _single(self, query: str) -> Answer:
        async with self._free:
            return await self._server.query(query)

    async def _together(self, queries: list[str]) -> list[Answer]:
        try:
            async with self._free:
                samples = await self._server.vector(joined(queries))
            return separated(samples, len(queries))
        except CanarytuiError:
            singles = await asyncio.gather(*(self._single(query) for query in queries))
        guilty = [query for query, answer in zip(queries, singles, strict=True) if isinstance(answer, QueryFailed)]
        if 0 < len(guilty) < len(queries):
            for query in guilty:
                self._alone[query] = None
            while len(self._alone) > _ALONE_MOST:
                del self._alone[next(iter(self._alone))]
        else:
            self._singly_until = asyncio.get_running_loop().time() + SINGLY_S
        return singles


def joined(queries: list[str]) -> str:
    """One query for all: the vector of each marked with its place in the list."""
    return " or ".join(f'label_replace({query}, "{MARK}", "{place}", "", "")' for place, query in enumerate(queries))


def separated(samples: list[Sample], count: int) -> list[Answer]:
    """The answers to each of `count` queries.

    Raises:
        PrometheusError: a sample without a mark: the server has not evaluated what was asked.
    """
    last: dict[int, float] = {}
    for sample in samples:
        place = whole_number(str(sample.labels.get(MARK, "")))
        if place is None or place >= count:
            raise PrometheusError(words.UNASKED.text())
        last[place] = sample.value
    found = (last.get(place, math.nan) for place in range(count))
    return [NoValues() if math.isnan(value) else Value(value) for value in found]


def parts(queries: list[str]) -> list[list[str]]:
    """`queries` in lists that fit into a request each."""
    found: list[list[str]] = []
    length = 0
    for query in queries:
        size = len(quote_plus(joined([query]))) + len("+or+") + 2  # the place may have two digits more
        if not found or length + size > LENGTH_MOST:
            found.append([])
            length = 0
        found[-1].append(query)
        length += size
    return found


@functools.lru_cache(maxsize=4096)
def can_join(query: str) -> bool:
    """Whether `query` surely is an instant vector that can stand inside a function's parentheses."""
    if "#" in query or MARK in query:  # a comment would swallow what follows
        return False
    try:
        return _is_vector(parsed(query))
    except ValueError:
        return False


def _is_vector(expression: Any) -> bool:
    if isinstance(expression, promql_parser.Call):
        return str(expression.func.return_type) == "ValueType.Vector"
    if isinstance(expression, promql_parser.BinaryExpr):
        return _is_vector(expression.lhs) or _is_vector(expression.rhs)
    if isinstance(expression, promql_parser.ParenExpr | promql_parser.UnaryExpr):
        return _is_vector(expression.expr)
    return isinstance(expression, _VECTORS)
