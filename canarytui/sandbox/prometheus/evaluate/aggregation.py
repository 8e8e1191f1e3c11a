"""Aggregation operators: ``sum by (le) (…)`` and its like."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

from canarytui.sandbox.prometheus.evaluate.ranges import greatest, least, quantile
from canarytui.sandbox.prometheus.evaluate.values import QueryError, Sample, Vector, drop, keep
from canarytui.sandbox.prometheus.exposition import Labels, make_labels

_NOTHING: frozenset[str] = frozenset()


def aggregate(
    operator: str, vector: Vector, parameter: float | str | None, labels: frozenset[str], *, without: bool
) -> Vector:
    """Aggregate over all labels but `labels` (``by``), or over `labels` (``without``).

    Raises:
        QueryError: an operator that is none.
    """

    def group_of(sample: Sample) -> Labels:
        return drop(sample.labels, labels) if without else keep(sample.labels, labels)

    groups: dict[Labels, Vector] = defaultdict(list)
    for sample in vector:
        groups[group_of(sample)].append(sample)
    if operator in ("topk", "bottomk"):
        return _ranked(groups, int(_number(parameter)), largest=operator == "topk")
    if operator == "count_values":
        return _counted(groups, str(parameter))
    if operator == "quantile":
        q = _number(parameter)
        return [Sample(key, quantile(q, [s.value for s in group])) for key, group in groups.items()]
    reduce = _REDUCTIONS.get(operator)
    if reduce is None:
        raise QueryError(f"expected aggregation operator but got {operator!r}")
    return [Sample(key, reduce([s.value for s in group])) for key, group in groups.items()]


def _number(parameter: float | str | None) -> float:
    if isinstance(parameter, int | float):
        return float(parameter)
    raise QueryError("expected type scalar in aggregation parameter")


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _variance(values: list[float]) -> float:
    mean = _mean(values)
    return sum((value - mean) ** 2 for value in values) / len(values)


_REDUCTIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": lambda values: float(sum(values)),
    "avg": _mean,
    "min": least,
    "max": greatest,
    "count": lambda values: float(len(values)),
    "group": lambda values: 1.0,
    "stddev": lambda values: math.sqrt(_variance(values)),
    "stdvar": _variance,
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
            counts[_shown(sample.value)] += 1
        found += [Sample(make_labels({**dict(key), label: value}), float(n)) for value, n in counts.items()]
    return found


def _shown(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
