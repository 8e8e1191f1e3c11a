"""One check of an analysis for people: value, thresholds, and the margin before it fails.

Values come from the console's own queries (through ``metrics``), because Flagger publishes none of them on
the object; the judgement is Flagger's: outside the bounds fails, no value fails.
"""

from __future__ import annotations

import math
from enum import StrEnum

from msgspec import Struct

SUCCESS_CHECK = "request-success-rate"
DURATION_CHECK = "request-duration"
"""Flagger's built-in checks."""


class CheckVerdict(StrEnum):
    PASSES = "passes"
    FAILS = "fails"
    NO_VALUE = "no value"
    UNKNOWN = "unknown"
    """Not queried yet, or the provider cannot be queried from here."""


class Check(Struct, frozen=True):
    """A check of the spec and its measured value. `unit` is ``%``, ``ms`` or empty.

    `trend` holds recent values, oldest first. `problem` says why the query has no answer; `why`, what is to blame where
    it was answered without a value, and `seeking`, that this is being looked for.
    """

    name: str
    minimum: float | None
    maximum: float | None
    unit: str
    value: float | None = None
    trend: tuple[float, ...] = ()
    asked: bool = False
    problem: str = ""
    query: str = ""
    without_past: str = ""
    """The type of a provider without a range query, so that values begin with the first one queried here; else ""."""
    why: str = ""
    seeking: bool = False

    @property
    def verdict(self) -> CheckVerdict:
        if not self.asked:
            return CheckVerdict.UNKNOWN
        if self.value is None or math.isnan(self.value):
            return CheckVerdict.UNKNOWN if self.problem else CheckVerdict.NO_VALUE
        return CheckVerdict.FAILS if self.fails_at(self.value) else CheckVerdict.PASSES

    def fails_at(self, value: float) -> bool:
        """Whether a value is outside of the thresholds."""
        below = self.minimum is not None and value < self.minimum
        return below or (self.maximum is not None and value > self.maximum)

    @property
    def margin(self) -> float | None:
        """Distance to the nearer threshold, negative when the check fails; None without a value or threshold."""
        if self.value is None or math.isnan(self.value):
            return None
        distances = []
        if self.minimum is not None:
            distances.append(self.value - self.minimum)
        if self.maximum is not None:
            distances.append(self.maximum - self.value)
        return min(distances) if distances else None

    def bound_text(self) -> str:
        """``≥ 99 %``, ``≤ 500 ms``, ``1 to 5``, or ``none``."""
        unit = f" {self.unit}" if self.unit else ""
        if self.minimum is not None and self.maximum is not None:
            return f"{number_text(self.minimum)} to {number_text(self.maximum)}{unit}"
        if self.minimum is not None:
            return f"≥ {number_text(self.minimum)}{unit}"
        if self.maximum is not None:
            return f"≤ {number_text(self.maximum)}{unit}"
        return "none"

    def value_text(self) -> str:
        if self.value is None or math.isnan(self.value):
            return "–"
        return f"{number_text(self.value)} {self.unit}".rstrip()


def number_text(value: float) -> str:
    """At most four significant places, no trailing zeros: ``53.42``, ``100``, ``0.5``."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if math.isnan(value):
        return "–"
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".")
