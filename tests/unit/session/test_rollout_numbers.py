"""Requests, totals and resources of the canary that is looked at, from a Prometheus and an API server over sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from closeup_api import CloseupApi

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.console.detail.numbers_table import numbers_table
from canarytui.console.detail.view import DetailView
from canarytui.domain.history.facts import Fact, FactSource
from canarytui.domain.rollout.comparison_object import comparison_object
from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.request_numbers import Side
from canarytui.domain.sentences import numbers as words
from canarytui.domain.spec.canary import Canary
from canarytui.metrics.request_queries import joined_queries
from canarytui.report.comparison_text import comparison_lines
from canarytui.report.describe import described
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch, pod_usage
from canarytui.session.state import ClusterState

KEY = ("shop", "cart")
EVERY_S = 10
COUNTER = "traefik_service_request_duration_seconds"
PODS = "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Prometheus:
    """The embedded one; `asked` are the paths of its requests."""

    def __init__(self) -> None:
        self.storage = SeriesStorage()
        self.asked: list[str] = []
        self.every_s = EVERY_S
        self.now_s = datetime.now(UTC).timestamp()

    def count(self, side: str, code: str, per_scrape: float, *, ago_s: int, at_first: float = 0.0) -> None:
        """Scrapes of a counter and its histogram since `ago_s`; every request takes up to 100 ms."""
        labels = {"service": f"shop-cart-{side}-80@kubernetescrd", "code": code}
        for number, back_s in enumerate(range(ago_s, -1, -self.every_s)):
            value, at_s = at_first + per_scrape * number, self.now_s - back_s
            self._put(f"{COUNTER}_count", labels, at_s, value)
            for le, part in (("0.1", 1.0), ("+Inf", 1.0)):
                self._put(f"{COUNTER}_bucket", {**labels, "le": le}, at_s, value * part)

    def scraped(self, *, ago_s: int) -> None:
        for back_s in range(ago_s, -1, -self.every_s):
            self._put("up", {"job": "gateway"}, self.now_s - back_s, 1.0)

    def _put(self, name: str, labels: dict[str, str], at_s: float, value: float) -> None:
        self.storage.append(make_labels({"__name__": name, **labels}), at_s, value)

    def app(self) -> web.Application:
        @web.middleware
        async def note(request: web.Request, handler: Any) -> web.StreamResponse:
            self.asked.append(request.path)
            answer: web.StreamResponse = await handler(request)
            return answer

        made = PrometheusApi(self.storage).make_app()
        made.middlewares.append(note)
        return made


@pytest_asyncio.fixture
async def prometheus() -> AsyncIterator[tuple[Prometheus, str]]:
    made = Prometheus()
    async with TestServer(made.app()) as server:
        yield made, str(server.make_url("")).rstrip("/")


async def state_of(phase: str = "Progressing", *, began_ago_s: float = 120, interval: str = "10s") -> ClusterState:
    state = ClusterState()
    canary = canary_object(*KEY, phase, weight=20)
    canary["spec"]["analysis"]["interval"] = interval
    canary["spec"]["provider"] = "traefik"
    [condition] = canary["status"]["conditions"]
    condition["lastTransitionTime"] = stamp(datetime.now(UTC) - timedelta(seconds=began_ago_s))
    workloads = []
    for name in ("cart", "cart-primary"):
        made = deployment_object("shop", name, "cart:1", 1, 1)
        made["spec"]["selector"] = {"matchLabels": {"app": name}}
        workloads.append(made)
    state.stores[DEPLOYMENTS].replace(workloads)
    state.stores[CANARIES].replace([canary])
    await asyncio.sleep(0)
    return state


def watch_of(cluster: Cluster, state: ClusterState, address: str) -> tuple[RolloutNumbersWatch, CanaryDetail, Canary]:
    detail, canary = CanaryDetail(KEY), state.canary(KEY)
    assert isinstance(canary, Canary)
    return RolloutNumbersWatch(cluster, state, detail, lambda _: address), detail, canary


async def test_both_sides_their_share_and_the_totals(cluster: Cluster, prometheus: tuple[Prometheus, str]) -> None:
    server, address = prometheus
    server.scraped(ago_s=1800)
    server.count("primary", "200", 80, ago_s=1800)
    server.count("canary", "200", 16, ago_s=100)
    server.count("canary", "503", 4, ago_s=60, at_first=4)
    watch, detail, canary = watch_of(cluster, await state_of(began_ago_s=120), address)
    await watch.measure(canary)
    numbers = detail.numbers
    assert numbers.problem == ""
    assert numbers.latest is not None
    assert numbers.latest.canary.rate.by_class().keys() == {"2xx", "5xx"}
    assert numbers.latest.canary.rate.success_percent == pytest.approx(80, abs=1)
    assert numbers.latest.share_percent == pytest.approx(20, abs=1)
    assert numbers.latest.canary.quantile_ms(0.9) == pytest.approx(90)
    assert numbers.totals is not None
    # The errors' counter had 4 when it was first scraped: increase() would not know of these.
    assert (numbers.totals.canary.total, numbers.totals.canary.failed) == (160 + 28, 28)
    assert numbers.totals.primary is not None
    assert numbers.totals.primary.failed == 0
    assert numbers.totals.since == numbers.totals.began
    assert len(numbers.points) > 100
    assert numbers.points[0].sides[Side.PRIMARY].success_percent == pytest.approx(100)


async def test_data_that_begin_later_than_the_rollout_are_said_to(
    cluster: Cluster, prometheus: tuple[Prometheus, str]
) -> None:
    server, address = prometheus
    server.scraped(ago_s=300)
    server.count("primary", "200", 80, ago_s=300, at_first=1_000_000)
    server.count("canary", "200", 16, ago_s=300, at_first=5_000)
    watch, detail, canary = watch_of(cluster, await state_of(began_ago_s=1200), address)
    await watch.measure(canary)
    totals = detail.numbers.totals
    assert totals is not None
    assert (totals.since - totals.began).total_seconds() == pytest.approx(900, abs=30)
    assert totals.canary.total < 500  # and not what the counter had before


async def test_a_restarted_analysis_does_not_count_what_the_predecessor_got(
    cluster: Cluster, prometheus: tuple[Prometheus, str]
) -> None:
    server, address = prometheus
    server.scraped(ago_s=1800)
    server.count("primary", "200", 80, ago_s=1800)
    server.count("canary", "200", 16, ago_s=900)  # it gets some until its last scrape, also after the restart
    state = await state_of(began_ago_s=900)
    watch, detail, canary = watch_of(cluster, state, address)
    for restarted_ago_s, counted in ((85, True), (4, False)):
        at, marks = (
            datetime.now(UTC) - timedelta(seconds=restarted_ago_s),
            frozenset({("weight", "0"), ("restart", "")}),
        )
        state.timeline.add(Fact(at, *KEY, FactSource.STATUS, "restarted", False, marks))
        await watch.measure(canary)
        totals, span = detail.numbers.totals, detail.numbers.span
        assert span is not None
        assert span.restarted
        if not counted:
            assert totals is None, "nothing was scraped since"
            compared = await watch.compare_once()
            assert compared is not None
            assert compared.why_none == words.RESTARTED.text()
        else:
            assert totals is not None
            assert totals.since == totals.began
            assert 10 < (totals.since - at).total_seconds() < 11, "a scrape later"
            assert totals.canary.total == pytest.approx(16 * 7, abs=16)


@pytest.mark.parametrize(
    ("phase", "interval", "per_minute"),
    [("Progressing", "10s", 6), ("Progressing", "1s", 12), ("Progressing", "5m", 1), ("Succeeded", "10s", 2)],
)
async def test_queries_a_minute(
    cluster: Cluster, prometheus: tuple[Prometheus, str], phase: str, interval: str, per_minute: int
) -> None:
    server, address = prometheus
    server.count("primary", "200", 80, ago_s=60)
    watch, _, canary = watch_of(cluster, await state_of(phase, interval=interval), address)
    await watch.measure(canary)
    assert server.asked == ["/api/v1/query_range", "/api/v1/query"]
    waits = [await watch.measure(canary) for _ in range(3)]
    assert server.asked[2:] == ["/api/v1/query"] * 3
    assert {60 / each for each in waits} == {per_minute}


async def test_the_cost_by_step_and_burn_rates_take_a_query_when_there_is_something_new(
    cluster: Cluster, prometheus: tuple[Prometheus, str]
) -> None:
    server, address = prometheus
    server.scraped(ago_s=2700)
    server.count("primary", "200", 80, ago_s=2700, at_first=1_000_000)
    server.count("canary", "200", 16, ago_s=200)
    server.count("canary", "503", 4, ago_s=100, at_first=4)
    state = await state_of(began_ago_s=220)
    now = datetime.now(UTC)
    for ago_s, weight in ((210, "10"), (101, "20")):
        at, marks = now - timedelta(seconds=ago_s), frozenset({("weight", weight)})
        state.timeline.add(Fact(at, *KEY, FactSource.STATUS, f"weight {weight}", False, marks))
    watch, _, _ = watch_of(cluster, state, address)
    compared = await watch.compare_once(with_cost=True)
    assert compared is not None
    assert compared.cost is not None
    assert server.asked == ["/api/v1/query_range", "/api/v1/query", "/api/v1/query_range", "/api/v1/query_range"]
    first, second = compared.cost.steps
    assert (first.step.weight, first.failed, second.step.weight) == (10, 0, 20)
    assert first.served == pytest.approx(160, abs=16)
    assert first.served + second.served == pytest.approx(compared.cost.served)
    assert (second.failed, second.excess) == (44, 44)
    fast, slow = compared.cost.burn_pairs
    assert fast.short.rate == pytest.approx(44 / (44 + 320 + 2400) / 0.01, rel=0.1)
    assert not fast.fires
    assert slow.long.covered_s == pytest.approx(2400, abs=301)  # never more than there is
    assert slow.long.rate == pytest.approx(44 / (slow.long.covered_s * 8) / 0.01, rel=0.1)
    assert "; 20 %: " in compared.cost_details[0]
    assert compared.cost_details[1].startswith("at the end of 10 %: difference of failures ")
    assert "Fisher P = 1" in compared.cost_details[1]
    assert "in 50 % of pairs (Mann-Whitney P = " in compared.cost_details[1]
    ended, going = comparison_object(compared)["cost"]["steps"]
    assert ended["fixedSample"]["slowerThanPrimary"] == pytest.approx(0.5)
    assert ended["fixedSample"]["difference"][0] < 0 < ended["fixedSample"]["difference"][1]
    assert going["fixedSample"] is None, "it has not ended"
    await watch.compare_once(with_cost=True)
    assert server.asked[4:] == ["/api/v1/query"]
    ended = frozenset({("weight", "30")})
    state.timeline.add(Fact(now - timedelta(seconds=5), *KEY, FactSource.STATUS, "weight 30", False, ended))
    for _ in range(2):
        compared = await watch.compare_once(with_cost=True)
    assert server.asked[5:] == ["/api/v1/query", "/api/v1/query_range", "/api/v1/query"], "not with every look"
    assert compared is not None
    assert compared.cost is not None
    assert [each.step.weight for each in compared.cost.steps][:2] == [10, 20]


@pytest.mark.parametrize(
    ("held_s", "said"),
    [
        (
            7 * 3600,
            "20 over 1 h and 20 over 5 min, both above 14.4: worth an alert; 20 over 6 h and 20 over 30 min, both",
        ),
        (
            2700,
            "20 over 40 min (of 1 h, the metrics server holds no more) and 20 over 5 min, both above 14.4: worth an",
        ),
    ],
)
async def test_burn_rates_are_shown_over_the_windows_that_are_held(
    cluster: Cluster, prometheus: tuple[Prometheus, str], held_s: int, said: str
) -> None:
    server, _ = prometheus
    server.storage = SeriesStorage(retention_s=8 * 3600)
    server.every_s = 60
    server.scraped(ago_s=held_s)
    server.count("primary", "200", 800, ago_s=held_s)
    server.count("primary", "503", 200, ago_s=held_s)
    state = await state_of(began_ago_s=120)
    async with TestServer(server.app()) as own:
        address = str(own.make_url("")).rstrip("/")
        watch, detail, _ = watch_of(cluster, state, address)
        compared = await watch.compare_once(with_cost=True)
    assert compared is not None
    lines = [f"burn rate of the service (SLO 99 %): {said}"]
    assert [line[: len(lines[0])] for line in comparison_lines(compared) if line.startswith("burn")] == lines
    assert all(pair["fires"] for pair in comparison_object(compared)["cost"]["burnRates"])
    situation = state.situation(KEY)
    assert situation is not None
    assert lines[0] in "\n".join(described(situation, "", ()))
    view = DetailView(situation, "", explain(situation), None, True, numbers=detail.numbers)
    assert lines[0] in "\n".join(line.plain for line in numbers_table(view, 400))


async def test_what_fails_is_said_and_what_is_known_stays(cluster: Cluster, prometheus: tuple[Prometheus, str]) -> None:
    server, address = prometheus
    server.count("canary", "200", 16, ago_s=60)
    state = await state_of()
    watch, detail, canary = watch_of(cluster, state, address)
    await watch.measure(canary)
    known = detail.numbers.latest
    gone, other, _ = watch_of(cluster, state, "http://127.0.0.1:1")
    other.numbers.latest = known
    await gone.measure(canary)
    assert other.numbers.problem
    assert other.numbers.latest is known


async def test_a_server_that_may_be_starting_is_waited_for_and_then_its_error_is_said(cluster: Cluster) -> None:
    awaited = True
    canary_detail = CanaryDetail(KEY)
    state = await state_of()
    watch = RolloutNumbersWatch(cluster, state, canary_detail, lambda _: "http://127.0.0.1:1", lambda: awaited)
    canary = state.canary(KEY)
    assert isinstance(canary, Canary)
    soon_s = await watch.measure(canary)
    assert canary_detail.numbers.problem == "waiting for prometheus"
    awaited = False
    assert await watch.measure(canary) > soon_s
    assert canary_detail.numbers.problem.startswith("not measured: ")


async def test_resources_are_those_of_both_sides_pods(api: CloseupApi, cluster: Cluster) -> None:
    def pod(name: str, app: str, cpu: str, memory: str) -> dict[str, Any]:
        used = {"name": "app", "usage": {"cpu": cpu, "memory": memory}}
        return {"metadata": {"name": name, "labels": {"app": app}}, "containers": [used]}

    api.collections[PODS] = [
        pod("cart-a", "cart", "12m", "20Mi"),
        pod("cart-primary-a", "cart-primary", "100500u", "1Gi"),
        pod("cart-primary-b", "cart-primary", "250000000n", "512Ki"),
    ]
    watch, detail, canary = watch_of(cluster, await state_of(), "")
    assert await watch.ask_usage(canary) == 15
    usage = detail.numbers.usage
    assert usage[Side.CANARY].cpu_cores == pytest.approx(0.012)
    assert usage[Side.CANARY].memory_bytes == 20 * 1024**2
    assert (usage[Side.PRIMARY].pods, usage[Side.PRIMARY].cpu_cores) == (2, pytest.approx(0.3505))
    assert pod_usage({"items": [{"containers": [{"usage": {"cpu": "x", "memory": 3}}]}]}).cpu_cores == 0


async def test_a_cluster_without_resource_metrics_is_asked_seldom(api: CloseupApi, cluster: Cluster) -> None:
    watch, detail, canary = watch_of(cluster, await state_of(), "")
    assert await watch.ask_usage(canary) == 300
    assert detail.numbers.usage_problem == words.USAGE_NOT_SERVED.text()
    api.forbidden.add(PODS)
    assert await watch.ask_usage(canary) == 300
    assert detail.numbers.usage_problem == words.USAGE_REFUSED.text(namespace="shop")


@pytest.mark.parametrize(("lengths", "sent"), [((10, 20, 30), 1), ((4000, 1000, 2000), 2), ((5000, 5000, 5000), 3)])
def test_queries_are_sent_together_as_far_as_a_request_line_goes(lengths: tuple[int, ...], sent: int) -> None:
    assert len(joined_queries(["x" * length for length in lengths])) == sent
