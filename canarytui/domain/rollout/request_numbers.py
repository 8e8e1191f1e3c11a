"""Requests of canary and primary as numbers: by response code, with their response times. Pure.

They come from the counters and histograms of a traffic provider; see :mod:`canarytui.metrics.request_queries`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field


class Side(StrEnum):
    """Whose requests they are."""

    CANARY = "canary"
    PRIMARY = "primary"


class RequestCounts(Struct, frozen=True):
    """Requests, or requests per second, by response code; `failed` of them count as failed in the success check."""

    by_code: Mapping[str, float] = field(default_factory=dict)
    failed: float = 0.0

    @property
    def total(self) -> float:
        return sum(self.by_code.values())

    @property
    def success_percent(self) -> float | None:
        """What the built-in check measures; None without a request."""
        return (1 - self.failed / self.total) * 100 if self.total > 0 else None

    def by_class(self) -> dict[str, float]:
        """By class (``2xx``), in order; a code that is no HTTP status stands for itself."""
        found: dict[str, float] = {}
        for code, value in sorted(self.by_code.items()):
            name = f"{code[0]}xx" if len(code) == 3 and code.isascii() and code.isdigit() else code or "no code"
            found[name] = found.get(name, 0.0) + value
        return found


class LatencyBuckets(Struct, frozen=True):
    """A histogram: (upper bound in ms, requests up to it), by rising bound; the last bound may be infinite."""

    cumulative: tuple[tuple[float, float], ...] = ()

    def quantile_ms(self, quantile: float) -> float | None:
        """As Prometheus' ``histogram_quantile``; None without a request."""
        buckets = self.cumulative
        total = buckets[-1][1] if buckets else 0.0
        if not total > 0:
            return None
        rank, lower, below = quantile * total, 0.0, 0.0
        for bound, count in buckets:
            if count >= rank:
                if math.isinf(bound):
                    return lower
                return lower + (bound - lower) * ((rank - below) / (count - below) if count > below else 1.0)
            lower, below = bound, count
        return lower


class SideNumbers(Struct, frozen=True):
    """One side over a window: `rate` is in requests per second."""

    rate: RequestCounts = field(default_factory=RequestCounts)
    buckets: LatencyBuckets = field(default_factory=LatencyBuckets)

    def quantile_ms(self, quantile: float) -> float | None:
        return self.buckets.quantile_ms(quantile)


class RequestNumbers(Struct, frozen=True):
    """Both sides at one moment; `primary` is None where the provider's metrics do not tell it from the canary."""

    canary: SideNumbers
    primary: SideNumbers | None = None

    @property
    def share_percent(self) -> float | None:
        """Percent of the requests of both that the canary got; None where that is not measured."""
        if self.primary is None:
            return None
        total = self.canary.rate.total + self.primary.rate.total
        return self.canary.rate.total / total * 100 if total > 0 else None


class RequestTotals(Struct, frozen=True):
    """Requests since a moment: `began` is the rollout's begin, `since` is later where the metrics server's data begin
    later; `until` is None while the rollout goes on."""

    began: datetime
    since: datetime
    canary: RequestCounts
    primary: RequestCounts | None = None
    until: datetime | None = None
    canary_buckets: LatencyBuckets = field(default_factory=LatencyBuckets)
    primary_buckets: LatencyBuckets = field(default_factory=LatencyBuckets)

    @property
    def excess_failures(self) -> float | None:
        """How many more requests failed than the primary would have failed of as many; None without the primary's."""
        if self.primary is None or not self.primary.total > 0:
            return None
        return self.canary.failed - self.canary.total * self.primary.failed / self.primary.total
