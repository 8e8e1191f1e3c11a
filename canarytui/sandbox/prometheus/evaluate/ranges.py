"""Functions of a range of points, as Prometheus 2 computes them: rates with extrapolation, and ``…_over_time``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from canarytui.sandbox.prometheus.evaluate.values import Points, Range, divide

RangeFunction = Callable[[Range], float | None]


def _extrapolated(window: Range, *, counter: bool, per_second: bool) -> float | None:
    points = window.points
    if len(points) < 2:
        return None
    (first_t, first_v), (last_t, last_v) = points[0], points[-1]
    result = last_v - first_v
    if counter:
        for (_, before), (_, value) in itertools.pairwise(points):
            if value < before:
                result += before
    to_start, to_end = first_t - window.start_s, window.end_s - last_t
    sampled = last_t - first_t
    average = sampled / (len(points) - 1)
    if counter and result > 0 and first_v >= 0:
        # A counter cannot have been below zero: do not extrapolate beyond where it was zero.
        to_start = min(to_start, sampled * (first_v / result))
    threshold = average * 1.1
    interval = sampled
    interval += to_start if to_start < threshold else average / 2
    interval += to_end if to_end < threshold else average / 2
    factor = interval / sampled
    if per_second:
        factor /= window.end_s - window.start_s
    return result * factor


def _instant(window: Range, *, per_second: bool) -> float | None:
    if len(window.points) < 2:
        return None
    (before_t, before), (last_t, last) = window.points[-2:]
    result = last if per_second and last < before else last - before
    if last_t == before_t:
        return None
    return result / (last_t - before_t) if per_second else result


def _regression(points: Points, at_s: float) -> tuple[float, float] | None:
    if len(points) < 2:
        return None
    xs = [time - at_s for time, _ in points]
    ys = [value for _, value in points]
    if all(value == ys[0] for value in ys):
        return (0.0, ys[0]) if math.isfinite(ys[0]) else (math.nan, math.nan)
    n, sum_x, sum_y = len(points), total(xs), total(ys)
    covariance = total([x * y for x, y in zip(xs, ys, strict=True)]) - sum_x * sum_y / n
    variance = total([x * x for x in xs]) - sum_x * sum_x / n
    slope = divide(covariance, variance)
    return slope, sum_y / n - slope * sum_x / n


def _deriv(window: Range) -> float | None:
    found = _regression(window.points, window.points[0][0]) if window.points else None
    return None if found is None else found[0]


def predict_linear(window: Range, at_s: float, ahead_s: float) -> float | None:
    """The value `ahead_s` seconds after `at_s`, by linear regression."""
    found = _regression(window.points, at_s)
    return None if found is None else found[0] * ahead_s + found[1]


def _count_if(window: Range, differs: Callable[[float, float], bool]) -> float | None:
    if not window.points:
        return None
    pairs = itertools.pairwise(window.points)
    return float(sum(1 for (_, before), (_, value) in pairs if differs(before, value)))


def _changed(before: float, value: float) -> bool:
    return value != before and not (math.isnan(value) and math.isnan(before))


def _over(reduce: Callable[[list[float]], float]) -> RangeFunction:
    def apply(window: Range) -> float | None:
        return reduce([value for _, value in window.points]) if window.points else None

    return apply


def total(values: list[float]) -> float:
    """The sum, without losing small terms."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):  # beyond what a float holds, or infinities of both signs
        return sum(values)


def mean(values: list[float]) -> float:
    """The average, also where the sum is beyond what a float holds."""
    found = total(values)
    if math.isinf(found) and all(map(math.isfinite, values)):
        return total([value / len(values) for value in values])
    return found / len(values)


def variance(values: list[float]) -> float:
    """The population's variance."""
    middle = mean(values)
    return total([(value - middle) * (value - middle) for value in values]) / len(values)


def least(values: list[float]) -> float:
    """Minimum; ignores NaN unless there is nothing else."""
    real = [value for value in values if not math.isnan(value)]
    return min(real) if real else math.nan


def greatest(values: list[float]) -> float:
    """Maximum; ignores NaN unless there is nothing else."""
    real = [value for value in values if not math.isnan(value)]
    return max(real) if real else math.nan


def quantile(q: float, values: list[float]) -> float:
    """Quantile by linear interpolation; infinite outside of 0 to 1."""
    if not values or math.isnan(q):
        return math.nan
    if q < 0:
        return -math.inf
    if q > 1:
        return math.inf
    ordered = sorted(values, key=lambda value: (not math.isnan(value), value))
    rank = q * (len(ordered) - 1)
    lower = max(0, math.floor(rank))
    upper = min(len(ordered) - 1, lower + 1)
    weight = rank - math.floor(rank)
    return ordered[lower] * (1 - weight) + ordered[upper] * weight


def _deviation(values: list[float]) -> float:
    """Median absolute deviation."""
    median = quantile(0.5, values)
    return quantile(0.5, [abs(value - median) for value in values])


def _when(window: Range, extreme: Callable[[list[float]], float]) -> float | None:
    """When the extreme value was seen last."""
    wanted = extreme([value for _, value in window.points])
    times = [time for time, value in window.points if value == wanted or math.isnan(wanted)]
    return times[-1] if times else None


def smoothed(window: Range, smoothing: float, trend: float) -> float | None:
    """Double exponential smoothing (Holt-Winters) with two factors between 0 and 1."""
    values = [value for _, value in window.points]
    if len(values) < 2:
        return None
    before, level, slope = 0.0, values[0], values[1] - values[0]
    for index, value in enumerate(values[1:]):
        if index:
            slope = trend * (level - before) + (1 - trend) * slope
        before, level = level, smoothing * value + (1 - smoothing) * (level + slope)
    return level


RANGE_FUNCTIONS: dict[str, RangeFunction] = {
    "rate": lambda window: _extrapolated(window, counter=True, per_second=True),
    "increase": lambda window: _extrapolated(window, counter=True, per_second=False),
    "delta": lambda window: _extrapolated(window, counter=False, per_second=False),
    "irate": lambda window: _instant(window, per_second=True),
    "idelta": lambda window: _instant(window, per_second=False),
    "deriv": _deriv,
    "changes": lambda window: _count_if(window, _changed),
    "resets": lambda window: _count_if(window, lambda before, value: value < before),
    "sum_over_time": _over(total),
    "avg_over_time": _over(mean),
    "min_over_time": _over(least),
    "max_over_time": _over(greatest),
    "count_over_time": _over(lambda values: float(len(values))),
    "last_over_time": _over(lambda values: values[-1]),
    "present_over_time": _over(lambda values: 1.0),
    "stddev_over_time": _over(lambda values: math.sqrt(variance(values))),
    "stdvar_over_time": _over(variance),
    "mad_over_time": _over(_deviation),
    "first_over_time": _over(lambda values: values[0]),
    "ts_of_first_over_time": lambda window: window.points[0][0] if window.points else None,
    "ts_of_last_over_time": lambda window: window.points[-1][0] if window.points else None,
    "ts_of_max_over_time": lambda window: _when(window, greatest),
    "ts_of_min_over_time": lambda window: _when(window, least),
}
"""Functions of one range vector; those of Prometheus 3 are at the end."""

KEEP_NAME = frozenset(("last_over_time", "first_over_time"))
"""Functions whose values are the metric's own: the name stays."""
