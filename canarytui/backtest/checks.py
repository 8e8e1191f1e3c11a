"""The checks of a canary as a backtest evaluates them, and other thresholds for them. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from canarytui.domain.rollout.judgement import limits_of
from canarytui.domain.rollout.simulation import SimulatedCheck
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.analysis import Analysis, Metric
from canarytui.domain.text.plain import clean
from canarytui.errors import UsageError
from canarytui.metrics.builtin_queries import SUCCESS_RATE
from canarytui.metrics.check_queries import QuerySource, evaluation_order

_SHOWN_CHARS_MOST = 80


def simulated_checks(analysis: Analysis) -> tuple[SimulatedCheck, ...]:
    """The checks in the order of evaluation."""
    return tuple(
        SimulatedCheck(metric.name, limits_of(metric, builtin=source is QuerySource.BUILTIN))
        for metric, source in evaluation_order(analysis.metrics)
    )


class ThresholdChange(Struct, frozen=True):
    """Another range for one check; None leaves that side without a limit."""

    check: str
    minimum: float | None
    maximum: float | None

    @property
    def text(self) -> str:
        """As ``--threshold`` takes it."""
        low, high = ("" if limit is None else f"{limit:g}" for limit in (self.minimum, self.maximum))
        return f"{self.check}={low}..{high}"


def threshold_changes(given: Iterable[str], analysis: Analysis) -> tuple[ThresholdChange, ...]:
    """Read ``CHECK=97``, ``CHECK=97..``, ``CHECK=..500`` and ``CHECK=1..5``. One number replaces the limit that the
    check has.

    Raises:
        UsageError: there is no such check, no such number, or it is not clear which limit is meant.
    """
    return tuple(_change(text, analysis) for text in given)


def with_thresholds(analysis: Analysis, changes: Iterable[ThresholdChange]) -> Analysis:
    """The same analysis with other thresholds."""
    by_name: Mapping[str, ThresholdChange] = {change.check: change for change in changes}
    return replace(analysis, metrics=tuple(_changed(metric, by_name.get(metric.name)) for metric in analysis.metrics))


def _changed(metric: Metric, change: ThresholdChange | None) -> Metric:
    if change is None:
        return metric
    return replace(metric, has_range=True, minimum=change.minimum, maximum=change.maximum)


def _change(text: str, analysis: Analysis) -> ThresholdChange:
    shown = clean(text, _SHOWN_CHARS_MOST)
    if "=" not in text:
        raise UsageError(words.NO_EQUALS.text(given=shown))
    name, _, limits = text.rpartition("=")
    metric = next((metric for metric in analysis.metrics if metric.name == name), None)
    if metric is None:
        known = ", ".join(clean(each.name, _SHOWN_CHARS_MOST) for each in analysis.metrics) or words.NO_CHECKS.text()
        raise UsageError(words.UNKNOWN_CHECK.text(given=shown, known=known))
    if ".." in limits:
        low, _, high = limits.partition("..")
        bounds = (_number(text, low) if low else None, _number(text, high) if high else None)
        if bounds == (None, None):
            raise UsageError(words.NO_THRESHOLD.text(given=shown))
        if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
            raise UsageError(words.EMPTY_RANGE.text(given=shown))
        return ThresholdChange(name, *bounds)
    number = _number(text, limits)
    present = limits_of(metric, builtin=name == SUCCESS_RATE)
    if present.low is not None and present.high is not None:
        raise UsageError(words.WHICH_LIMIT.text(check=clean(name, _SHOWN_CHARS_MOST), number=f"{number:g}"))
    is_minimum = present.low is not None or (present.high is None and name == SUCCESS_RATE)
    return ThresholdChange(name, number, None) if is_minimum else ThresholdChange(name, None, number)


def _number(text: str, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in number:
        raise UsageError(words.NO_THRESHOLD.text(given=clean(text, _SHOWN_CHARS_MOST)))
    return value
