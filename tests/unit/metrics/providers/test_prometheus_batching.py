"""Queries that are joined into one request get the answers that each would have got alone, errors included."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote_plus

import pytest
import pytest_asyncio
from aiohttp import web

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import Answer, NoValues, QueryFailed, Value
from canarytui.metrics.builtin_queries import Subject, observer_for
from canarytui.metrics.provider_cache import ProviderCache
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers import prometheus_batching as batch
from canarytui.metrics.providers.prometheus_batching import can_join, joined, parts
from canarytui.metrics.providers.registry import open_provider
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage

CLASH = "room * on() side"
"""Many to many: the server fails while it evaluates it."""


class Prometheus:
    """The sandbox's Prometheus with two rooms and two sides; it notes the queries, and can refuse some."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.seen_headers: list[str] = []
        self.refuse = ""
        self.forget_labels = False
        storage = SeriesStorage(retention_s=1e9)
        now = time.time()
        for name, values in {"room": {"north": 21.5, "south": 7.0}, "side": {"left": 1.0, "right": 2.0}}.items():
            for value, number in values.items():
                storage.append(make_labels({"__name__": name, name: value}), now - 1, number)
        self._app = PrometheusApi(storage).make_app()

    async def start(self) -> None:
        self._app.middlewares.append(self._note)
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])

    async def stop(self) -> None:
        await self._runner.cleanup()

    @web.middleware
    async def _note(self, request: web.Request, handler: Any) -> web.StreamResponse:
        query = request.query["query"]
        self.queries.append(query)
        self.seen_headers.append(request.headers.get("X-Scope-OrgID", ""))
        if self.refuse and self.refuse in query:
            return web.json_response({"status": "error", "error": f"unknown function {self.refuse}"}, status=400)
        if self.forget_labels and batch.MARK in query:
            result = [{"metric": {}, "value": [0, "1"]}]
            return web.json_response({"status": "success", "data": {"resultType": "vector", "result": result}})
        answer: web.StreamResponse = await handler(request)
        return answer


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Prometheus]:
    made = Prometheus()
    await made.start()
    yield made
    await made.stop()


async def ask_all(made: ProviderCache, server: ProviderSpec, queries: list[str]) -> list[Answer]:
    return list(await asyncio.gather(*(made.get(server).query(query) for query in queries)))


async def alone(lone_cluster: Cluster, server: ProviderSpec, queries: list[str]) -> list[Answer]:
    return [await open_provider(lone_cluster, server).query(query) for query in queries]


ODD = [
    "sort_desc(room)",
    "sort(room)",
    "nothing",
    "0 * side / 0",
    'room{room="north"} + 1',
    "-room",
    "vector(3)",
    "(side)",
]


async def test_many_queries_of_one_moment_are_one_request(lone_cluster: Cluster, server: Prometheus) -> None:
    where = ProviderSpec("prometheus", server.url)
    answers = await ask_all(ProviderCache(lone_cluster, batched=True), where, ODD)
    assert len(server.queries) == 1
    assert answers == await alone(lone_cluster, where, ODD)
    assert answers[:4] == [Value(7.0), Value(21.5), NoValues(), NoValues()]


async def test_the_same_query_is_asked_once_for_all_who_ask_it(lone_cluster: Cluster, server: Prometheus) -> None:
    where = ProviderSpec("prometheus", server.url)
    assert await ask_all(ProviderCache(lone_cluster, batched=True), where, ["vector(1)"] * 30) == [Value(1.0)] * 30
    assert server.queries == ["vector(1)"]


async def test_what_is_no_vector_goes_by_itself(lone_cluster: Cluster, server: Prometheus) -> None:
    where = ProviderSpec("prometheus", server.url)
    others = ["42", "time() > bool 1", "room # as the comment says", "room[5m]", "sum(", '"text"', "scalar(side)"]
    assert not any(can_join(query) for query in others)
    answers = await ask_all(ProviderCache(lone_cluster, batched=True), where, [*others, "vector(1)", "vector(2)"])
    assert len(server.queries) == len(others) + 1
    assert answers[-2:] == [Value(1.0), Value(2.0)]
    assert answers[:-2] == await alone(lone_cluster, where, others)


async def test_servers_and_credentials_are_kept_apart(lone_cluster: Cluster, server: Prometheus) -> None:
    made = ProviderCache(lone_cluster, batched=True)
    tenants = [ProviderSpec("prometheus", server.url, {"X-Scope-OrgID": name}) for name in ("a", "b")]
    answers = await asyncio.gather(*(made.get(tenant).query(f"vector({n})") for tenant in tenants for n in (1, 2)))
    assert list(answers) == [Value(1.0), Value(2.0)] * 2
    assert sorted(server.seen_headers) == ["a", "b"]


async def test_an_error_reaches_only_the_query_that_causes_it_which_is_then_kept_apart(
    lone_cluster: Cluster, server: Prometheus
) -> None:
    where, made = ProviderSpec("prometheus", server.url), ProviderCache(lone_cluster, batched=True)
    queries = ["room", CLASH, "side"]
    assert can_join(CLASH)
    answers = await ask_all(made, where, queries)
    assert answers == await alone(lone_cluster, where, queries)
    assert isinstance(answers[1], QueryFailed)
    server.queries.clear()
    assert await ask_all(made, where, queries) == answers
    assert sorted(server.queries) == sorted([CLASH, joined(["room", "side"])])


@pytest.mark.parametrize("how", ["refuses", "leaves labels out"])
async def test_a_server_that_cannot_is_asked_singly(lone_cluster: Cluster, server: Prometheus, how: str) -> None:
    server.refuse, server.forget_labels = ("label_replace", False) if how == "refuses" else ("", True)
    where, made = ProviderSpec("prometheus", server.url), ProviderCache(lone_cluster, batched=True)
    for requests in (3, 2):
        server.queries.clear()
        assert await ask_all(made, where, ["room", "side"]) == [Value(7.0), Value(2.0)]
        assert len(server.queries) == requests


async def test_each_hears_in_its_own_words_that_the_server_is_away(lone_cluster: Cluster, server: Prometheus) -> None:
    where = ProviderSpec("prometheus", server.url)
    await server.stop()
    answers = await ask_all(ProviderCache(lone_cluster, batched=True), where, ["room", "side"])
    assert answers == await alone(lone_cluster, where, ["room", "side"])
    assert all(isinstance(answer, QueryFailed) and "cannot be reached" in answer.reason for answer in answers)


async def test_one_that_stops_waiting_does_not_disturb_the_others(lone_cluster: Cluster, server: Prometheus) -> None:
    where, made = ProviderSpec("prometheus", server.url), ProviderCache(lone_cluster, batched=True)
    first, second = (asyncio.create_task(made.get(where).query("room")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == Value(7.0)


async def test_requests_stay_within_the_length_that_proxies_take(lone_cluster: Cluster, server: Prometheus) -> None:
    queries = [
        observer.success_rate(Subject("test", name, name, "podinfo", "podinfo", "1m"))
        for name in (f"podinfo-{number}" for number in range(60))
        for observer in (observer_for("traefik"), observer_for("istio"))
    ]
    split = parts(queries)
    assert [query for part in split for query in part] == queries
    assert all(len(quote_plus(joined(part))) <= batch.LENGTH_MOST for part in split)
    assert len(split) <= len(queries) / 6
    where = ProviderSpec("prometheus", server.url)
    answers = await ask_all(ProviderCache(lone_cluster, batched=True), where, queries)
    assert answers == [NoValues()] * 120
    assert len(server.queries) == len(split)
