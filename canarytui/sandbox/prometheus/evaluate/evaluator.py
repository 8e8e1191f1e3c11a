"""Walks a parsed expression at one moment."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from canarytui.sandbox.prometheus.evaluate import dates, functions, parsing
from canarytui.sandbox.prometheus.evaluate.aggregation import AGGREGATIONS, aggregate
from canarytui.sandbox.prometheus.evaluate.binary import Matching, binary
from canarytui.sandbox.prometheus.evaluate.histogram import histogram_quantile
from canarytui.sandbox.prometheus.evaluate.parsing import matchers_of
from canarytui.sandbox.prometheus.evaluate.ranges import KEEP_NAME, RANGE_FUNCTIONS, predict_linear, quantile, smoothed
from canarytui.sandbox.prometheus.evaluate.values import (
    Matrix,
    QueryError,
    Range,
    Sample,
    Value,
    Vector,
    unique,
    without_name,
)
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.numbers import number_text
from canarytui.sandbox.prometheus.storage import Storage

_DEFAULT_STEP_S = 60.0
_STEPS_MOST = 100_000
_OWN_LABELS = ("VectorSelector", "MatrixSelector", "SubqueryExpr", "ParenExpr")
# These are about native histograms, of which there are none here; of other values they make nothing.
_NATIVE_HISTOGRAM = frozenset(f"histogram_{what}" for what in ("count", "sum", "avg", "stddev", "stdvar", "fraction"))


class Evaluator:
    """Evaluates at `at_s`; `start_s` and `end_s` are those of the range query, if it is one.

    `steps` has an element for each step that subqueries may still take, so that no query runs for ever.
    """

    def __init__(
        self,
        storage: Storage,
        at_s: float,
        *,
        start_s: float | None = None,
        end_s: float | None = None,
        steps: Iterator[int] | None = None,
    ) -> None:
        self._storage = storage
        self._at_s = float(at_s)
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
            unique([each for each in value if isinstance(each, Sample)])
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
        return [Sample(without_name(sample.labels), -sample.value) for sample in _vector(value)]

    def _VectorSelector(self, selector: Any) -> Value:
        at_s = self._moment(selector)
        found: Vector = []
        for series in self._storage.select(matchers_of(selector)):
            value = series.at(at_s)
            if value is not None:
                found.append(Sample(series.labels, value))
        return found

    def _MatrixSelector(self, expression: Any) -> Value:
        selector = expression.vector_selector
        end_s = self._moment(selector)
        start_s = end_s - _seconds(expression.range)
        ranges: Matrix = []
        for series in self._storage.select(matchers_of(selector)):
            points = series.between(start_s, end_s)
            if points:
                ranges.append(Range(series.labels, points, start_s, end_s))
        return ranges

    def _SubqueryExpr(self, expression: Any) -> Value:
        end_s = self._moment(expression)
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
            evaluator = Evaluator(self._storage, at_s, start_s=self._start_s, end_s=self._end_s, steps=self._steps)
            inner = evaluator.evaluate(expression.expr)
            samples = [Sample((), inner)] if isinstance(inner, float) else _vector(inner)
            for sample in samples:
                points.setdefault(sample.labels, []).append((at_s, sample.value))
        return [Range(labels, found, start_s, end_s) for labels, found in points.items()]

    def _AggregateExpr(self, expression: Any) -> Value:
        vector = _vector(self.evaluate(expression.expr))
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
        name, arguments = expression.func.name, list(expression.args)
        if name in RANGE_FUNCTIONS:
            return self._range_call(name, arguments[0])
        if name in functions.ELEMENTWISE:
            return functions.elementwise(name, _vector(self.evaluate(arguments[0])))
        if name in dates.DATES:
            return dates.of(name, _vector(self.evaluate(arguments[0])) if arguments else [Sample((), self._at_s)])
        if name in _NATIVE_HISTOGRAM:
            _vector(self.evaluate(arguments[-1]))
            return []
        method = getattr(self, f"_call_{name}", None)
        if method is None:
            raise QueryError(f"function {name!r} cannot be evaluated here")
        value: Value = method(arguments)
        return value

    def _range_call(self, name: str, argument: Any) -> Value:
        function = RANGE_FUNCTIONS[name]
        found: Vector = []
        for window in _matrix(self.evaluate(argument)):
            value = function(window)
            if value is not None:
                labels = window.labels if name in KEEP_NAME else without_name(window.labels)
                found.append(Sample(labels, value))
        return unique(found)

    def _call_quantile_over_time(self, arguments: list[Any]) -> Value:
        q = _number(self.evaluate(arguments[0]))
        windows = _matrix(self.evaluate(arguments[1]))
        return unique([Sample(without_name(w.labels), quantile(q, [v for _, v in w.points])) for w in windows])

    def _call_double_exponential_smoothing(self, arguments: list[Any]) -> Value:
        smoothing, trend = (_number(self.evaluate(argument)) for argument in arguments[1:])
        windows = _matrix(self.evaluate(arguments[0]))
        for factor, word, short in ((smoothing, "smoothing", "sf"), (trend, "trend", "tf")) if windows else ():
            if factor <= 0 or factor >= 1:
                shown = number_text(factor) if math.isinf(factor) else f"{factor:f}"
                raise QueryError(f"invalid {word} factor. Expected: 0 < {short} < 1, got: {shown}")
        values = [(window.labels, smoothed(window, smoothing, trend)) for window in windows]
        return [Sample(without_name(labels), value) for labels, value in values if value is not None]

    _call_holt_winters = _call_double_exponential_smoothing

    def _call_predict_linear(self, arguments: list[Any]) -> Value:
        ahead_s = _number(self.evaluate(arguments[1]))
        found: Vector = []
        for window in _matrix(self.evaluate(arguments[0])):
            value = predict_linear(window, self._at_s, ahead_s)
            if value is not None:
                found.append(Sample(without_name(window.labels), value))
        return unique(found)

    def _call_histogram_quantile(self, arguments: list[Any]) -> Value:
        return histogram_quantile(_number(self.evaluate(arguments[0])), _vector(self.evaluate(arguments[1])))

    def _call_time(self, arguments: list[Any]) -> Value:
        return self._at_s

    def _call_pi(self, arguments: list[Any]) -> Value:
        return math.pi

    def _call_scalar(self, arguments: list[Any]) -> Value:
        vector = _vector(self.evaluate(arguments[0]))
        return vector[0].value if len(vector) == 1 else math.nan

    def _call_vector(self, arguments: list[Any]) -> Value:
        return [Sample((), _number(self.evaluate(arguments[0])))]

    def _call_timestamp(self, arguments: list[Any]) -> Value:
        selector = arguments[0]
        if type(selector).__name__ != "VectorSelector":
            return [Sample(without_name(s.labels), self._at_s) for s in _vector(self.evaluate(selector))]
        at_s = self._moment(selector)
        series = self._storage.select(matchers_of(selector))
        return [Sample(without_name(s.labels), s.sample_time(at_s)) for s in series if s.at(at_s) is not None]

    def _call_absent(self, arguments: list[Any]) -> Value:
        if _vector(self.evaluate(arguments[0])):
            return []
        return [Sample(_wanted_labels(arguments[0]), 1.0)]

    def _call_absent_over_time(self, arguments: list[Any]) -> Value:
        if _matrix(self.evaluate(arguments[0])):
            return []
        return [Sample(_wanted_labels(getattr(arguments[0], "vector_selector", None)), 1.0)]

    def _call_clamp(self, arguments: list[Any]) -> Value:
        low, high = (_number(self.evaluate(argument)) for argument in arguments[1:3])
        return unique(functions.clamp(_vector(self.evaluate(arguments[0])), low, high))

    def _call_clamp_min(self, arguments: list[Any]) -> Value:
        low = _number(self.evaluate(arguments[1]))
        return unique(functions.clamp(_vector(self.evaluate(arguments[0])), low, math.inf))

    def _call_clamp_max(self, arguments: list[Any]) -> Value:
        high = _number(self.evaluate(arguments[1]))
        return unique(functions.clamp(_vector(self.evaluate(arguments[0])), -math.inf, high))

    def _call_round(self, arguments: list[Any]) -> Value:
        nearest = _number(self.evaluate(arguments[1])) if len(arguments) > 1 else 1.0
        return unique(functions.round_to(_vector(self.evaluate(arguments[0])), nearest))

    def _call_sort(self, arguments: list[Any]) -> Value:
        return functions.ordered(_vector(self.evaluate(arguments[0])), descending=False)

    def _call_sort_desc(self, arguments: list[Any]) -> Value:
        return functions.ordered(_vector(self.evaluate(arguments[0])), descending=True)

    def _call_sort_by_label(self, arguments: list[Any]) -> Value:
        vector, *names = (self.evaluate(argument) for argument in arguments)
        return functions.by_label(_vector(vector), [str(name) for name in names], descending=False)

    def _call_sort_by_label_desc(self, arguments: list[Any]) -> Value:
        vector, *names = (self.evaluate(argument) for argument in arguments)
        return functions.by_label(_vector(vector), [str(name) for name in names], descending=True)

    def _call_label_replace(self, arguments: list[Any]) -> Value:
        texts = [str(self.evaluate(argument)) for argument in arguments[1:]]
        return unique(functions.label_replace(_vector(self.evaluate(arguments[0])), texts))

    def _call_label_join(self, arguments: list[Any]) -> Value:
        target, separator, *sources = (str(self.evaluate(argument)) for argument in arguments[1:])
        return unique(functions.label_join(_vector(self.evaluate(arguments[0])), target, separator, sources))

    def _moment(self, expression: Any) -> float:
        """The time that a selector looks at, given its ``@`` and ``offset``."""
        at_s = self._at_s
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


_CALLS = frozenset(name.removeprefix("_call_") for name in vars(Evaluator) if name.startswith("_call_"))
EVALUATED = _CALLS | RANGE_FUNCTIONS.keys() | functions.ELEMENTWISE.keys() | dates.DATES.keys() | _NATIVE_HISTOGRAM
"""Names of all functions that can be evaluated."""


def parse(query: str) -> Any:
    """The expression's tree; raises ParseError with Prometheus' sentence."""
    return parsing.parse(query, EVALUATED, AGGREGATIONS)


def _seconds(duration: timedelta) -> float:
    return duration.total_seconds()


def _number(value: Value) -> float:
    if isinstance(value, float):
        return value
    raise QueryError("expected type scalar, got instant vector")


def _vector(value: Value) -> Vector:
    if isinstance(value, list) and all(isinstance(each, Sample) for each in value):
        return [each for each in value if isinstance(each, Sample)]
    raise QueryError("expected type instant vector")


def _matrix(value: Value) -> Matrix:
    if isinstance(value, list) and all(isinstance(each, Range) for each in value):
        return [each for each in value if isinstance(each, Range)]
    raise QueryError("expected type range vector")


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


def _wanted_labels(selector: Any) -> Any:
    """The labels that an absent series would have had: those matched by equality."""
    if type(selector).__name__ != "VectorSelector":
        return ()
    matchers = [matcher for matcher in matchers_of(selector) if matcher.name != "__name__"]
    counts = Counter(matcher.name for matcher in matchers)
    return make_labels({m.name: m.value for m in matchers if m.operator == "=" and counts[m.name] == 1})
