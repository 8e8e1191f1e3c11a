"""Which values a query can have at all, and in which unit, told from its text. Pure.

Only what is certain is told: a share of the same counter lies between 0 and 1, a rate is not negative, a number is
itself. All else is unbounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from canarytui.metrics.culprit.query_parts import LabelMatcher, Selector, is_number, selector_of, unwrapped

_NOT_NEGATIVE = frozenset(
    ("rate", "increase", "irate", "histogram_quantile", "count_over_time", "resets", "changes", "abs", "sqrt")
)
_KEEPING = frozenset(("sum", "avg", "min", "max", "topk", "bottomk", "quantile"))
_SUMMED = ("sum", "count")


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the same counter: `extra` are the matchers that only the part has."""

    extra: tuple[LabelMatcher, ...]
    high: float


@dataclass(frozen=True, slots=True)
class ValueRange:
    """From `low` to `high`, both included. `share` where the value grows with a share, times ``share.high``;
    `unit_s` is the length of the value's unit in seconds, 0 where it is no time or not known."""

    low: float = -math.inf
    high: float = math.inf
    share: Share | None = None
    unit_s: float = 0.0


_ANY = ValueRange()


def value_range(node: Any) -> ValueRange:
    """The values that an expression can have."""
    node = unwrapped(node)
    kind = type(node).__name__
    if kind == "NumberLiteral":
        return ValueRange(float(node.val), float(node.val))
    if kind == "BinaryExpr":
        return _binary(node)
    if kind == "Call":
        return _call(node)
    if kind == "AggregateExpr":
        return _aggregated(node)
    if kind in ("VectorSelector", "MatrixSelector"):
        selector = selector_of(node)
        return ValueRange(unit_s=_unit_s(selector.metric)) if selector is not None else _ANY
    return _ANY


def _aggregated(node: Any) -> ValueRange:
    inner = value_range(node.expr)
    operator = str(node.op)
    if operator == "count":
        return ValueRange(0.0)
    if operator not in _KEEPING:
        return _ANY
    if operator == "sum":  # of any number of series
        return ValueRange(0.0 if inner.low >= 0 else -math.inf, unit_s=inner.unit_s)
    return inner


def _call(node: Any) -> ValueRange:
    name, arguments = str(node.func.name), list(node.args)
    if name == "vector" and is_number(arguments[0]):
        return value_range(arguments[0])
    if name in ("absent", "absent_over_time"):
        return ValueRange(1.0, 1.0)
    inner = value_range(arguments[-1]) if arguments else _ANY
    if name in _NOT_NEGATIVE:
        return ValueRange(0.0, unit_s=inner.unit_s)
    if name.endswith("_over_time") and name.partition("_")[0] in ("min", "max", "avg", "last", "quantile"):
        return inner
    return _ANY


def _binary(node: Any) -> ValueRange:
    operator, left, right = str(node.op), value_range(node.lhs), value_range(node.rhs)
    if operator == "/":
        share = _share(node.lhs, node.rhs)
        if share is not None:
            return ValueRange(0.0, 1.0, share)
        if left.unit_s and not right.unit_s and not is_number(node.rhs):
            return ValueRange(0.0, unit_s=left.unit_s)  # time spent, by its number
    if operator in ("*", "/") and is_number(node.rhs) and right.low == right.high and right.low > 0:
        return _scaled(left, right.low if operator == "*" else 1 / right.low)
    if operator == "*" and is_number(node.lhs) and left.low == left.high and left.low > 0:
        return _scaled(right, left.low)
    if operator == "+":
        return ValueRange(left.low + right.low, left.high + right.high)
    if operator == "-":
        # A percentage subtracted from 100 is one of the others: no share of what its matchers name.
        return ValueRange(left.low - right.high, left.high - right.low)
    if operator == "or":
        return ValueRange(min(left.low, right.low), max(left.high, right.high), left.share, left.unit_s)
    if operator in ("and", "unless"):
        return left
    return _ANY


def _scaled(found: ValueRange, factor: float) -> ValueRange:
    share = Share(found.share.extra, found.share.high * factor) if found.share else None
    return ValueRange(found.low * factor, found.high * factor, share, found.unit_s / factor)


def _share(part: Any, whole: Any) -> Share | None:
    """`part` as a share of `whole`: sums of the same function of the same counter, of which the part has more
    matchers."""
    inner, outer = _summed(part), _summed(whole)
    if inner is None or outer is None:
        return None
    (selector, labels), (other, other_labels) = inner, outer
    same = (selector.metric, selector.range_s, selector.offset_s, selector.function)
    if same != (other.metric, other.range_s, other.offset_s, other.function) or labels != other_labels:
        return None
    if not set(other.matchers) <= set(selector.matchers):
        return None
    return Share(tuple(each for each in selector.matchers if each not in other.matchers), 1.0)


def _summed(node: Any) -> tuple[Selector, str] | None:
    node = unwrapped(node)
    if type(node).__name__ != "AggregateExpr" or str(node.op) not in _SUMMED:
        return None
    call = unwrapped(node.expr)
    if type(call).__name__ != "Call" or call.func.name not in ("rate", "increase", "irate"):
        return None
    ranged = unwrapped(call.args[0])
    found = selector_of(ranged, str(call.func.name)) if type(ranged).__name__ == "MatrixSelector" else None
    grouping = node.modifier
    return (found, f"{grouping.type}{sorted(grouping.labels)}" if grouping else "") if found else None


def _unit_s(metric: str) -> float:
    for suffix in ("_bucket", "_sum"):
        metric = metric.removesuffix(suffix)
    if metric.endswith("_seconds"):
        return 1.0
    return 0.001 if metric.endswith(("_milliseconds", "_ms")) else 0.0
