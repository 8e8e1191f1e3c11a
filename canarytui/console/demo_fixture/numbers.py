"""What the fixed cluster has measured of one canary's requests and pods."""

from __future__ import annotations

from datetime import timedelta

from canarytui.domain.rollout.request_numbers import (
    LatencyBuckets,
    RequestCounts,
    RequestNumbers,
    RequestTotals,
    Side,
    SideNumbers,
)
from canarytui.domain.rollout.rollout_span import RolloutSpan
from canarytui.domain.values import NamespacedName
from canarytui.session.metric_history import DURATION, SUCCESS_RATE
from canarytui.session.rollout_numbers import NumbersPoint, PodUsage, RolloutNumbers
from canarytui.session.state import ClusterState

_RATE = 20.0
_PRIMARY_MS = (9.0, 21.0, 28.4)


def fill_numbers(numbers: RolloutNumbers, state: ClusterState, key: NamespacedName) -> None:
    """Both sides at each moment at which the canary's checks were measured, and what came of it."""
    situation = state.situation(key)
    if situation is None:
        return
    share, now = situation.weight / 100, state.now()
    latency = dict(state.readings.points(key, DURATION))
    served = failed = 0.0
    points = state.readings.points(key, SUCCESS_RATE)
    for at, success in points:
        p99 = latency.get(at, 28.0)
        canary = _side(_RATE * share, success, (p99 / 4, p99 / 2, p99))
        found = RequestNumbers(canary, _side(_RATE * (1 - share), 100.0, _PRIMARY_MS))
        numbers.latest = found
        numbers.points.append(NumbersPoint.of(at, found))
        served, failed = served + 10 * canary.rate.total, failed + 10 * canary.rate.failed
    numbers.window = "1m"
    numbers.span = RolloutSpan(points[0][0] if points else now - timedelta(minutes=2))
    canary_counts = RequestCounts({"200": round(served - failed), "500": round(failed)}, round(failed))
    primary_counts = RequestCounts({"200": round(served * (1 - share) / max(share, 0.01))})
    numbers.totals = RequestTotals(numbers.span.began, numbers.span.began, canary_counts, primary_counts)
    numbers.usage = {Side.CANARY: PodUsage(2, 0.031, 44 * 2.0**20), Side.PRIMARY: PodUsage(2, 0.118, 46 * 2.0**20)}


def _side(rate: float, success_percent: float, quantiles_ms: tuple[float, float, float]) -> SideNumbers:
    """With these percentiles: the bounds of the histogram are they."""
    bad = rate * (1 - success_percent / 100)
    shares = zip(quantiles_ms, (0.5, 0.9, 0.99), strict=True)
    buckets = tuple((bound, rate * share) for bound, share in shares)
    counts = RequestCounts({"200": rate - bad, "500": bad} if bad else {"200": rate}, bad)
    return SideNumbers(counts, LatencyBuckets((*buckets, (quantiles_ms[-1], rate))))
