"""The classical tests of a step or a rollout that is over, where the moment of looking was not chosen. Pure.

They are shown, and decide nothing: see :mod:`.comparison`.
"""

from __future__ import annotations

from msgspec import Struct

from canarytui.domain.statistics.comparison import SideSample
from canarytui.domain.statistics.grouped_samples import (
    QuantileRange,
    RankTest,
    mann_whitney,
    quantile_range,
    quantile_ratio,
)
from canarytui.domain.statistics.proportions import (
    FISHER_EVENTS_MOST,
    DifferenceInterval,
    fisher_exact,
    newcombe_interval,
)

CONFIDENCE = 0.95
_QUANTILE = 0.99


class FixedSampleTests(Struct, frozen=True):
    """`fisher_p` is None above :data:`FISHER_EVENTS_MOST` failed requests, `ranks` and `p99_ratio` without
    histograms; `p99_ratio` is the canary's to the primary's."""

    difference: DifferenceInterval
    fisher_p: float | None
    ranks: RankTest | None
    p99_ratio: QuantileRange | None


def fixed_sample_tests(canary: SideSample, primary: SideSample, confidence: float = CONFIDENCE) -> FixedSampleTests:
    """All of them, of both sides' requests."""
    few = canary.failed.count + primary.failed.count <= FISHER_EVENTS_MOST
    p99s = [quantile_range(each.buckets, _QUANTILE, confidence) for each in (canary, primary)]
    ratio = quantile_ratio(p99s[0], p99s[1]) if p99s[0] is not None and p99s[1] is not None else None
    return FixedSampleTests(
        newcombe_interval(canary.failed, primary.failed, confidence),
        fisher_exact(canary.failed, primary.failed) if few else None,
        mann_whitney(canary.buckets, primary.buckets),
        ratio,
    )
