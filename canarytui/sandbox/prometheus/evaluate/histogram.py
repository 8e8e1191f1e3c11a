"""``histogram_quantile`` of classic histograms."""

from __future__ import annotations

import math
from collections import defaultdict

from canarytui.sandbox.prometheus.evaluate.values import NAME, Vector, VectorSample, divide, drop
from canarytui.sandbox.prometheus.exposition import Labels

_BOUND = frozenset({"le"})


def histogram_quantile(q: float, vector: Vector) -> Vector:
    """One element for each group of ``le`` buckets."""
    groups: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
    for sample in vector:
        bound = dict(sample.labels).get("le")
        try:
            upper = float(bound) if bound is not None else None
        except ValueError:
            upper = None
        if upper is not None:
            groups[drop(sample.labels, _BOUND | {NAME})].append((upper, sample.value))
    return [VectorSample(labels, bucket_quantile(q, buckets)) for labels, buckets in groups.items()]


def bucket_quantile(q: float, buckets: list[tuple[float, float]]) -> float:
    """The quantile by linear interpolation within its bucket; buckets are (upper bound, cumulative count)."""
    if math.isnan(q):
        return math.nan
    if q < 0:
        return -math.inf
    if q > 1:
        return math.inf
    merged = _monotonic(_coalesced(sorted(buckets)))
    if len(merged) < 2 or not math.isinf(merged[-1][0]):
        return math.nan
    total = merged[-1][1]
    if total == 0:
        return math.nan
    rank = q * total
    index = next((i for i, (_, count) in enumerate(merged[:-1]) if count >= rank), len(merged) - 1)
    if index == len(merged) - 1:
        return merged[-2][0]
    upper, count = merged[index]
    if index == 0:
        return upper if upper <= 0 else upper * divide(rank, count)
    lower, before = merged[index - 1]
    return lower + (upper - lower) * divide(rank - before, count - before)


def _coalesced(buckets: list[tuple[float, float]]) -> list[tuple[float, float]]:
    sums: dict[float, float] = {}
    for upper, count in buckets:
        sums[upper] = sums.get(upper, 0.0) + count
    return list(sums.items())


def _monotonic(buckets: list[tuple[float, float]]) -> list[tuple[float, float]]:
    most = -math.inf
    result = []
    for upper, count in buckets:
        most = max(most, count)
        result.append((upper, most))
    return result
