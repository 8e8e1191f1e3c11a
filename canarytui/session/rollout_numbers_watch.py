"""Keeps the numbers of the one canary that is looked at: its past once, then one query at each interval of its checks.

Resources come from metrics.k8s.io, at most every 15 s, which is how often a metrics server measures.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import Resource
from canarytui.domain.rollout.request_numbers import LatencyBuckets, RequestTotals, Side
from canarytui.domain.rollout.rollout_comparison import ComparedRollout, compare_rollout
from canarytui.domain.rollout.rollout_span import SCRAPE_S, counted_from, rollout_span
from canarytui.domain.rollout.share_segments import ShareSegments
from canarytui.domain.sentences import check_queries
from canarytui.domain.sentences import numbers as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import ACTIVE
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.domain.values import as_mapping, as_mappings, as_text
from canarytui.errors import ApiStatusError, CanarytuiError
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.prometheus import PrometheusProvider
from canarytui.metrics.quantity import quantity
from canarytui.metrics.request_batches import by_moment
from canarytui.metrics.request_queries import (
    HELD,
    PART,
    SCRAPES,
    SCRAPES_S,
    RequestQueries,
    joined_queries,
    request_queries,
)
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.polling import wait_until
from canarytui.session.rollout_cost_queries import RolloutCostQueries
from canarytui.session.rollout_numbers import NumbersPoint, PodUsage, RolloutNumbers
from canarytui.session.state import ClusterState

log = logging.getLogger(__name__)

POD_METRICS = Resource("metrics.k8s.io", "v1beta1", "pods", "PodMetrics")

LEAST_S = 5.0
MOST_S = 60.0
AT_REST_S = 30.0
USAGE_EVERY_S = 15.0
USAGE_AGAIN_S = 300.0
"""After a refusal: rights and metrics servers do not come and go."""
_SOON_S = 3.0
_PAST = timedelta(minutes=20)
_PAST_POINTS = 120
_STEP_LEAST_S = 10.0
_LATE = timedelta(seconds=15)
"""Until a rollout's last requests have been scraped."""


class RolloutNumbersWatch:
    """Fills ``canary_detail.numbers``; `metrics_address` is where a canary's Prometheus is, "" when none is known, and
    `awaited` whether its first answer may still come: it may just be starting."""

    def __init__(
        self,
        cluster: Cluster,
        cluster_state: ClusterState,
        canary_detail: CanaryDetail,
        metrics_address: Callable[[Canary], str],
        awaited: Callable[[], bool] = lambda: False,
    ) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._canary_detail = canary_detail
        self._metrics_address = metrics_address
        self._awaited = awaited
        self._asked_past: RequestQueries | None = None
        self._held_since: datetime | None = None
        self._scrape_s = SCRAPE_S
        self._costs = RolloutCostQueries(cluster, cluster_state, canary_detail)

    @property
    def numbers(self) -> RolloutNumbers:
        """What has been measured."""
        return self._canary_detail.numbers

    async def keep_measuring(self) -> None:
        """Ask until cancelled."""
        while True:
            canary = self._canary()
            before = self._canary_detail.numbers.revision
            again_s = await self.measure(canary) if canary is not None else _SOON_S
            if canary is not None:
                await self._costs.ask_one(canary)
                self._compare()
            if self._canary_detail.numbers.revision != before:
                self._canary_detail.touch()
            await self._pause(again_s)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not for a rollout that begins."""
        at_rest = not self._is_active()
        await wait_until(lambda: at_rest and self._is_active(), seconds)

    def _is_active(self) -> bool:
        canary = self._canary()
        return canary is not None and canary.status.phase in ACTIVE

    async def compare_once(self, *, with_cost: bool = False) -> ComparedRollout | None:
        """Measure once, `with_cost` also the cost by step and the burn rates; None when the canary is gone."""
        canary = self._canary()
        if canary is None:
            return None
        await self.measure(canary)
        if with_cost:
            await self._costs.ask_all(canary)
        return self._compare()

    def _compare(self) -> ComparedRollout | None:
        """Canary and primary in what was measured, for all who ask for the canary's situation."""
        key, state = self._canary_detail.key, self._cluster_state
        situation = state.situation(key)
        if situation is None:
            return None
        numbers = self._canary_detail.numbers
        over = numbers.totals is not None and numbers.totals.until is not None
        known = over or not numbers.problem  # what was counted before Prometheus was lost is no verdict on now
        found = compare_rollout(
            situation.canary,
            numbers.totals if known else None,
            numbers.latest if known else None,
            situation.weight,
            numbers.shares.segments(),
            numbers.problem or numbers.untold or (words.RESTARTED.text() if numbers.awaits_scrape else ""),
            *self._costs.found(situation),
        )
        state.comparisons.take(situation.canary, found)
        return found

    async def keep_asking_usage(self) -> None:
        """Ask for CPU and memory until cancelled."""
        while True:
            canary = self._canary()
            again_s = await self.ask_usage(canary) if canary is not None else _SOON_S
            await asyncio.sleep(again_s)

    def _canary(self) -> Canary | None:
        canary = self._cluster_state.canary(self._canary_detail.key)
        return canary if isinstance(canary, Canary) else None

    async def measure(self, canary: Canary) -> float:
        """Ask once; returns after how many seconds to ask again."""
        numbers, state = self._canary_detail.numbers, self._cluster_state
        if not canary.spec.provider and not state.engine_sought:
            return _SOON_S
        provider = metrics_provider_of(canary, state.mesh_provider)
        queries = request_queries(canary, provider, state.routers.of(canary))
        address = self._metrics_address(canary)
        self._costs.aim(queries, address)
        if not address:
            numbers.fail(check_queries.NO_SERVER.text())
            return _SOON_S
        if queries is None:
            numbers.fail(self._why_none(canary, provider))
            return LEAST_S
        numbers.window = queries.window
        numbers.untold = "" if queries.primary is not None else check_queries.PRIMARY_UNTOLD.text()
        prometheus = PrometheusProvider(self._cluster, ProviderSpec(PROMETHEUS, address))
        try:
            if self._asked_past != queries:
                await self._ask_past(prometheus, queries)
                self._asked_past = queries
            await self._ask_present(prometheus, queries)
        except CanarytuiError as error:
            if self._awaited():
                numbers.fail(check_queries.WAITING.text(provider=PROMETHEUS))
                return _SOON_S
            numbers.fail(words.PROBLEM.text(problem=clean(str(error), 160)))
        interval_s = min(max(canary.spec.analysis.interval_s, LEAST_S), MOST_S)
        return interval_s if canary.status.phase in ACTIVE else max(interval_s, AT_REST_S)

    def _why_none(self, canary: Canary, provider: str) -> str:
        record = registry.like(provider)
        if record is not None and record.measured is not None and record.split is not None:
            kind, name = record.split.object.resource.kind, record.split.place(canary)[1]
            return check_queries.NO_ROUTER.text(kind=kind, name=clean(name, 63))
        return words.NOT_COUNTED.text(provider=clean(provider, 40))

    async def _ask_past(self, prometheus: PrometheusProvider, queries: RequestQueries) -> None:
        now = self._cluster_state.now().astimezone(UTC)
        situation = self._cluster_state.situation(self._canary_detail.key)
        span = rollout_span(situation) if situation is not None else None
        begin = min(now - _PAST, span.began.astimezone(UTC)) if span is not None else now - _PAST
        step_s = max((now - begin).total_seconds() / _PAST_POINTS, _STEP_LEAST_S)
        answer = await prometheus.matrix(
            queries.past_query(), start=begin, end=now - timedelta(seconds=_STEP_LEAST_S), step_s=step_s
        )
        moments = by_moment(each for each in answer if each.labels.get(PART) not in (HELD, SCRAPES))  # no requests
        held = [at for each in answer if each.labels.get(PART) == HELD for at, _ in each.points]
        scrapes = max((n for each in answer if each.labels.get(PART) == SCRAPES for _, n in each.points), default=0.0)
        # One scrape less lies between the first and the last of them.
        self._scrape_s = SCRAPES_S / (scrapes - 1) if scrapes > 1 else SCRAPE_S
        earliest = min(held or moments, default=now.timestamp())
        self._held_since = datetime.fromtimestamp(earliest, UTC)
        if earliest - begin.timestamp() <= 2 * step_s:
            self._held_since = begin
        self._canary_detail.numbers.put_past(
            NumbersPoint.of(datetime.fromtimestamp(at, UTC), queries.numbers(samples))
            for at, samples in sorted(moments.items())
        )

    async def _ask_present(self, prometheus: PrometheusProvider, queries: RequestQueries) -> None:
        numbers = self._canary_detail.numbers
        situation = self._cluster_state.situation(self._canary_detail.key)
        now = self._cluster_state.now().astimezone(UTC)
        span = rollout_span(situation) if situation is not None else None
        if span != numbers.span:
            numbers.span, numbers.totals, numbers.shares, numbers.growth = span, None, ShareSegments(), ()
        asked = [queries.window_query()]
        since = until = now
        counted = False
        if span is not None:
            own = counted_from(span, self._scrape_s)
            since = max(own, self._held_since or own)
            until = span.ended if span.ended is not None else now
            counted = until > since and not (numbers.totals is not None and numbers.totals.until is not None)
        if counted:
            late_s = _LATE.total_seconds() if span is not None and span.ended is not None else 0.0
            window_s, ago_s = (until - since).total_seconds(), (now - until).total_seconds()
            asked.append(queries.total_query(window_s, max(ago_s, 0.0), late_s))
            asked += filter(None, [queries.total_buckets_query(window_s, max(ago_s, 0.0), late_s)])
        samples = [sample for query in joined_queries(asked) for sample in await prometheus.vector(query)]
        if counted and span is not None:
            totals, buckets = queries.totals(samples), queries.total_buckets(samples)
            over = span.ended if span.ended is not None and now >= span.ended + _LATE else None
            numbers.totals = RequestTotals(
                counted_from(span, self._scrape_s),
                since,
                totals[Side.CANARY],
                totals.get(Side.PRIMARY),
                over,
                buckets[Side.CANARY],
                buckets.get(Side.PRIMARY, LatencyBuckets()),
            )
            if situation is not None and span.ended is None:
                numbers.shares.note(numbers.totals, situation.weight, situation.canary)
        numbers.add(now, queries.numbers(samples))

    async def ask_usage(self, canary: Canary) -> float:
        """Ask for CPU and memory of both sides; returns after how many seconds to ask again."""
        numbers, namespace = self._canary_detail.numbers, canary.namespace
        selectors = {
            side: self._cluster_state.pod_selector(self._canary_detail.key, name)
            for side, name in ((Side.CANARY, canary.target_name), (Side.PRIMARY, canary.primary_name))
        }
        if not any(selectors.values()):
            return _SOON_S
        usage, problem, again_s = {}, "", USAGE_EVERY_S
        try:
            for side, selector in selectors.items():
                if selector:
                    path = POD_METRICS.path(namespace)
                    found = await self._cluster.request("GET", path, query={"labelSelector": selector})
                    usage[side] = pod_usage(found)
        except ApiStatusError as error:
            usage, again_s = {}, USAGE_AGAIN_S
            if error.code in (401, 403):
                problem = words.USAGE_REFUSED.text(namespace=clean(namespace, 63))
            elif error.code == 404:
                problem = words.USAGE_NOT_SERVED.text()
            else:
                problem, again_s = words.USAGE_PROBLEM.text(problem=clean(str(error), 160)), USAGE_EVERY_S
        except CanarytuiError as error:
            usage, problem = {}, words.USAGE_PROBLEM.text(problem=clean(str(error), 160))
        if (usage, problem) != (numbers.usage, numbers.usage_problem):
            numbers.usage, numbers.usage_problem = usage, problem
            numbers.revision += 1
            self._canary_detail.touch()
        return again_s


def pod_usage(listing: Any) -> PodUsage:
    """What the containers of a PodMetricsList use together; what is no quantity counts as nothing."""
    items = as_mappings(as_mapping(listing).get("items"))
    containers = [each for item in items for each in as_mappings(item.get("containers"))]
    used = [as_mapping(each.get("usage")) for each in containers]
    return PodUsage(
        len(items),
        math.fsum(_quantity(each.get("cpu")) for each in used),
        math.fsum(_quantity(each.get("memory")) for each in used),
    )


def _quantity(value: object) -> float:
    try:
        return quantity(as_text(value))
    except ValueError:
        return 0.0
