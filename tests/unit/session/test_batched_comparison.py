"""Many canaries compared with few queries, from a Prometheus over sockets that counts them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.domain.statistics.comparison import VerdictKind
from canarytui.domain.values import NamespacedName
from canarytui.metrics.request_queries import LENGTH_MOST
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.query_budget import QueryBudget
from canarytui.session.rolling_comparison import A_MINUTE, RollingComparison
from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch
from canarytui.session.state import ClusterState

COUNTER = "traefik_service_request_duration_seconds"
SCRAPE_S = 15
PAST_S = 240
AHEAD_S = 90
WORSE, FINE = (90.0, 10.0), (100.0, 0.0)


class CountingPrometheus:
    """The embedded one; `asked` are its queries, and it refuses those that `refuses` says."""

    def __init__(self, start: datetime) -> None:
        self.storage = SeriesStorage()
        self.asked: list[str] = []
        self.refuses: Callable[[str], bool] = lambda _: False
        self.refused_with = 422
        self._start_s = start.timestamp()
        self.put({"__name__": "up", "job": "gateway"}, 0.0, level=1.0)

    def put(self, labels: dict[str, str], per_scrape: float, level: float = 0.0) -> None:
        for number in range(-PAST_S // SCRAPE_S, AHEAD_S // SCRAPE_S):
            value = level + per_scrape * (number + PAST_S // SCRAPE_S)
            self.storage.append(make_labels(labels), self._start_s + number * SCRAPE_S, value)

    def count(self, namespace: str, name: str, canary: tuple[float, float]) -> None:
        for side, by_code in (("canary", canary), ("primary", (900.0, 1.0))):
            for code, per_scrape in zip(("200", "503"), by_code, strict=True):
                labels = {"service": f"{namespace}-{name}-{side}-80@kubernetescrd", "code": code}
                self.put({"__name__": f"{COUNTER}_count", **labels}, per_scrape)
                self.put({"__name__": f"{COUNTER}_bucket", **labels, "le": "+Inf"}, per_scrape)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        @web.middleware
        async def note(request: web.Request, handler: Any) -> web.StreamResponse:
            query = request.query["query"]
            self.asked.append(query)
            if self.refuses(query):
                said = {"status": "error", "errorType": "execution", "error": "no"}
                return web.json_response(said, status=self.refused_with)
            answer: web.StreamResponse = await handler(request)
            return answer

        app = PrometheusApi(self.storage).make_app()
        app.middlewares.append(note)
        async with TestServer(app) as server:
            yield str(server.make_url("")).rstrip("/")


class Minutes:
    """The loop's time and the cluster's, moved on by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, state: ClusterState, start: datetime) -> None:
        self.passed_s = 0.0
        loop = asyncio.get_running_loop()
        really = loop.time
        monkeypatch.setattr(loop, "time", lambda: really() + self.passed_s)
        monkeypatch.setattr(state, "now", lambda: start + timedelta(seconds=self.passed_s))


async def state_of(names: list[NamespacedName], start: datetime, began_s: int = 90) -> ClusterState:
    """All of them in progress, begun one after the other."""
    state, canaries, workloads = ClusterState(), [], []
    for number, (namespace, name) in enumerate(names):
        made = canary_object(namespace, name, "Progressing", weight=10)
        made["spec"]["provider"] = "traefik"
        [condition] = made["status"]["conditions"]
        began = start - timedelta(seconds=began_s + number % 60)
        condition["lastTransitionTime"] = began.strftime("%Y-%m-%dT%H:%M:%SZ")
        canaries.append(made)
        workloads += [deployment_object(namespace, each, "cart:1", 1, 1) for each in (name, f"{name}-primary")]
    state.stores[DEPLOYMENTS].replace(workloads)
    state.stores[CANARIES].replace(canaries)
    state.engine_sought = True
    await asyncio.sleep(0)
    return state


def rolling(cluster: Cluster, state: ClusterState, address: str) -> RollingComparison:
    def watch_of(key: NamespacedName) -> RolloutNumbersWatch:
        return RolloutNumbersWatch(cluster, state, CanaryDetail(key), lambda _: address)

    return RollingComparison(cluster, state, watch_of, lambda _: address, lambda: (), lambda: ())


def verdicts(state: ClusterState) -> dict[NamespacedName, VerdictKind]:
    found = {}
    for key in state.keys():  # noqa: SIM118 - no mapping
        situation = state.situation(key)
        if situation is not None and situation.compared is not None and situation.compared.verdict is not None:
            found[key] = situation.compared.verdict.kind
    return found


def asks_for(query: str, service: str) -> bool:
    return any(re.fullmatch(pattern, service) for pattern in re.findall(r'service=~"([^"]+)"', query))


def start_of() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=AHEAD_S)


def sixteen(start: datetime) -> tuple[list[NamespacedName], CountingPrometheus]:
    """Healthy canaries, and the Prometheus that counts their requests."""
    names = [("shop", f"service-{number:02}") for number in range(16)]
    prometheus = CountingPrometheus(start)
    for key in names:
        prometheus.count(*key, FINE)
    return names, prometheus


@pytest.mark.parametrize(("count", "first", "a_pass"), [(1, 1, 1), (100, 3, 3)])
async def test_queries_a_minute_stay_bounded_while_each_canary_has_its_verdict(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, count: int, first: int, a_pass: int
) -> None:
    start = start_of()
    names = [(f"team-{number % 5}", f"service-{number:03}") for number in range(count)]
    prometheus = CountingPrometheus(start)
    for number, (namespace, name) in enumerate(names):
        prometheus.count(namespace, name, WORSE if number == 0 else FINE)
    state = await state_of(names, start)
    minutes = Minutes(monkeypatch, state, start)
    async with prometheus.served() as address:
        comparison = rolling(cluster, state, address)
        await comparison.compare_due()
        assert len(prometheus.asked) == first
        found = verdicts(state)
        assert [key for key in names if found[key] is VerdictKind.WORSE] == names[:1]
        assert len(found) == count
        for _ in range(4):
            minutes.passed_s += 15
            before = len(prometheus.asked)
            async with asyncio.timeout(60):
                await comparison.compare_due()
            assert len(prometheus.asked) - before <= a_pass
        assert all(len(quote_plus(query)) <= LENGTH_MOST for query in prometheus.asked)
        assert len(verdicts(state)) == count


async def test_what_is_added_up_equals_what_one_query_for_the_canary_counts(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, names = start_of(), [("shop", "cart"), ("shop", "cart-canary"), ("a.b", "cart")]
    prometheus = CountingPrometheus(start)
    for key in names:
        prometheus.count(*key, WORSE)
    state = await state_of(names, start)
    minutes = Minutes(monkeypatch, state, start)
    async with prometheus.served() as address:
        comparison = rolling(cluster, state, address)
        for _ in range(3):
            await comparison.compare_due()
            minutes.passed_s += 20
        minutes.passed_s -= 20
        for key in names:
            situation = state.situation(key)
            assert situation is not None
            batched = situation.compared
            alone = await RolloutNumbersWatch(cluster, state, CanaryDetail(key), lambda _: address).compare_once()
            assert batched is not None
            assert batched.verdict is not None
            assert alone is not None
            assert alone.verdict is not None
            # A rollout's first window, of a scrape's length here, is left out.
            assert 0 <= alone.verdict.errors.canary.total - batched.verdict.errors.canary.total <= 200
            assert batched.verdict.errors.canary.rate == alone.verdict.errors.canary.rate
            assert batched.held_since is None


async def test_a_canary_whose_query_is_refused_costs_no_other_verdict(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = start_of()
    names, prometheus = sixteen(start)
    prometheus.refuses = lambda query: asks_for(query, "shop-service-05-canary-80@kubernetescrd")
    state = await state_of(names, start)
    minutes = Minutes(monkeypatch, state, start)
    async with prometheus.served() as address:
        comparison = rolling(cluster, state, address)
        await comparison.compare_due()
        assert verdicts(state).keys() == set(names) - {names[5]}
        assert len(prometheus.asked) <= A_MINUTE
        minutes.passed_s += 60
        before = len(prometheus.asked)
        await comparison.compare_due()
        asked = prometheus.asked[before:]
        assert sum(map(prometheus.refuses, asked)) <= 3, "it goes alone"
        assert verdicts(state).keys() == set(names) - {names[5]}


async def test_where_the_halves_of_a_refused_query_are_taken_half_as_many_are_asked_the_next_time(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = start_of()
    names, prometheus = sixteen(start)
    services = [f"{namespace}-{name}-canary-80@kubernetescrd" for namespace, name in names]
    prometheus.refuses = lambda query: sum(asks_for(query, each) for each in services) > 8
    state = await state_of(names, start)
    minutes = Minutes(monkeypatch, state, start)
    async with prometheus.served() as address:
        comparison = rolling(cluster, state, address)
        await comparison.compare_due()
        assert verdicts(state).keys() == set(names)
        minutes.passed_s, before = 15, len(prometheus.asked)
        await comparison.compare_due()
        for _ in range(3):
            minutes.passed_s += 15
            await comparison.compare_due()
        assert not any(map(prometheus.refuses, prometheus.asked[before:])), "and not as many again at once"
        assert verdicts(state).keys() == set(names)


async def test_an_outage_costs_a_query_a_look_and_what_is_known_stays(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = start_of()
    names, prometheus = sixteen(start)
    state = await state_of(names, start)
    minutes = Minutes(monkeypatch, state, start)
    async with prometheus.served() as address:
        comparison = rolling(cluster, state, address)
        await comparison.compare_due()
        known = verdicts(state)
        prometheus.refuses, prometheus.refused_with, before = lambda _: True, 503, len(prometheus.asked)
        for _ in range(2):
            minutes.passed_s += 15
            await comparison.compare_due()
        assert len(prometheus.asked) - before == 2
        assert verdicts(state) == known
        minutes.passed_s += 15
        prometheus.refuses, before = lambda _: False, len(prometheus.asked)
        await comparison.compare_due()
        assert len(prometheus.asked) - before <= 2, "together again at once"
        assert verdicts(state).keys() == set(names)


async def test_counters_that_the_server_lost_do_not_count_whole(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, key = start_of(), ("shop", "cart")
    prometheus = CountingPrometheus(start)
    prometheus.storage = SeriesStorage()
    for number in range(-2, AHEAD_S // SCRAPE_S):
        at_s = start.timestamp() + number * SCRAPE_S
        prometheus.storage.append(make_labels({"__name__": "up"}), at_s, 1.0)
        for side in ("canary", "primary"):
            labels = {"service": f"shop-cart-{side}-80@kubernetescrd", "code": "200"}
            value = 1_000_000 + 100.0 * number
            prometheus.storage.append(make_labels({"__name__": f"{COUNTER}_count", **labels}), at_s, value)
    state = await state_of([key], start)
    Minutes(monkeypatch, state, start)
    async with prometheus.served() as address:
        await rolling(cluster, state, address).compare_due()
    situation = state.situation(key)
    assert situation is not None
    assert situation.compared is not None
    assert situation.compared.verdict is not None
    assert situation.compared.verdict.errors.canary.total <= 200
    assert situation.compared.held_since is not None


async def test_counters_do_not_count_whole_after_a_gap_in_the_past(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server was away for longer than it looks back, after the rollout had begun."""
    start, key = start_of(), ("shop", "cart")
    prometheus = CountingPrometheus(start)
    prometheus.storage = SeriesStorage()
    for number in [*range(-80, -60), *range(-20, 1)]:
        at_s = start.timestamp() + number * SCRAPE_S
        prometheus.storage.append(make_labels({"__name__": "up"}), at_s, 1.0)
        for side in ("canary", "primary"):
            labels = {"service": f"shop-cart-{side}-80@kubernetescrd", "code": "200"}
            value = 1_000_000 + 100.0 * number
            prometheus.storage.append(make_labels({"__name__": f"{COUNTER}_count", **labels}), at_s, value)
    state = await state_of([key], start, began_s=70 * SCRAPE_S)
    Minutes(monkeypatch, state, start)
    async with prometheus.served() as address:
        await rolling(cluster, state, address).compare_due()
    situation = state.situation(key)
    assert situation is not None
    assert situation.compared is not None
    assert situation.compared.verdict is not None
    assert 1000 <= situation.compared.verdict.errors.canary.total <= 2000
    assert situation.compared.held_since is not None


async def test_a_budget_is_never_exceeded() -> None:
    budget, sent = QueryBudget(4, seconds=0.2), []
    clock = asyncio.get_running_loop().time

    async def send() -> None:
        await budget.take()
        sent.append(clock())

    await asyncio.gather(*(send() for _ in range(9)))
    await budget.take(3)
    sent += [clock()] * 3
    assert all(later - earlier >= 0.199 for earlier, later in zip(sent, sent[4:], strict=False))
