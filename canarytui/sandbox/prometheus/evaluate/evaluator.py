"""Walks a parsed expression at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from canarytui.sandbox.prometheus.evaluate import calls, parsing
from canarytui.sandbox.prometheus.evaluate.aggregation import AGGREGATIONS, aggregate
from canarytui.sandbox.prometheus.evaluate.binary import Matching, binary
from canarytui.sandbox.prometheus.evaluate.parsing import matchers_of
from canarytui.sandbox.prometheus.evaluate.values import (
    Matrix,
    QueryError,
    Range,
    Value,
    Vector,
    VectorSample,
    unique,
    vector_of,
    without_name,
)
from canarytui.sandbox.prometheus.storage import SeriesStorage

_DEFAULT_STEP_S = 60.0
_STEPS_MOST = 100_000
_OWN_LABELS = ("VectorSelector", "MatrixSelector", "SubqueryExpr", "ParenExpr")


class Evaluator:
    """Evaluates at `at_s`; `start_s` and `end_s` are those of the range query, if it is one.

    `steps` has an element for each step that subqueries may still take, so that no query runs forever.
    """

    def __init__(
        self,
        storage: SeriesStorage,
        at_s: float,
        *,
        start_s: float | None = None,
        end_s: float | None = None,
        steps: Iterator[int] | None = None,
    ) -> None:
        self.storage = storage
        self.at_s = float(at_s)
        self._start_s = at_s if start_s is None else start_s
        self._end_s = at_s if end_s is None else end_s
        self._steps = iter(range(_STEPS_MOST)) if steps is None else steps

    def evaluate(self, expression: Any) -> Value:
        """The value of an expression; raises QueryError."""
        method = getattr(self, f"_{type(expression).__name__}", None)
        if method is None:
            raise QueryError(f"expressions of kind {type(expression).__name__} cannot be evaluated here")
        value: Value = method(expression)
        if isinstance(value, list) and type(expression).__name__ not in _OWN_LABELS:
            unique([each for each in value if isinstance(each, VectorSample)])
        return value

    def _NumberLiteral(self, expression: Any) -> Value:
        return float(expression.val)

    def _StringLiteral(self, expression: Any) -> Value:
        return str(expression.val)

    def _ParenExpr(self, expression: Any) -> Value:
        return self.evaluate(expression.expr)

    def _UnaryExpr(self, expression: Any) -> Value:
        value = self.evaluate(expression.expr)
        if isinstance(value, float):
            return -value
        return [VectorSample(without_name(sample.labels), -sample.value) for sample in vector_of(value)]

    def _VectorSelector(self, selector: Any) -> Value:
        at_s = self.time_of(selector)
        found: Vector = []
        for series in self.storage.select(matchers_of(selector)):
            value = series.at(at_s)
            if value is not None:
                found.append(VectorSample(series.labels, value))
        return found

    def _MatrixSelector(self, expression: Any) -> Value:
        selector = expression.vector_selector
        end_s = self.time_of(selector)
        start_s = end_s - _seconds(expression.range)
        ranges: Matrix = []
        for series in self.storage.select(matchers_of(selector)):
            points = series.between(start_s, end_s)
            if points:
                ranges.append(Range(series.labels, points, start_s, end_s))
        return ranges

    def _SubqueryExpr(self, expression: Any) -> Value:
        end_s = self.time_of(expression)
        start_s = end_s - _seconds(expression.range)
        step_s = _seconds(expression.step) if expression.step else _DEFAULT_STEP_S
        # Steps lie on multiples of the step, so that neighbouring subqueries see the same ones.
        step_ms = max(1, round(step_s * 1000))
        first, last = -(-round(start_s * 1000) // step_ms), round(end_s * 1000) // step_ms
        points: dict[Any, list[tuple[float, float]]] = {}
        for step in range(first, last + 1):
            if next(self._steps, None) is None:
                raise QueryError("query processing would load too many samples into memory in query execution")
            at_s = step * step_ms / 1000
            evaluator = Evaluator(self.storage, at_s, start_s=self._start_s, end_s=self._end_s, steps=self._steps)
            inner = evaluator.evaluate(expression.expr)
            samples = [VectorSample((), inner)] if isinstance(inner, float) else vector_of(inner)
            for sample in samples:
                points.setdefault(sample.labels, []).append((at_s, sample.value))
        return [Range(labels, found, start_s, end_s) for labels, found in points.items()]

    def _AggregateExpr(self, expression: Any) -> Value:
        vector = vector_of(self.evaluate(expression.expr))
        parameter = self.evaluate(expression.param) if expression.param is not None else None
        if isinstance(parameter, list):
            raise QueryError("expected type scalar in aggregation parameter, got instant vector")
        modifier = expression.modifier
        labels = frozenset(modifier.labels) if modifier is not None else frozenset()
        without = modifier is not None and str(modifier.type).endswith("Without")
        return aggregate(str(expression.op), vector, parameter, labels, without=without)

    def _BinaryExpr(self, expression: Any) -> Value:
        left, right = self.evaluate(expression.lhs), self.evaluate(expression.rhs)
        return binary(str(expression.op), left, right, _matching(expression.modifier))

    def _Call(self, expression: Any) -> Value:
        call = calls.CALLS.get(expression.func.name)
        if call is None:
            raise QueryError(f"function {expression.func.name!r} cannot be evaluated here")
        return call(self, list(expression.args))

    def time_of(self, expression: Any) -> float:
        """The time that a selector looks at, given its ``@`` and ``offset``."""
        at_s = self.at_s
        modifier = getattr(expression, "at", None)
        if modifier is not None:
            kind = str(modifier.type)
            if kind.endswith("Start"):
                at_s = self._start_s
            elif kind.endswith("End"):
                at_s = self._end_s
            else:
                moment: datetime = modifier.at
                at_s = moment.timestamp()
        offset = getattr(expression, "offset", None)
        return at_s - _seconds(offset) if offset is not None else at_s


EVALUATED = frozenset(calls.CALLS)
"""Names of all functions that can be evaluated."""


def parse(query: str) -> Any:
    """The expression's tree; raises ParseError with Prometheus' sentence."""
    return parsing.parse(query, EVALUATED, AGGREGATIONS)


def _seconds(duration: timedelta) -> float:
    return duration.total_seconds()


def _matching(modifier: Any) -> Matching:
    if modifier is None:
        return Matching()
    label_modifier = modifier.matching
    card = str(modifier.card)
    group = "left" if card.endswith("ManyToOne") else "right" if card.endswith("OneToMany") else ""
    return Matching(
        on=label_modifier is not None and str(label_modifier.type).endswith("Include"),
        labels=frozenset(label_modifier.labels) if label_modifier is not None else frozenset(),
        group=group,
        include=tuple(modifier.group_labels or ()),
        return_bool=bool(modifier.return_bool),
    )
