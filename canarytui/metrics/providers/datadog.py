"""Datadog's query API: ``GET /api/v1/query``.

https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from canarytui.metrics.answers import Answer, QueryFailed, QueryHistory, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider
from canarytui.metrics.providers.rest_provider import Reply, RestProvider, ServiceFailure, objects
from canarytui.metrics.time_window import interval_error, time_window

_Point = tuple[float, Any]
"""Milliseconds at which its bucket begins, and its value."""
_API_KEY, _APPLICATION_KEY = "datadog_api_key", "datadog_application_key"


class DatadogProvider(RestProvider, HistoryProvider):
    """`spec.credentials` are an API key and an application key; other sites than US1 need the template's address."""

    takes_interval = True
    pause_s = 30.0
    default_address = "https://api.datadoghq.com"
    required = tuple((key, f"datadog credentials does not contain {key}") for key in (_API_KEY, _APPLICATION_KEY))
    secret_keys = (_API_KEY, _APPLICATION_KEY)

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        return super().configuration_error(spec) or interval_error(spec.interval)

    async def _value(self, text: str) -> Answer:
        """Of the first series the last complete bucket; for Flagger, the oldest point of the window."""
        window = time_window(self.spec.interval, self.clock())
        reply = await self._asked(text, window.start, window.end)
        answer = self.decoded(reply)
        if answer.get("status") == "error" and not self.spec.strict:
            raise ServiceFailure(f"error response: {self.shown(reply)}")
        series = objects(answer.get("series"))
        points = list(self._points(series[0], reply)) if series else []
        if not points:
            return self.no_values(reply)
        if self.spec.strict:
            return self.number(points[0][1], reply)
        return self.number(_last_complete(points, series[0], self.clock()), reply)

    async def _check(self) -> None:
        reply = await self.send("GET", "/api/v1/validate", headers=self._headers())
        if reply.status != 200:
            raise ServiceFailure(f"error response: {self.shown(reply)}")

    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """The complete buckets of the first series. Datadog chooses their distance, unless the query has a rollup."""
        try:
            reply = await self._asked(text, int(start.timestamp()), int(end.timestamp()))
            series = objects(self.decoded(reply).get("series"))
            points = _ended(list(self._points(series[0], reply)), series[0], self.clock()) if series else []
            values = ((at_ms / 1000, self.number(value, reply)) for at_ms, value in points)
            return QueryHistory(tuple((at_s, answer.value) for at_s, answer in values if isinstance(answer, Value)))
        except ServiceFailure as failure:
            return failure.answer

    async def _asked(self, text: str, start: int, end: int) -> Reply:
        parameters = {"query": text, "from": str(start), "to": str(end)}
        reply = await self.send("GET", "/api/v1/query", parameters, headers=self._headers())
        if reply.status != 200:
            raise ServiceFailure(f"error response: {self.shown(reply)}: {reply.status_line}")
        return reply

    def _headers(self) -> dict[str, str]:
        return {"DD-API-KEY": self.credential(_API_KEY), "DD-APPLICATION-KEY": self.credential(_APPLICATION_KEY)}

    def _points(self, series: dict[str, Any], reply: Reply) -> Iterator[_Point]:
        """A point that has no second element ends Flagger's process; here it fails the query."""
        points = series.get("pointlist")
        for point in points if isinstance(points, list) else ():
            if not isinstance(point, list) or len(point) < 2 or not isinstance(point[0], (int, float)):
                raise self.undecodable(reply, "a point has no value")
            yield point[0], point[1]


def _last_complete(points: list[_Point], series: dict[str, Any], now_s: float) -> object:
    """The value of the last bucket that has ended, else of the oldest; buckets without one are passed over."""
    known = [point for point in points if not _is_missing(point[1])]
    ended = _ended(known, series, now_s)
    return ended[-1][1] if ended else known[0][1] if known else None


def _ended(points: list[_Point], series: dict[str, Any], now_s: float) -> list[_Point]:
    """Those with a value whose bucket is complete."""
    width = series.get("interval")
    width_ms = width * 1000 if isinstance(width, (int, float)) else 0
    return [point for point in points if not _is_missing(point[1]) and point[0] + width_ms <= now_s * 1000]


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
