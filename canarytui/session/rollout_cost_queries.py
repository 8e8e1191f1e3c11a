"""Asks Prometheus for the cost of a rollout by step and for burn rates, beside the numbers of the canary looked at.

One range query each, two for the steps where selectors are long: for the steps when one has ended and again when its
last requests have surely been scraped, for the burn rates once a minute at most.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from canarytui.cluster.client import Cluster
from canarytui.domain.rollout.burn_rate import LONGEST_S, POINT_S, BurnPair, burn_pairs
from canarytui.domain.rollout.request_numbers import LatencyBuckets, Side
from canarytui.domain.rollout.rollout_cost import slo_of
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.step_cost import GrowthPoint, RolloutStep, StepCost, rollout_steps, step_costs
from canarytui.domain.spec.canary import Canary
from canarytui.errors import CanarytuiError
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.prometheus import PrometheusProvider
from canarytui.metrics.providers.prometheus_vector import SampleSeries
from canarytui.metrics.request_batches import by_moment
from canarytui.metrics.request_queries import HELD, PART, RequestQueries, joined_queries
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.rollout_numbers import BurnHistory
from canarytui.session.state import ClusterState

log = logging.getLogger(__name__)

BURN_EVERY_S = 60.0
_POINTS_MOST = 240
_POINT_LEAST_S = 5.0
_LATE_S = 15.0
"""Until a step's last requests have been scraped."""


class RolloutCostQueries:
    """Of one canary; fills ``growth`` and ``burn`` of its detail's numbers."""

    def __init__(self, cluster: Cluster, cluster_state: ClusterState, canary_detail: CanaryDetail) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._canary_detail = canary_detail
        self._has_asked = False
        self._grown_at = -math.inf
        self._queries: RequestQueries | None = None
        self._prometheus: PrometheusProvider | None = None

    def aim(self, queries: RequestQueries | None, address: str) -> None:
        """What to ask, and where; None and "" where that is not known."""
        if queries != self._queries:
            self._canary_detail.numbers.growth, self._canary_detail.numbers.burn = (), None
        self._queries = queries
        self._prometheus = PrometheusProvider(self._cluster, ProviderSpec(PROMETHEUS, address)) if address else None

    async def ask_one(self, canary: Canary) -> None:
        """After the first time one of both at most: the steps if one has ended, else the burn rates if they are old."""
        await self._ask(canary, most=1 if self._has_asked else 2)

    async def ask_all(self, canary: Canary) -> None:
        """Whatever is not known yet."""
        await self._ask(canary, most=2)

    def found(self, situation: Situation) -> tuple[tuple[StepCost, ...], tuple[BurnPair, ...]]:
        """The cost by step, and the burn rates; empty where they are not known."""
        numbers, slo = self._canary_detail.numbers, slo_of(situation.canary)
        costs: tuple[StepCost, ...] = ()
        if numbers.totals is not None:
            costs = step_costs(self._steps(situation), numbers.growth, numbers.totals)
        burn = numbers.burn
        pairs = burn_pairs(burn.points, burn.held_since, burn.asked, slo) if burn is not None and slo else ()
        return costs, pairs

    def _steps(self, situation: Situation) -> tuple[RolloutStep, ...]:
        numbers = self._canary_detail.numbers
        span, totals = numbers.span, numbers.totals
        if span is None or totals is None:
            return ()
        return rollout_steps(situation.timeline(), span.began, totals.since, span.ended)

    async def _ask(self, canary: Canary, most: int) -> None:
        situation = self._cluster_state.situation(self._canary_detail.key)
        queries, prometheus = self._queries, self._prometheus
        if situation is None or queries is None or prometheus is None or self._canary_detail.numbers.problem:
            return
        now = self._cluster_state.now().astimezone(UTC)
        numbers, asked = self._canary_detail.numbers, 0
        self._has_asked = True
        try:
            steps = self._steps(situation)
            if self._has_ended(steps, now.timestamp()):
                numbers.growth = await self._growth(prometheus, queries, steps)
                self._grown_at = now.timestamp()
                numbers.revision += 1
                asked += 1
            old = numbers.burn is None or now.timestamp() - numbers.burn.asked >= BURN_EVERY_S
            if asked < most and old and queries.primary is not None and slo_of(canary) is not None:
                numbers.burn = await self._burn(prometheus, queries, now)
                numbers.revision += 1
        except CanarytuiError as error:
            log.info("cost by step and burn rates of %s/%s: %s", *self._canary_detail.key, error)

    def _has_ended(self, steps: Sequence[RolloutStep], now: float) -> bool:
        """Whether a step has ended that `growth` does not cover yet, or not with its last requests."""
        if len(steps) < 2:
            return False
        ended = steps[-1].began.timestamp()
        growth = self._canary_detail.numbers.growth
        known = growth[-1].until if growth else -math.inf
        return known < ended - 1 or self._grown_at < ended + _LATE_S <= now

    @staticmethod
    async def _growth(
        prometheus: PrometheusProvider, queries: RequestQueries, steps: Sequence[RolloutStep]
    ) -> tuple[GrowthPoint, ...]:
        """From the first step's begin to the last one's."""
        since, until = steps[0].began, steps[-1].began
        whole_s = (until - since).total_seconds()
        count = min(max(int(whole_s / _POINT_LEAST_S), 1), _POINTS_MOST)
        point_s = whole_s / count
        asked = filter(None, [queries.total_query(point_s), queries.total_buckets_query(point_s)])
        answer = [
            series
            for query in joined_queries(asked)
            for series in await prometheus.matrix(
                query, start=since + timedelta(seconds=point_s), end=until, step_s=point_s
            )
        ]
        return _points(answer, queries, point_s, until.timestamp())

    @staticmethod
    async def _burn(prometheus: PrometheusProvider, queries: RequestQueries, now: datetime) -> BurnHistory:
        start = now - timedelta(seconds=LONGEST_S)
        answer = await prometheus.matrix(queries.total_held_query(POINT_S), start=start, end=now, step_s=POINT_S)
        at_s = now.timestamp()
        held = [at for each in answer if each.labels.get(PART) == HELD for at, _ in each.points]
        counted = [at for each in answer for at, _ in each.points]
        held_since = min(held or counted, default=at_s)
        if held_since > start.timestamp() + POINT_S / 2:
            # Other targets may be scraped a little later than the first one, and a counter that is new counts whole.
            held_since += POINT_S
        points = _points(answer, queries, POINT_S, at_s)
        return BurnHistory(at_s, held_since, tuple(each for each in points if each.since > held_since - POINT_S / 2))


def _points(
    answer: Sequence[SampleSeries], queries: RequestQueries, point_s: float, until: float
) -> tuple[GrowthPoint, ...]:
    """Oldest first. The last one reaches to `until`, and has nothing where nothing was counted then."""
    moments = by_moment(series for series in answer if series.labels.get(PART) != HELD)
    if not moments or max(moments) < until - point_s / 2:
        moments[until] = []
    found = []
    for at, samples in sorted(moments.items()):
        totals, buckets = queries.totals(samples), queries.total_buckets(samples)
        found.append(
            GrowthPoint(
                at - point_s,
                at,
                totals[Side.CANARY],
                totals.get(Side.PRIMARY),
                buckets[Side.CANARY],
                buckets.get(Side.PRIMARY, LatencyBuckets()),
            )
        )
    return tuple(found)
