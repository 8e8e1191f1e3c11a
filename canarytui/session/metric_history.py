"""Measured values of checks, kept for trends and plots: ring buffers by canary and check.

The poller writes, the state of the cluster reads. Beside each check's values stands why the last one is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field

from canarytui.domain.rollout.checks import Check
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import shadow_metrics
from canarytui.domain.values import NamespacedName
from canarytui.errors import InvalidObject
from canarytui.session.value_buffer import Points

SUCCESS_RATE = "request-success-rate"
DURATION = "request-duration"
HISTORY = 360
_TREND = 40


class CheckSeries(Struct):
    """Values of one check; NaN stands where the query had no value."""

    points: Points = field(default_factory=lambda: Points(HISTORY))
    asked: bool = False
    problem: str = ""
    query: str = ""
    why: str = ""
    """What is to blame for the missing value."""
    seeking: bool = False
    """Whether that is being looked for."""
    without_past: str = ""
    """The type of a provider that answers no range query; "" where the past was asked for, or not yet."""


class MetricHistory:
    """The series of all checks of a cluster."""

    def __init__(self) -> None:
        self._series: dict[tuple[NamespacedName, str], CheckSeries] = {}

    def add(
        self, key: NamespacedName, check: str, at: datetime, value: float | None, *, problem: str = "", query: str = ""
    ) -> None:
        """Record the result of a query: a value, no value (None), or the `problem` that prevented it."""
        series = self.series(key, check)
        series.asked, series.problem = True, problem
        series.query = query or series.query
        if value is not None or problem:
            series.why = ""
        if not problem:
            series.points.append((at, math.nan if value is None else value))

    def series(self, key: NamespacedName, check: str) -> CheckSeries:
        found = self._series.get((key, check))
        if found is None:
            found = self._series[key, check] = CheckSeries()
        return found

    def points(self, key: NamespacedName, check: str) -> Sequence[tuple[datetime, float]]:
        """(time, value) of a check, oldest first."""
        found = self._series.get((key, check))
        return tuple(found.points) if found is not None else ()

    def recent(self, key: NamespacedName, check: str = SUCCESS_RATE) -> list[float]:
        """The last values for a sparkline."""
        found = self._series.get((key, check))
        return found.points.tail(_TREND) if found is not None else []

    def checks(self, canary: Canary) -> tuple[Check, ...]:
        """The checks of a canary's spec with what was measured."""
        key = (canary.namespace, canary.name)
        return tuple(self._check(key, metric) for metric in canary.spec.analysis.metrics)

    def shadow_checks(self, canary: Canary) -> tuple[Check, ...]:
        """The shadow checks of a canary with what was measured; none where they cannot be read."""
        try:
            metrics = shadow_metrics(canary)
        except InvalidObject:
            return ()
        return tuple(self._check((canary.namespace, canary.name), metric) for metric in metrics)

    def forget(self, key: NamespacedName) -> None:
        for known in [known for known in self._series if known[0] == key]:
            del self._series[known]

    def _check(self, key: NamespacedName, metric: Metric) -> Check:
        minimum, maximum = bounds(metric)
        series = self._series.get((key, metric.name)) or CheckSeries()
        latest = series.points.last
        return Check(
            name=metric.name,
            minimum=minimum,
            maximum=maximum,
            unit=unit(metric),
            value=None if latest is None or math.isnan(latest) else latest,
            trend=tuple(series.points.tail(_TREND)),
            asked=series.asked,
            problem=series.problem,
            query=series.query,
            without_past=series.without_past,
            why=series.why,
            seeking=series.seeking,
        )


def bounds(metric: Metric) -> tuple[float | None, float | None]:
    """(minimum, maximum) by Flagger's rules: the threshold range, else the deprecated threshold, which is a minimum for
    the success rate and a maximum for everything else."""
    if metric.has_range:
        return metric.minimum, metric.maximum
    if metric.threshold is None:
        return None, None
    return (metric.threshold, None) if metric.name == SUCCESS_RATE else (None, metric.threshold)


def unit(metric: Metric) -> str:
    """The unit of a built-in check's values; "" for custom checks, whose unit nobody knows."""
    return {SUCCESS_RATE: "%", DURATION: "ms"}.get(metric.name, "")
