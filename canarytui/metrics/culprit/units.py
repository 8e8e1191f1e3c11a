"""Whether a query answers seconds and its threshold means milliseconds, or the other way round. Pure.

Told from the names of metrics, which end in their unit, and from what their values are multiplied by. Everything else
about the fit of query and threshold is a matter for lint.
"""

from __future__ import annotations

import math
from typing import Any

from canarytui.domain.rollout.checks import number_text
from canarytui.domain.sentences import culprit as words
from canarytui.metrics.culprit.cause import Cause, CauseKind
from canarytui.metrics.culprit.query_parts import query_parts, selector_of, unwrapped
from canarytui.metrics.promql import UnreadableQuery

_LONG_S, _SHORT_MS = 30.0, 1.0
"""A threshold of more seconds, or of fewer milliseconds, was meant in the other unit."""
_KEEPING = frozenset(("sum", "avg", "min", "max", "topk", "bottomk", "quantile"))


def wrong_unit(query: str, maximum: float | None) -> Cause | None:
    """The cause where the unit of a rendered query is not that of its upper threshold; None where it is, or where it is
    not known."""
    if maximum is None:
        return None
    try:
        unit_s = _unit_s(query_parts(query).tree)
    except UnreadableQuery:
        return None
    bound = f"max {number_text(maximum)}"
    if unit_s == 1 and maximum >= _LONG_S:
        return Cause(CauseKind.SECONDS, words.SECONDS.say(bound=bound), words.SECONDS_REMEDY.say())
    if math.isclose(unit_s, 0.001) and 0 < maximum <= _SHORT_MS:
        return Cause(CauseKind.MILLISECONDS, words.MILLISECONDS.say(bound=bound), words.MILLISECONDS_REMEDY.say())
    return None


def _unit_s(node: Any, *, of_buckets: bool = False) -> float:
    """The length of the unit of an expression's value, in seconds; 0 where it is no time or not known. A histogram's
    buckets count, and a quantile `of_buckets` is a time."""
    node = unwrapped(node)
    kind = type(node).__name__
    if kind in ("VectorSelector", "MatrixSelector"):
        selector = selector_of(node)
        return _unit_of(selector.metric, of_buckets=of_buckets) if selector is not None else 0.0
    if kind == "AggregateExpr":
        return _unit_s(node.expr, of_buckets=of_buckets) if str(node.op) in _KEEPING else 0.0
    if kind == "Call" and node.args:
        quantile = node.func.name == "histogram_quantile"
        return _unit_s(node.args[-1], of_buckets=of_buckets or quantile)
    if kind != "BinaryExpr":
        return 0.0
    factor, left = _number(node.rhs), _unit_s(node.lhs, of_buckets=of_buckets)
    if str(node.op) == "*":
        other = _number(node.lhs)
        return left / factor if factor else _unit_s(node.rhs) / other if other else 0.0
    if str(node.op) == "/":
        # Time spent, by its number.
        return left * factor if factor else 0.0 if _unit_s(node.rhs) else left
    return left if str(node.op) == "or" else 0.0


def _unit_of(metric: str, *, of_buckets: bool) -> float:
    name = metric.removesuffix("_bucket") if of_buckets else metric.removesuffix("_sum")
    if name.endswith("_seconds"):
        return 1.0
    return 0.001 if name.endswith(("_milliseconds", "_ms")) else 0.0


def _number(node: Any) -> float:
    """The value of a number that is written out; 0 for anything else."""
    node = unwrapped(node)
    return float(node.val) if type(node).__name__ == "NumberLiteral" else 0.0
