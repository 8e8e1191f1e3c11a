"""Response times of two sides as histograms: who is slower, and by how much at P99. Pure.

A bucket is a group of samples of which only the limits are known, so that samples of one bucket are ties.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from msgspec import Struct

from canarytui.domain.statistics.proportions import Events

CumulativeBuckets = Sequence[tuple[float, float]]
"""(upper bound, samples up to it), by rising bound; the last bound may be infinite."""


class RankTest(Struct, frozen=True):
    """Mann-Whitney's test.

    Attributes:
        u: how many pairs of one sample of each side have the first side's above, ties counting half.
        z: without continuity correction; above 0 where the first side is above.
        p_value: two-sided, by the normal approximation.
        above: the share of such pairs: 0.5 is "no difference", 1 "always above".
    """

    u: float
    z: float
    p_value: float
    above: float


def mann_whitney(one: CumulativeBuckets, other: CumulativeBuckets) -> RankTest | None:
    """Of two histograms, with the tie correction of the variance; None where a side has no sample.

    Bounds that only one side has are left out, as if its histogram had been made without them.
    """
    groups = _groups(one, other)
    n1, n2 = math.fsum(each[0] for each in groups), math.fsum(each[1] for each in groups)
    if n1 <= 0 or n2 <= 0:
        return None
    u = below = ties = 0.0
    for count_1, count_2 in groups:
        u += count_1 * (below + count_2 / 2)
        below += count_2
        tied = count_1 + count_2
        ties += tied * tied * tied - tied
    n = n1 + n2
    variance = n1 * n2 / 12 * ((n + 1) - ties / (n * (n - 1))) if n > 1 else 0.0
    z = (u - n1 * n2 / 2) / math.sqrt(variance) if variance > 0 else 0.0
    return RankTest(u, z, math.erfc(abs(z) / math.sqrt(2)), u / (n1 * n2))


class QuantileRange(Struct, frozen=True):
    """Where a quantile lies, with a confidence; `upper` may be infinite, because the last bucket has no end."""

    lower: float
    upper: float


def quantile_range(buckets: CumulativeBuckets, quantile: float, confidence: float = 0.95) -> QuantileRange | None:
    """By order statistics: the ranks between which the quantile's lies, and the limits of the buckets that hold
    them; None without a sample."""
    total = buckets[-1][1] if buckets else 0.0
    if total <= 0:
        return None
    half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(total * quantile * (1 - quantile))
    lowest, highest = total * quantile - half, total * quantile + half
    lower = upper = 0.0
    for bound, count in buckets:
        if count < lowest:
            lower = bound
        upper = bound
        if count >= highest:
            break
    else:
        upper = math.inf
    return QuantileRange(lower, upper)


def quantile_ratio(one: QuantileRange, other: QuantileRange) -> QuantileRange:
    """Between which limits ``one / other`` lies; 0 to infinite where nothing is known."""
    lower = one.lower / other.upper if other.upper > 0 and math.isfinite(other.upper) else 0.0
    return QuantileRange(lower, one.upper / other.lower if other.lower > 0 else math.inf)


def slower_than(one: CumulativeBuckets, other: CumulativeBuckets) -> dict[float, tuple[Events, Events]]:
    """For each finite bound of both: how many samples of each side were above it."""
    ends = [each[-1][1] if each else 0.0 for each in (one, other)]
    first, second = dict(one), dict(other)
    return {
        bound: (Events(ends[0] - first[bound], ends[0]), Events(ends[1] - second[bound], ends[1]))
        for bound in sorted(first.keys() & second.keys())
        if math.isfinite(bound)
    }


def _groups(one: CumulativeBuckets, other: CumulativeBuckets) -> list[tuple[float, float]]:
    first, second = _closed(one), _closed(other)
    found, before = [], (0.0, 0.0)
    for bound in sorted(first.keys() & second.keys()):
        now = (first[bound], second[bound])
        found.append((max(now[0] - before[0], 0.0), max(now[1] - before[1], 0.0)))
        before = now
    return found


def _closed(buckets: CumulativeBuckets) -> Mapping[float, float]:
    """With an infinite bound, which a histogram that was cut off lacks."""
    found = dict(buckets)
    if buckets:
        found.setdefault(math.inf, buckets[-1][1])
    return found
