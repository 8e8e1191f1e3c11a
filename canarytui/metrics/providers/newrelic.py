"""New Relic: NRQL by the Insights query API, as Flagger asks, or by NerdGraph, its successor.

https://docs.newrelic.com/docs/apis/insights-apis/query-insights-event-data-api/
https://docs.newrelic.com/docs/apis/nerdgraph/examples/nerdgraph-nrql-tutorial/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from canarytui.domain.text.durations import parse_duration
from canarytui.metrics.answers import SEVERAL_VALUES, Answer
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.rest_provider import Reply, ServiceFailure, objects
from canarytui.metrics.providers.sampled_history import SampledHistoryProvider
from canarytui.metrics.time_window import interval_error, time_window

_ACCOUNT, _QUERY_KEY, _USER_KEY = "newrelic_account_id", "newrelic_query_key", "newrelic_user_key"
_NERDGRAPH = "https://api.newrelic.com/graphql"
_ONLINE = "SELECT * FROM Metric"
_GRAPHQL = (
    "query($account: Int!, $nrql: Nrql!) "
    "{ actor { account(id: $account) { nrql(query: $nrql, timeout: 5) { results } } } }"
)
_DEPTH_MOST = 3


class NewRelicProvider(SampledHistoryProvider):
    """`spec.credentials` are an account and its query key; a user key instead of it asks NerdGraph, though not where
    `spec.strict`: Flagger knows none."""

    takes_interval = True
    pause_s = 30.0
    default_address = "https://insights-api.newrelic.com"
    required = (
        (_ACCOUNT, f"newrelic credentials does not contain the key '{_ACCOUNT}'"),
        (_QUERY_KEY, f"newrelic credentials does not contain the key ''{_QUERY_KEY}"),
    )
    secret_keys = (_QUERY_KEY, _USER_KEY)

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        credentials = spec.credentials or {}
        if not _by_nerdgraph(spec):
            return super().configuration_error(spec) or interval_error(spec.interval)
        if not credentials.get(_ACCOUNT, "").strip().isdecimal():
            return f"newrelic credentials: '{_ACCOUNT}' is not the number of an account"
        return interval_error(spec.interval)

    @property
    def address(self) -> str:
        if not _by_nerdgraph(self.spec):
            return super().address
        address = (self.spec.address or _NERDGRAPH).rstrip("/")
        return address if address.endswith("/graphql") else f"{address}/graphql"

    async def _value_at(self, text: str, at_s: float | None) -> Answer:
        """The only number of the only result."""
        reply = await self._asked(text, at_s)
        answer = self.decoded(reply)
        if _by_nerdgraph(self.spec):
            return self._only_number(_nerdgraph_results(answer), reply)
        results = objects(answer.get("results"))
        if not self.spec.strict:
            return self._only_number(results, reply)
        if len(results) != 1 or results[0].get("result") is None:
            return self.no_values(reply)
        return self.number(results[0]["result"], reply)

    async def _check(self) -> None:
        await self._asked(_ONLINE, online=True)

    async def _asked(self, query: str, at_s: float | None = None, *, online: bool = False) -> Reply:
        nrql = f"{query} SINCE {self._window(at_s)}"
        nerdgraph = _by_nerdgraph(self.spec)
        reply = await (self._by_nerdgraph(nrql) if nerdgraph else self._by_insights(nrql))
        if reply.status != 200:
            end = "" if online else f": {self.status_words(reply)}"
            raise ServiceFailure(f"error response: {self.shown(reply)}{end}")
        if nerdgraph and self.decoded(reply).get("errors"):  # with HTTP 200
            raise ServiceFailure(f"error response: {self.shown(reply)}")
        return reply

    def _window(self, at_s: float | None) -> str:
        """One interval up to `at_s`; NRQL takes Unix time in milliseconds."""
        if at_s is None:
            return f"{int(parse_duration(self.spec.interval))} seconds ago"
        window = time_window(self.spec.interval, at_s, intervals=1)
        return f"{window.start * 1000} UNTIL {window.end * 1000}"

    async def _by_insights(self, nrql: str) -> Reply:
        path = f"/v1/accounts/{quote(self.credential(_ACCOUNT), safe='')}/query"
        return await self.send("GET", path, {"nrql": nrql}, headers={"X-Query-Key": self.credential(_QUERY_KEY)})

    async def _by_nerdgraph(self, nrql: str) -> Reply:
        variables = {"account": int(self.credential(_ACCOUNT)), "nrql": nrql}
        body = json.dumps({"query": _GRAPHQL, "variables": variables}).encode()
        headers = {"API-Key": self.credential(_USER_KEY), "Content-Type": "application/json"}
        return await self.send("POST", "", headers=headers, body=body)

    def _only_number(self, results: list[dict[str, Any]], reply: Reply) -> Answer:
        """Whatever its name: ``count``, ``percentage``, ``percentile.duration.95``, an alias."""
        values = [value for result in results for value in _leaves(result)]
        if len(values) > 1:
            raise ServiceFailure(SEVERAL_VALUES)
        return self.number(values[0], reply) if values else self.no_values(reply)


def _by_nerdgraph(spec: ProviderSpec) -> bool:
    return not spec.strict and bool((spec.credentials or {}).get(_USER_KEY)) and "insights" not in spec.address


def _nerdgraph_results(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: Any = answer
    for name in ("data", "actor", "account", "nrql", "results"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return objects(found)


def _leaves(value: object, depth: int = 0) -> Iterator[object]:
    if isinstance(value, Mapping) and depth < _DEPTH_MOST:
        for inner in value.values():
            yield from _leaves(inner, depth + 1)
    else:
        yield value
