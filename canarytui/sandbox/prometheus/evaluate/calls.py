"""Calls of PromQL's functions: each takes its arguments as expressions, because some look at more than their values.

Called by :class:`canarytui.sandbox.prometheus.evaluate.evaluator.Evaluator`; :data:`CALLS` is the table of all names.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from canarytui.sandbox.prometheus.evaluate import dates, functions
from canarytui.sandbox.prometheus.evaluate.histogram import histogram_quantile
from canarytui.sandbox.prometheus.evaluate.parsing import matchers_of
from canarytui.sandbox.prometheus.evaluate.ranges import KEEP_NAME, RANGE_FUNCTIONS, predict_linear, quantile, smoothed
from canarytui.sandbox.prometheus.evaluate.values import (
    QueryError,
    Value,
    Vector,
    VectorSample,
    matrix_of,
    number_of,
    unique,
    vector_of,
    without_name,
)
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.numbers import number_text
from canarytui.sandbox.prometheus.storage import SeriesStorage

# These are for native histograms, of which there are none here; for other values they return nothing.
_NATIVE_HISTOGRAM = tuple(f"histogram_{what}" for what in ("count", "sum", "avg", "stddev", "stdvar", "fraction"))


class Moment(Protocol):
    """Evaluates arguments at one moment; the evaluator itself."""

    storage: SeriesStorage
    at_s: float

    def evaluate(self, expression: Any) -> Value:
        """The value of an expression; raises QueryError."""

    def time_of(self, expression: Any) -> float:
        """The time that a selector looks at."""


FunctionCall = Callable[[Moment, list[Any]], Value]


def _of_range(name: str) -> FunctionCall:
    function = RANGE_FUNCTIONS[name]

    def call(at: Moment, arguments: list[Any]) -> Value:
        found: Vector = []
        for window in matrix_of(at.evaluate(arguments[0])):
            value = function(window)
            if value is not None:
                labels = window.labels if name in KEEP_NAME else without_name(window.labels)
                found.append(VectorSample(labels, value))
        return unique(found)

    return call


def _of_elements(name: str) -> FunctionCall:
    return lambda at, arguments: functions.elementwise(name, vector_of(at.evaluate(arguments[0])))


def _of_dates(name: str) -> FunctionCall:
    def call(at: Moment, arguments: list[Any]) -> Value:
        return dates.of(name, vector_of(at.evaluate(arguments[0])) if arguments else [VectorSample((), at.at_s)])

    return call


def _of_native_histograms(at: Moment, arguments: list[Any]) -> Value:
    vector_of(at.evaluate(arguments[-1]))
    return []


def _quantile_over_time(at: Moment, arguments: list[Any]) -> Value:
    q = number_of(at.evaluate(arguments[0]))
    windows = matrix_of(at.evaluate(arguments[1]))
    return unique([VectorSample(without_name(w.labels), quantile(q, [v for _, v in w.points])) for w in windows])


def _double_exponential_smoothing(at: Moment, arguments: list[Any]) -> Value:
    smoothing, trend = (number_of(at.evaluate(argument)) for argument in arguments[1:])
    windows = matrix_of(at.evaluate(arguments[0]))
    for factor, word, short in ((smoothing, "smoothing", "sf"), (trend, "trend", "tf")) if windows else ():
        if factor <= 0 or factor >= 1:
            shown = number_text(factor) if math.isinf(factor) else f"{factor:f}"
            raise QueryError(f"invalid {word} factor. Expected: 0 < {short} < 1, got: {shown}")
    values = [(window.labels, smoothed(window, smoothing, trend)) for window in windows]
    return [VectorSample(without_name(labels), value) for labels, value in values if value is not None]


def _predict_linear(at: Moment, arguments: list[Any]) -> Value:
    ahead_s = number_of(at.evaluate(arguments[1]))
    found: Vector = []
    for window in matrix_of(at.evaluate(arguments[0])):
        value = predict_linear(window, at.at_s, ahead_s)
        if value is not None:
            found.append(VectorSample(without_name(window.labels), value))
    return unique(found)


def _histogram_quantile(at: Moment, arguments: list[Any]) -> Value:
    return histogram_quantile(number_of(at.evaluate(arguments[0])), vector_of(at.evaluate(arguments[1])))


def _time(at: Moment, arguments: list[Any]) -> Value:
    return at.at_s


def _pi(at: Moment, arguments: list[Any]) -> Value:
    return math.pi


def _scalar(at: Moment, arguments: list[Any]) -> Value:
    vector = vector_of(at.evaluate(arguments[0]))
    return vector[0].value if len(vector) == 1 else math.nan


def _vector(at: Moment, arguments: list[Any]) -> Value:
    return [VectorSample((), number_of(at.evaluate(arguments[0])))]


def _timestamp(at: Moment, arguments: list[Any]) -> Value:
    selector = arguments[0]
    if type(selector).__name__ != "VectorSelector":
        return [VectorSample(without_name(s.labels), at.at_s) for s in vector_of(at.evaluate(selector))]
    at_s = at.time_of(selector)
    series = at.storage.select(matchers_of(selector))
    return [VectorSample(without_name(s.labels), s.sample_time(at_s)) for s in series if s.at(at_s) is not None]


def _absent(at: Moment, arguments: list[Any]) -> Value:
    if vector_of(at.evaluate(arguments[0])):
        return []
    return [VectorSample(_wanted_labels(arguments[0]), 1.0)]


def _absent_over_time(at: Moment, arguments: list[Any]) -> Value:
    if matrix_of(at.evaluate(arguments[0])):
        return []
    return [VectorSample(_wanted_labels(getattr(arguments[0], "vector_selector", None)), 1.0)]


def _clamp(at: Moment, arguments: list[Any]) -> Value:
    low, high = (number_of(at.evaluate(argument)) for argument in arguments[1:3])
    return unique(functions.clamp(vector_of(at.evaluate(arguments[0])), low, high))


def _clamp_min(at: Moment, arguments: list[Any]) -> Value:
    low = number_of(at.evaluate(arguments[1]))
    return unique(functions.clamp(vector_of(at.evaluate(arguments[0])), low, math.inf))


def _clamp_max(at: Moment, arguments: list[Any]) -> Value:
    high = number_of(at.evaluate(arguments[1]))
    return unique(functions.clamp(vector_of(at.evaluate(arguments[0])), -math.inf, high))


def _round(at: Moment, arguments: list[Any]) -> Value:
    nearest = number_of(at.evaluate(arguments[1])) if len(arguments) > 1 else 1.0
    return unique(functions.round_to(vector_of(at.evaluate(arguments[0])), nearest))


def _sort(at: Moment, arguments: list[Any]) -> Value:
    return functions.ordered(vector_of(at.evaluate(arguments[0])), descending=False)


def _sort_desc(at: Moment, arguments: list[Any]) -> Value:
    return functions.ordered(vector_of(at.evaluate(arguments[0])), descending=True)


def _sort_by_label(at: Moment, arguments: list[Any]) -> Value:
    vector, *names = (at.evaluate(argument) for argument in arguments)
    return functions.by_label(vector_of(vector), [str(name) for name in names], descending=False)


def _sort_by_label_desc(at: Moment, arguments: list[Any]) -> Value:
    vector, *names = (at.evaluate(argument) for argument in arguments)
    return functions.by_label(vector_of(vector), [str(name) for name in names], descending=True)


def _label_replace(at: Moment, arguments: list[Any]) -> Value:
    texts = [str(at.evaluate(argument)) for argument in arguments[1:]]
    return unique(functions.label_replace(vector_of(at.evaluate(arguments[0])), texts))


def _label_join(at: Moment, arguments: list[Any]) -> Value:
    target, separator, *sources = (str(at.evaluate(argument)) for argument in arguments[1:])
    return unique(functions.label_join(vector_of(at.evaluate(arguments[0])), target, separator, sources))


def _wanted_labels(selector: Any) -> Any:
    """The labels that an absent series would have had: those matched by equality."""
    if type(selector).__name__ != "VectorSelector":
        return ()
    matchers = [matcher for matcher in matchers_of(selector) if matcher.name != "__name__"]
    counts = Counter(matcher.name for matcher in matchers)
    return make_labels({m.name: m.value for m in matchers if m.operator == "=" and counts[m.name] == 1})


CALLS: dict[str, FunctionCall] = {
    **{name: _of_range(name) for name in RANGE_FUNCTIONS},
    **{name: _of_elements(name) for name in functions.ELEMENTWISE},
    **{name: _of_dates(name) for name in dates.DATES},
    **dict.fromkeys(_NATIVE_HISTOGRAM, _of_native_histograms),
    "holt_winters": _double_exponential_smoothing,
    "quantile_over_time": _quantile_over_time,
    "double_exponential_smoothing": _double_exponential_smoothing,
    "predict_linear": _predict_linear,
    "histogram_quantile": _histogram_quantile,
    "time": _time,
    "pi": _pi,
    "scalar": _scalar,
    "vector": _vector,
    "timestamp": _timestamp,
    "absent": _absent,
    "absent_over_time": _absent_over_time,
    "clamp": _clamp,
    "clamp_min": _clamp_min,
    "clamp_max": _clamp_max,
    "round": _round,
    "sort": _sort,
    "sort_desc": _sort_desc,
    "sort_by_label": _sort_by_label,
    "sort_by_label_desc": _sort_by_label_desc,
    "label_replace": _label_replace,
    "label_join": _label_join,
}
"""Every function that can be evaluated, by name."""
