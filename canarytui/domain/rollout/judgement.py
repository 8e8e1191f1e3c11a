"""Whether a measured value passes a check: Flagger's rules, for the engine, for backtests and for "what if". Pure."""

from __future__ import annotations

import math

from msgspec import Struct

from canarytui.domain.rollout.checks import DURATION_CHECK, SUCCESS_CHECK, number_text
from canarytui.domain.spec.analysis import Metric

_WHOLE_MOST = 2.0**63


class CheckLimits(Struct, frozen=True):
    """What a value is compared with: below `low` or above `high` it fails; None is no limit.

    `whole`: the value's fraction is dropped first, as for durations in milliseconds.
    """

    low: float | None
    high: float | None
    whole: bool = False

    def fails(self, value: float | None, *, strict: bool = True) -> bool:
        """Whether `value` fails; None and NaN, which are no values, always do."""
        if value is None or math.isnan(value):
            return True
        if self.whole:
            value = whole(value, strict=strict)
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)

    def margin(self, value: float) -> float:
        """Distance to the nearer limit, negative outside; infinite without any."""
        below = math.inf if self.low is None else value - self.low
        return min(below, math.inf if self.high is None else self.high - value)


def limits_of(metric: Metric, *, builtin: bool) -> CheckLimits:
    """The limits of a check: of its built-in query, or of its own (inline or from a template).

    The older ``threshold`` is a minimum for the built-in success rate and a maximum for all others, where none is 0.
    """
    if builtin and metric.name == SUCCESS_CHECK:
        return CheckLimits(metric.minimum, metric.maximum) if metric.has_range else CheckLimits(metric.threshold, None)
    low, high = (metric.minimum, metric.maximum) if metric.has_range else (None, metric.threshold or 0.0)
    if builtin and metric.name == DURATION_CHECK:
        return CheckLimits(_truncated(low), _truncated(high), whole=True)
    return CheckLimits(low, high)


def limit_text(limits: CheckLimits) -> str:
    """``≥ 99``, ``≤ 500``, ``1 to 5``, ``none``."""
    if limits.low is not None and limits.high is not None:
        return f"{number_text(limits.low)} to {number_text(limits.high)}"
    if limits.low is not None:
        return f"≥ {number_text(limits.low)}"
    return f"≤ {number_text(limits.high)}" if limits.high is not None else "none"


def whole(milliseconds: float, *, strict: bool) -> float:
    """Drop the fraction. Flagger converts to int64, where infinity and anything out of range becomes 0."""
    if abs(milliseconds) < _WHOLE_MOST:
        return float(int(milliseconds))
    return 0.0 if strict else milliseconds


def _truncated(limit: float | None) -> float | None:
    return None if limit is None else float(int(limit))
