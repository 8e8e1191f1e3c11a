"""Functions of instant vectors, numbers and strings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from canarytui.sandbox.go_regexp import BadPattern, compile_anchored, expand
from canarytui.sandbox.prometheus.evaluate.values import (
    QueryError,
    Vector,
    VectorSample,
    divide,
    go_max,
    go_min,
    without_name,
)
from canarytui.sandbox.prometheus.exposition import make_labels

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def checked_label(name: str, sentence: str) -> str:
    """`name` if it is a valid label name; else raises QueryError with `sentence`, formatted with the name."""
    if _LABEL_NAME.fullmatch(name) is None:
        raise QueryError(sentence.format(name))
    return name


def _guarded(function: Callable[[float], float]) -> Callable[[float], float]:
    def apply(value: float) -> float:
        try:
            return float(function(value))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return apply


def _log(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -math.inf if value == 0 else math.inf if value == math.inf else _guarded(function)(value)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: float(function(value)) if math.isfinite(value) else value


def _sign(value: float) -> float:
    return value if math.isnan(value) or value == 0 else math.copysign(1.0, value)


ELEMENTWISE: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "exp": _guarded(math.exp),
    "sqrt": _guarded(math.sqrt),
    "ln": _log(math.log),
    "log2": _log(math.log2),
    "log10": _log(math.log10),
    "sgn": _sign,
    "deg": math.degrees,
    "rad": math.radians,
    **{
        name: _guarded(getattr(math, name))
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "asinh", "acosh", "tanh", "cosh")
    },
    "sinh": lambda value: math.copysign(_guarded(math.sinh)(abs(value)), value),
    "atanh": lambda value: math.copysign(math.inf, value) if abs(value) == 1 else _guarded(math.atanh)(value),
}


def elementwise(name: str, vector: Vector) -> Vector:
    """``abs(v)`` and its like."""
    function = ELEMENTWISE[name]
    return [VectorSample(without_name(sample.labels), function(sample.value)) for sample in vector]


def clamp(vector: Vector, low: float, high: float) -> Vector:
    """Values within bounds; nothing when the bounds are the wrong way round."""
    if low > high:
        return []
    return [VectorSample(without_name(s.labels), go_max(low, go_min(high, s.value))) for s in vector]


def round_to(vector: Vector, nearest: float) -> Vector:
    """Rounded to multiples of `nearest`, halves up."""
    inverse = divide(1.0, nearest)

    def rounded(value: float) -> float:
        scaled = value * inverse + 0.5
        return divide(float(math.floor(scaled)) if math.isfinite(scaled) else scaled, inverse)

    return [VectorSample(without_name(s.labels), rounded(s.value)) for s in vector]


def ordered(vector: Vector, *, descending: bool) -> Vector:
    """Sorted by value, NaN last."""
    return sorted(
        vector,
        key=lambda s: (math.isnan(s.value), 0.0 if math.isnan(s.value) else -s.value if descending else s.value),
    )


def by_label(vector: Vector, names: Sequence[str], *, descending: bool) -> Vector:
    """Sorted by the values of labels, numbers in them by size."""

    def key(sample: VectorSample) -> list[list[tuple[int, int, str]]]:
        values = dict(sample.labels)
        return [_natural(values.get(name, "")) for name in names] + [_natural(str(sample.labels))]

    return sorted(vector, key=key, reverse=descending)


def _natural(text: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts]


def label_replace(vector: Vector, arguments: Sequence[str]) -> Vector:
    """``label_replace(v, dst, replacement, src, regex)``; raises QueryError for a bad pattern."""
    target, replacement, source, pattern = arguments
    try:
        compiled = compile_anchored(pattern)
    except BadPattern as error:
        raise QueryError(f"invalid regular expression in label_replace(): {pattern}") from error
    checked_label(target, "invalid destination label name in label_replace(): {}")
    found: Vector = []
    for sample in vector:
        values = dict(sample.labels)
        match = compiled.search(values.get(source, ""))
        if match is not None:
            values[target] = expand(replacement, match, compiled)
        found.append(VectorSample(make_labels(values), sample.value))
    return found


def label_join(vector: Vector, target: str, separator: str, sources: Sequence[str]) -> Vector:
    """``label_join(v, dst, separator, src…)``; raises QueryError for names that no label can have."""
    checked_label(target, "invalid destination label name in label_join(): {}")
    for name in sources:
        checked_label(name, "invalid source label name in label_join(): {}")
    return [
        VectorSample(
            make_labels({**dict(s.labels), target: separator.join(dict(s.labels).get(name, "") for name in sources)}),
            s.value,
        )
        for s in vector
    ]
