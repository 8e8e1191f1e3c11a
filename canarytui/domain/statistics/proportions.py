"""Two proportions from a fixed sample: Newcombe's interval of their difference, and Fisher's exact test. Pure.

A fixed sample means that the moment of looking was chosen beforehand. Whoever looks at every tick and stops when it
suits needs :mod:`.always_valid`.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from msgspec import Struct

FISHER_EVENTS_MOST = 1000
"""Above it the exact test takes long, and Newcombe's interval is as good."""
_SAME = 1e-7
"""Relative: tables as probable as the observed one count, in spite of rounding."""


class Events(Struct, frozen=True):
    """`count` of `total` requests; neither has to be whole, because counters are extrapolated."""

    count: float
    total: float

    @property
    def rate(self) -> float:
        """0 without a request."""
        return min(max(self.count / self.total, 0.0), 1.0) if self.total > 0 else 0.0

    def scaled(self, factor: float) -> Events:
        return Events(self.count * factor, self.total * factor)


class DifferenceInterval(Struct, frozen=True):
    """Bounds of a difference of two rates, -1 to 1."""

    lower: float
    upper: float


def wilson_interval(events: Events, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of one proportion, without continuity correction (1927)."""
    if events.total <= 0:
        return 0.0, 1.0
    z, n, p = NormalDist().inv_cdf((1 + confidence) / 2), events.total, events.rate
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)


def newcombe_interval(one: Events, other: Events, confidence: float = 0.95) -> DifferenceInterval:
    """Of ``one.rate - other.rate``: method 10 of Newcombe, Statistics in Medicine 17 (1998) 873-890."""
    (low_1, high_1), (low_2, high_2) = wilson_interval(one, confidence), wilson_interval(other, confidence)
    difference = one.rate - other.rate
    down = math.hypot(one.rate - low_1, high_2 - other.rate)
    up = math.hypot(high_1 - one.rate, other.rate - low_2)
    return DifferenceInterval(max(difference - down, -1.0), min(difference + up, 1.0))


def fisher_exact(one: Events, other: Events) -> float:
    """The two-sided P value, rounding counts to whole ones: the sum over all tables with these margins that are not
    more probable than the observed one, as R and SciPy have it."""
    k1, n1, k2, n2 = (round(each) for each in (one.count, one.total, other.count, other.total))
    k1, k2 = min(max(k1, 0), n1), min(max(k2, 0), n2)
    events = k1 + k2
    whole = _log_choose(n1 + n2, events)

    def log_probability(k: int) -> float:
        return _log_choose(n1, k) + _log_choose(n2, events - k) - whole

    limit = log_probability(k1) + _SAME
    tables = (log_probability(k) for k in range(max(0, events - n2), min(events, n1) + 1))
    return min(math.fsum(math.exp(each) for each in tables if each <= limit), 1.0)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
