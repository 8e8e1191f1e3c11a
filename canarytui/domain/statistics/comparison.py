"""Canary against primary: the verdict, from bounds that hold at every look, and how long until there is one. Pure.

Errors get half of the false alarms that are allowed, response times the other half. Of response times it is the share
of requests slower than a bucket's bound that is compared, at every bound that both histograms have; each gets the same
part of their half. So the chance of one false alarm in a rollout, at all ticks and over all comparisons, is `alpha`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from msgspec import Struct

from canarytui.domain.statistics.always_valid import difference_bounds, exceeds, rate_bounds
from canarytui.domain.statistics.grouped_samples import CumulativeBuckets, slower_than
from canarytui.domain.statistics.proportions import DifferenceInterval, Events
from canarytui.domain.statistics.verdict_kind import VerdictKind

FALSE_ALARMS = 0.01
"""Of all rollouts whose new version is not worse."""
ERRORS_MARGIN = 0.01
SLOW_MARGIN = 0.05
"""A difference up to this is "none that matters", once it is sure that it is not larger."""
ILL_FROM = 0.05
PROJECTED_MOST_S = 7 * 86_400.0
_SHRINK = 50.0
"""Requests with the primary's rate that a projection adds to the canary's, so that the first few do not mislead it."""


class SideSample(Struct, frozen=True):
    """One side since the comparison began: failed requests of all, and the histogram of response times in ms."""

    failed: Events
    buckets: CumulativeBuckets = ()


class JudgeSettings(Struct, frozen=True):
    """`alpha`: false alarms per rollout. Margins and `ill_from` (the rate of failures from which a side is ill) are
    shares, 0 to 1."""

    alpha: float = FALSE_ALARMS
    errors_margin: float = ERRORS_MARGIN
    slow_margin: float = SLOW_MARGIN
    ill_from: float = ILL_FROM


@dataclass(frozen=True)
class Comparison:
    """One rate of both sides, 0 to 1. `slower_than_ms` is None for errors."""

    canary: Events
    primary: Events
    alpha: float
    margin: float
    slower_than_ms: float | None = None

    @cached_property
    def worse(self) -> bool:
        """Surely."""
        return exceeds(self.canary, self.primary, self.alpha)

    @cached_property
    def bounds(self) -> DifferenceInterval:
        """Of the canary's rate less the primary's."""
        return difference_bounds(self.canary, self.primary, self.alpha)

    @property
    def decided(self) -> bool:
        """Whether it is known to be worse, or not to be worse by more than the margin."""
        return self.worse or self.bounds.upper <= self.margin


@dataclass(frozen=True, slots=True)
class Verdict:
    """`deciding` is the comparison that the verdict rests on. `remaining_s` is how long until there is another
    verdict than "too few requests", None where there is one already or none is to be expected within a week."""

    kind: VerdictKind
    errors: Comparison
    slow: tuple[Comparison, ...] = ()
    deciding: Comparison = field(kw_only=True)
    remaining_s: float | None = None


def compare(
    canary: SideSample,
    primary: SideSample,
    settings: JudgeSettings = JudgeSettings(),
    *,
    canary_per_s: float = 0.0,
    primary_per_s: float = 0.0,
) -> Verdict:
    """The verdict on `canary`; requests a second are those of now, for the projection."""
    errors, slow = comparisons(canary, primary, settings)
    if errors.worse:
        return Verdict(VerdictKind.WORSE, errors, slow, deciding=errors)
    slower = [each for each in slow if each.worse]
    if slower:
        return Verdict(VerdictKind.WORSE, errors, slow, deciding=max(slower, key=lambda each: each.bounds.lower))
    surely_ill = rate_bounds(primary.failed, settings.alpha)[0] > settings.ill_from
    if surely_ill and canary.failed.rate > settings.ill_from:
        return Verdict(VerdictKind.PRIMARY_FAILS_TOO, errors, slow, deciding=errors)
    undecided = [each for each in (errors, *slow) if not each.decided]
    if undecided:
        left = _remaining_s(undecided, canary_per_s, primary_per_s)
        return Verdict(VerdictKind.TOO_FEW, errors, slow, deciding=undecided[0], remaining_s=left)
    kind = VerdictKind.BETTER if errors.bounds.upper < 0 else VerdictKind.ALIKE
    return Verdict(kind, errors, slow, deciding=errors)


def comparisons(
    canary: SideSample, primary: SideSample, settings: JudgeSettings
) -> tuple[Comparison, tuple[Comparison, ...]]:
    """Of errors, and of the shares slower than each bound of the buckets."""
    shares = slower_than(canary.buckets, primary.buckets)
    errors_alpha = settings.alpha / 2 if shares else settings.alpha
    errors = Comparison(canary.failed, primary.failed, errors_alpha, settings.errors_margin)
    alpha = settings.alpha / 2 / max(len(shares), 1)
    slow = (Comparison(one, other, alpha, settings.slow_margin, bound) for bound, (one, other) in shares.items())
    return errors, tuple(slow)


def _remaining_s(undecided: Iterable[Comparison], canary_per_s: float, primary_per_s: float) -> float | None:
    """Until each of them is decided, if both sides go on as they did."""
    if not (canary_per_s > 0 and primary_per_s > 0):
        return None
    longest = 0.0
    for each in undecided:
        left = decided_after_s(each, canary_per_s, primary_per_s)
        if left is None:
            return None
        longest = max(longest, left)
    return longest


def decided_after_s(comparison: Comparison, canary_per_s: float, primary_per_s: float) -> float | None:
    """In how many seconds `comparison` is decided at these requests a second; None for more than a week."""
    primary_rate = comparison.primary.rate
    seen = comparison.canary
    canary_rate = (seen.count + _SHRINK * primary_rate) / (seen.total + _SHRINK)

    def decided(seconds: float) -> bool:
        more, others = canary_per_s * seconds, primary_per_s * seconds
        return replace(
            comparison,
            canary=Events(seen.count + more * canary_rate, seen.total + more),
            primary=Events(comparison.primary.count + others * primary_rate, comparison.primary.total + others),
        ).decided

    high = 1.0
    while not decided(high):
        high *= 2
        if high > PROJECTED_MOST_S:
            return None
    low = high / 2 if high > 1 else 0.0
    while high - low > max(0.02 * high, 0.5):
        middle = (low + high) / 2
        low, high = (low, middle) if decided(middle) else (middle, high)
    return high
