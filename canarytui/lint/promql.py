"""What can be said of a PromQL query without asking it: between which values its result lies, and what it counts."""

from __future__ import annotations

import math
import re
from typing import Any

from msgspec import Struct
from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

_INF = math.inf
_COUNTS = frozenset({"rate", "irate", "increase", "count_over_time", "resets", "changes", "absent", "abs", "sqrt"})
_KEEPING = frozenset({"sum_over_time", "avg_over_time", "min_over_time", "max_over_time", "scalar", "round", "ceil"})
_FILTERS = frozenset({"==", "!=", ">", "<", ">=", "<="})
_ERRORS = re.compile(r"(?:^|[^0-9])[45](?:xx|[0-9.\\]|\[)|\[4-?5\]|fail|error|Unavailable|Internal", re.IGNORECASE)
"""A label's value that means errors: ``404``, ``5..``, ``5xx``, ``failure``."""


class ValueRange(Struct, frozen=True):
    """The least and the greatest value that a query can yield."""

    low: float
    high: float

    @property
    def known(self) -> bool:
        return self != _ANYTHING


_ANYTHING = ValueRange(-_INF, _INF)
_NOT_NEGATIVE = ValueRange(0.0, _INF)


class CountedShare(Struct, frozen=True):
    """A share of requests: those that `matcher` selects (``code!="404"``) among all, or all but those (`complement`).
    `errors` is whether they are the failed ones; `whole` is the value that stands for all of them, 1 or 100."""

    matcher: str
    complement: bool
    errors: bool
    whole: float

    def __str__(self) -> str:
        return f"the share of requests {'without' if self.complement else 'with'} {self.matcher}"


def has_fixed_window(expression: Any) -> bool:
    """Whether it looks back over a range, such as ``[1m]``."""
    return any(isinstance(each, MatrixSelector | SubqueryExpr) for each in _walk(expression))


def bucketless_quantile(expression: Any) -> str:
    """Why a ``histogram_quantile`` in it has no buckets to choose from; "" where it has, or where there is none."""
    for call in _walk(expression):
        if isinstance(call, Call) and call.func.name == "histogram_quantile" and len(call.args) > 1:
            for inner in _walk(call.args[1]):
                selector = inner.vector_selector if isinstance(inner, MatrixSelector) else inner
                if isinstance(selector, VectorSelector) and str(selector.name or "").endswith("_bucket"):
                    if any(
                        each.name == "le" and str(each.op) == "MatchOp.Equal" for each in selector.matchers.matchers
                    ):
                        return "a matcher for le leaves one of them"
                    if _loses_le(call.args[1]):
                        return "the label le is summed up"
    return ""


def _loses_le(expression: Any) -> bool:
    while isinstance(expression, ParenExpr):
        expression = expression.expr
    if not isinstance(expression, AggregateExpr) or str(expression.op) != "sum":
        return False
    modifier = expression.modifier
    if modifier is None:
        return True
    return ("le" in modifier.labels) != str(modifier.type).endswith("By")


def value_range(expression: Any) -> ValueRange:
    """Between which values every result lies."""
    match expression:
        case ParenExpr():
            return value_range(expression.expr)
        case NumberLiteral():
            return ValueRange(expression.val, expression.val)
        case UnaryExpr():
            inner = value_range(expression.expr)
            return ValueRange(-inner.high, -inner.low)
        case AggregateExpr():
            return _of_aggregate(expression)
        case Call():
            return _of_call(expression)
        case BinaryExpr():
            return _of_binary(expression)
    return _ANYTHING


def counted_share(expression: Any) -> CountedShare | None:
    """The share of requests that a query yields; None where it is no such share, or none that tells failed ones."""
    whole, complement, inner = _unscaled(expression)
    if not isinstance(inner, BinaryExpr):
        return None
    added = _added_matchers(inner.lhs, inner.rhs)
    if added is None or len(added) != 1:
        return None
    matcher = added[0]
    negative = str(matcher.op) in ("MatchOp.NotEqual", "MatchOp.NotRe")
    if not _ERRORS.search(matcher.value):
        return None
    return CountedShare(_matcher_text(matcher), complement, errors=negative == complement, whole=whole)


def _of_aggregate(expression: Any) -> ValueRange:
    inner = value_range(expression.expr)
    operation = str(expression.op)
    if operation in ("max", "min", "avg", "topk", "bottomk", "quantile", "group"):
        return ValueRange(1.0, 1.0) if operation == "group" else inner
    if operation == "count":
        return _NOT_NEGATIVE
    return _NOT_NEGATIVE if operation == "sum" and inner.low >= 0 else _ANYTHING


def _of_call(expression: Any) -> ValueRange:
    name, arguments = expression.func.name, expression.args
    if name in _COUNTS:
        return _NOT_NEGATIVE
    if name in ("vector", "scalar", "round", "ceil", "floor", "sort", "sort_desc") and arguments:
        return value_range(arguments[0])
    if name in ("clamp_min", "clamp_max", "clamp") and len(arguments) > 1:
        inner, limits = value_range(arguments[0]), [value_range(each) for each in arguments[1:]]
        low, high = inner.low, inner.high
        if name != "clamp_max":
            low, high = max(low, limits[0].low), max(high, limits[0].low)
        if name != "clamp_min":
            low, high = min(low, limits[-1].high), min(high, limits[-1].high)
        return ValueRange(low, high)
    return _ANYTHING


def _of_binary(expression: Any) -> ValueRange:
    operation = str(expression.op)
    left, right = value_range(expression.lhs), value_range(expression.rhs)
    if operation in _FILTERS:
        return ValueRange(0.0, 1.0) if expression.modifier is not None and expression.modifier.return_bool else left
    if operation == "or":
        return ValueRange(min(left.low, right.low), max(left.high, right.high))
    if operation in ("and", "unless"):
        return left
    if operation == "/" and _added_matchers(expression.lhs, expression.rhs) is not None:
        return ValueRange(0.0, 1.0)
    if operation == "/" and right.low == right.high and right.low > 0:
        return ValueRange(left.low / right.low, left.high / right.low)
    if operation == "/" and left.low >= 0 and right.low >= 0:
        return _NOT_NEGATIVE
    if operation == "+":
        return ValueRange(left.low + right.low, left.high + right.high)
    if operation == "-":
        return ValueRange(left.low - right.high, left.high - right.low)
    if operation == "*":
        products = [_product(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
        return ValueRange(min(products), max(products))
    return _ANYTHING


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _unscaled(expression: Any) -> tuple[float, bool, Any]:
    """A share without what multiplies it and without ``1 -``: the value of the whole, whether it was taken away from
    that, and the rest."""
    whole, complement = 1.0, False
    while True:
        if isinstance(expression, ParenExpr):
            expression = expression.expr
        elif isinstance(expression, BinaryExpr) and str(expression.op) == "*":
            if (factor := _number(expression.rhs)) is not None:
                expression = expression.lhs
            elif (factor := _number(expression.lhs)) is not None:
                expression = expression.rhs
            else:
                return whole, complement, expression
            whole *= factor
        elif isinstance(expression, BinaryExpr) and str(expression.op) == "-" and _number(expression.lhs):
            complement, expression = not complement, expression.rhs
        elif isinstance(expression, BinaryExpr) and str(expression.op) == "or":
            expression = expression.lhs
        else:
            return whole, complement, expression


def _number(expression: Any) -> float | None:
    while isinstance(expression, ParenExpr):
        expression = expression.expr
    return float(expression.val) if isinstance(expression, NumberLiteral) else None


def _added_matchers(part: Any, whole: Any) -> list[Any] | None:
    """The matchers by which `part` selects fewer series than `whole`; None where it is no part of it."""
    left, right = _counted(part), _counted(whole)
    if left is None or right is None or left[0] != right[0]:
        return None
    ours, theirs = list(left[1].matchers.matchers), list(right[1].matchers.matchers)
    if left[1].name != right[1].name:
        return None
    texts = {_matcher_text(each) for each in ours}
    if any(_matcher_text(each) not in texts for each in theirs):
        return None
    known = {_matcher_text(each) for each in theirs}
    return [each for each in ours if _matcher_text(each) not in known]


def _counted(expression: Any) -> tuple[tuple[str, ...], Any] | None:
    """What is done to a counter (``sum``, ``rate``, ``1m``), and its selector."""
    done: list[str] = []
    while True:
        if isinstance(expression, ParenExpr):
            expression = expression.expr
        elif isinstance(expression, BinaryExpr) and str(expression.op) == "or":
            expression = expression.lhs  # "or vector(0)" for counters that do not exist yet
        elif isinstance(expression, AggregateExpr) and str(expression.op) == "sum":
            done.append(f"sum {_grouping(expression)}")
            expression = expression.expr
        elif isinstance(expression, Call) and expression.func.name in ("rate", "increase", "irate"):
            done.append(expression.func.name)
            expression = expression.args[0]
        elif isinstance(expression, MatrixSelector):
            done.append(str(expression.range))
            return tuple(done), expression.vector_selector
        else:
            return (tuple(done), expression) if isinstance(expression, VectorSelector) else None


def _grouping(expression: Any) -> str:
    modifier = expression.modifier
    return "" if modifier is None else f"{modifier.type} {sorted(modifier.labels)}"


def _matcher_text(matcher: Any) -> str:
    signs = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
    sign = signs.get(str(matcher.op).rpartition(".")[2], "=")
    return f'{matcher.name}{sign}"{matcher.value}"'


def _walk(expression: Any) -> list[Any]:
    found, level = [], [expression]
    while level:
        each = level.pop()
        found.append(each)
        if isinstance(each, BinaryExpr):
            level += [each.lhs, each.rhs]
        elif isinstance(each, Call):
            level += list(each.args)
        elif isinstance(each, ParenExpr | UnaryExpr | AggregateExpr | SubqueryExpr):
            level.append(each.expr)
    return found
