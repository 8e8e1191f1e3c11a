"""Aggregation operators: ``sum by (le) (…)`` and its like."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

from canarytui.sandbox.prometheus.evaluate.functions import checked_label
from canarytui.sandbox.prometheus.evaluate.ranges import greatest, least, mean, quantile
from canarytui.sandbox.prometheus.evaluate.values import QueryError, Vector, VectorSample, drop, keep
from canarytui.sandbox.prometheus.exposition import Labels, make_labels
from canarytui.sandbox.prometheus.numbers import number_text, plain_text


def aggregate(
    operator: str, vector: Vector, parameter: float | str | None, labels: frozenset[str], *, without: bool
) -> Vector:
    """Aggregate over all labels but `labels` (``by``), or over `labels` (``without``).

    Raises:
        QueryError: an unknown operator, or an invalid parameter.
    """

    def group_of(sample: VectorSample) -> Labels:
        return drop(sample.labels, labels) if without else keep(sample.labels, labels)

    groups: dict[Labels, Vector] = defaultdict(list)
    for sample in vector:
        groups[group_of(sample)].append(sample)
    if operator in ("topk", "bottomk"):
        return _ranked(groups, _whole(_number(parameter)), largest=operator == "topk")
    if operator == "count_values":
        label = checked_label(str(parameter), 'invalid label name "{}"')
        if without and label in labels:
            return [VectorSample(key, float(len(group))) for key, group in groups.items()]
        return _counted(groups, label)
    if operator == "quantile":
        q = _number(parameter)
        return [VectorSample(key, quantile(q, [s.value for s in group])) for key, group in groups.items()]
    reduce = _REDUCTIONS.get(operator)
    if reduce is None:
        raise QueryError(f"expected aggregation operator but got {operator!r}")
    return [VectorSample(key, reduce([s.value for s in group])) for key, group in groups.items()]


def _number(parameter: float | str | None) -> float:
    if isinstance(parameter, int | float):
        return float(parameter)
    raise QueryError("expected type scalar in aggregation parameter")


def _whole(value: float) -> int:
    if not -(2.0**63) <= value < 2.0**63:
        raise QueryError(f"Scalar value {number_text(value)} overflows int64")
    return int(value)


def _spread(values: list[float]) -> float:
    """The variance, by Welford's method as Prometheus has it: a first value that is no number counts as a mean."""
    mean_so_far, squares = values[0], 0.0
    for count, value in enumerate(values[1:], 2):
        delta = value - mean_so_far
        mean_so_far += delta / count
        squares += delta * (value - mean_so_far)
    return squares / len(values)


_REDUCTIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": lambda values: float(sum(values)),
    "avg": mean,
    "min": least,
    "max": greatest,
    "count": lambda values: float(len(values)),
    "group": lambda values: 1.0,
    "stddev": lambda values: math.sqrt(_spread(values)),
    "stdvar": _spread,
}


def _ranked(groups: dict[Labels, Vector], count: int, *, largest: bool) -> Vector:
    found: Vector = []
    for group in groups.values():
        real = [sample for sample in group if not math.isnan(sample.value)]
        missing = [sample for sample in group if math.isnan(sample.value)]
        real.sort(key=lambda sample: -sample.value if largest else sample.value)
        found += [*real, *missing][: max(0, count)]
    return found


def _counted(groups: dict[Labels, Vector], label: str) -> Vector:
    found: Vector = []
    for key, group in groups.items():
        counts: dict[str, int] = defaultdict(int)
        for sample in group:
            counts[plain_text(sample.value)] += 1
        found += [VectorSample(make_labels({**dict(key), label: value}), float(n)) for value, n in counts.items()]
    return found


AGGREGATIONS = frozenset((*_REDUCTIONS, "topk", "bottomk", "count_values", "quantile"))
"""The operators that can be evaluated."""
