"""Binary operators between numbers and vectors, with vector matching."""

from __future__ import annotations

import math
import operator as op
from collections.abc import Callable

from msgspec import Struct

from canarytui.sandbox.prometheus.evaluate.values import (
    NAME,
    QueryError,
    Value,
    Vector,
    VectorSample,
    divide,
    drop,
    keep,
    shown_labels,
    without_name,
)
from canarytui.sandbox.prometheus.exposition import Labels, make_labels


class Matching(Struct, frozen=True):
    """How two vectors are matched: `on` or ignoring `labels`; `group` is "", left or right with `include`."""

    on: bool = False
    labels: frozenset[str] = frozenset()
    group: str = ""
    include: tuple[str, ...] = ()
    return_bool: bool = False

    def key(self, labels: Labels) -> Labels:
        """What must be equal on both sides."""
        return keep(labels, self.labels) if self.on else drop(labels, self.labels)


def _modulo(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


def _power(left: float, right: float) -> float:
    odd = right.is_integer() and right % 2 == 1
    try:
        return math.pow(left, right)
    except OverflowError:
        return -math.inf if left < 0 and odd else math.inf
    except ValueError:
        if left == 0:
            return math.copysign(math.inf, left) if odd else math.inf
        return math.nan


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": op.add,
    "-": op.sub,
    "*": op.mul,
    "/": divide,
    "%": _modulo,
    "^": _power,
    "atan2": math.atan2,
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": op.eq,
    "!=": op.ne,
    ">": op.gt,
    "<": op.lt,
    ">=": op.ge,
    "<=": op.le,
}
_SETS = ("and", "or", "unless")


def binary(operator: str, left: Value, right: Value, matching: Matching) -> Value:
    """Apply an operator; raises QueryError for operands that do not go together."""
    if isinstance(left, float) and isinstance(right, float):
        if operator in _COMPARISONS:
            return float(_COMPARISONS[operator](left, right))
        return _ARITHMETIC[operator](left, right)
    if isinstance(left, list) and isinstance(right, list):
        lefts, rights = _vector(left), _vector(right)
        if operator in _SETS:
            return _set(operator, lefts, rights, matching)
        return _matched(operator, lefts, rights, matching)
    if isinstance(left, list) and isinstance(right, float):
        number = right
        return _with_number(operator, _vector(left), lambda value: (value, number), matching)
    if isinstance(left, float) and isinstance(right, list):
        first = left
        return _with_number(operator, _vector(right), lambda value: (first, value), matching)
    raise QueryError(f"binary operator {operator!r} cannot take these operands")


def _vector(value: Value) -> Vector:
    if isinstance(value, list) and all(isinstance(each, VectorSample) for each in value):
        return [each for each in value if isinstance(each, VectorSample)]
    raise QueryError("binary expressions take numbers and instant vectors only")


def _keeps_name(operator: str) -> bool:
    """Whether results keep the metric's name. Prometheus 2 forgets to drop it for ``atan2``."""
    return operator in _COMPARISONS or operator == "atan2"


def _with_number(
    operator: str, vector: Vector, pair: Callable[[float], tuple[float, float]], matching: Matching
) -> Vector:
    found: Vector = []
    for sample in vector:
        left, right = pair(sample.value)
        if operator not in _COMPARISONS:
            labels = sample.labels if _keeps_name(operator) else without_name(sample.labels)
            found.append(VectorSample(labels, _ARITHMETIC[operator](left, right)))
        elif matching.return_bool:
            found.append(VectorSample(without_name(sample.labels), float(_COMPARISONS[operator](left, right))))
        elif _COMPARISONS[operator](left, right):
            found.append(sample)
    return found


def _set(operator: str, left: Vector, right: Vector, matching: Matching) -> Vector:
    lefts = {matching.key(sample.labels) for sample in left}
    rights = {matching.key(sample.labels) for sample in right}
    if operator == "and":
        return [sample for sample in left if matching.key(sample.labels) in rights]
    if operator == "unless":
        return [sample for sample in left if matching.key(sample.labels) not in rights]
    return [*left, *(sample for sample in right if matching.key(sample.labels) not in lefts)]


def _matched(operator: str, left: Vector, right: Vector, matching: Matching) -> Vector:
    if not left or not right:
        return []
    swapped = matching.group == "right"
    many, one = (right, left) if swapped else (left, right)
    ones: dict[Labels, VectorSample] = {}
    for sample in one:
        key = matching.key(sample.labels)
        if key in ones:
            side = "left" if swapped else "right"
            pair = f"{shown_labels(sample.labels)}, {shown_labels(ones[key].labels)}"
            raise QueryError(
                f"found duplicate series for the match group {shown_labels(key)} on the {side} hand-side of the "
                f"operation: [{pair}];many-to-many matching not allowed: matching labels must be unique on one side"
            )
        ones[key] = sample
    found: Vector = []
    seen: set[object] = set()
    for sample in many:
        key = matching.key(sample.labels)
        partner = ones.get(key)
        if partner is None:
            continue
        first, second = (partner.value, sample.value) if swapped else (sample.value, partner.value)
        if operator in _COMPARISONS:
            holds = _COMPARISONS[operator](first, second)
            if not holds and not matching.return_bool:
                continue
            value = float(holds) if matching.return_bool else first
        else:
            value = _ARITHMETIC[operator](first, second)
        labels = _result_labels(operator, sample, partner, matching)
        mark = (key, labels) if matching.group else key
        if mark in seen:
            why = (
                "grouping labels must ensure unique matches"
                if matching.group
                else "many-to-one matching must be explicit (group_left/group_right)"
            )
            raise QueryError(f"multiple matches for labels: {why}")
        seen.add(mark)
        found.append(VectorSample(labels, value))
    return found


def _result_labels(operator: str, many: VectorSample, one: VectorSample, matching: Matching) -> Labels:
    keeps_name = _keeps_name(operator) and not matching.return_bool
    labels = many.labels if keeps_name else without_name(many.labels)
    if not matching.group:
        if matching.on:
            return keep(labels, matching.labels)
        return tuple(pair for pair in labels if pair[0] not in matching.labels or pair[0] == NAME)
    values, given = dict(labels), dict(one.labels)
    for name in matching.include:
        values.pop(name, None)
        if name in given:
            values[name] = given[name]
    return make_labels(values)
