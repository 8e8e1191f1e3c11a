"""Graphite's render API: ``GET /render``. A query is its query string: ``target=…&from=-5min``.

https://graphite.readthedocs.io/en/stable/render_api.html
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from canarytui.domain.text.bounded import parse_json
from canarytui.metrics.answers import Answer, NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.concealed import concealed
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider
from canarytui.metrics.providers.rest_provider import VALUES_MOST, Reply, RestProvider, ServiceFailure

_WINDOW = ("from", "until")


class GraphiteProvider(RestProvider, HistoryProvider):
    """`spec.credentials` are ``username`` and ``password``."""

    required = (
        ("username", "graphite credentials does not contain a username"),
        ("password", "graphite credentials does not contain a password"),
    )
    needs_secret = False
    secret_keys = ("password",)
    strict_obeys_skip_verify = True
    offline = "running query failed: {reason}"

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        if not spec.address:
            return "graphite endpoint  is not a valid URL"
        return super().configuration_error(spec)

    async def _value(self, text: str) -> Answer:
        """The last value that is not null, of all targets in their order."""
        reply = await self._rendered(_parameters(text))
        points = list(self._points(reply, last_target=False))
        if not points:
            return NoValues()
        return Value(points[-1][0]) if self.spec.strict else self.number(points[-1][0], reply)

    async def _check(self) -> None:
        reply = await self._rendered([("target", "test")])
        list(self._points(reply, last_target=False))

    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """The values of the last target. Graphite's storage decides their distance."""
        window = [("from", str(int(start.timestamp()))), ("until", str(int(end.timestamp())))]
        try:
            reply = await self._rendered([pair for pair in _parameters(text) if pair[0] not in _WINDOW] + window)
            answers = [(at_s, self.number(value, reply)) for value, at_s in self._points(reply, last_target=True)]
        except ServiceFailure as failure:
            return failure.answer
        return QueryHistory(tuple((at_s, answer.value) for at_s, answer in answers if isinstance(answer, Value)))

    async def _rendered(self, parameters: list[tuple[str, str]]) -> Reply:
        wanted = [pair for pair in parameters if pair[0] != "format"]
        reply = await self.send("GET", "/render", [*wanted, ("format", "json")], headers=self._headers())
        if reply.status >= 400:
            raise ServiceFailure(f"error response: {self.shown(reply)}")
        return reply

    def hidden(self, text: str) -> str:
        return concealed(super().hidden(text), [self._basic()])

    def _headers(self) -> dict[str, str]:
        basic = self._basic()
        return {"Authorization": f"Basic {basic}"} if basic else {}

    def _basic(self) -> str:
        user, password = self.credential("username"), self.credential("password")
        return base64.b64encode(f"{user}:{password}".encode()).decode() if user and password else ""

    def _points(self, reply: Reply, *, last_target: bool) -> Iterator[tuple[float, float]]:
        """(value, Unix seconds) of the points that are not null. A value may be a text."""
        try:
            targets = parse_json(reply.body, values_most=VALUES_MOST, constants=False) or []
        except ValueError as error:
            raise self.undecodable(reply, error) from error
        if not isinstance(targets, list):
            raise self.undecodable(reply, "no list of targets")
        for target in targets[-1:] if last_target else targets:
            points = target.get("datapoints") if isinstance(target, dict) else None
            for point in points if isinstance(points, list) else ():
                if not isinstance(point, list) or len(point) != 2:
                    raise self.undecodable(reply, "a datapoint is no pair of value and time")
                if point[0] is not None:
                    yield self._float(point[0], reply), self._float(point[1], reply)

    def _float(self, value: Any, reply: Reply) -> float:
        try:
            return float(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise self.undecodable(reply, "a datapoint is no number") from error


def _parameters(query: str) -> list[tuple[str, str]]:
    return parse_qsl(" ".join(query.split()), keep_blank_values=True)
