"""Functions of instant vectors, numbers and strings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from canarytui.sandbox.prometheus.evaluate.values import QueryError, Sample, Vector, without_name
from canarytui.sandbox.prometheus.exposition import make_labels


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
}


def elementwise(name: str, vector: Vector) -> Vector:
    """``abs(v)`` and its like."""
    function = ELEMENTWISE[name]
    return [Sample(without_name(sample.labels), function(sample.value)) for sample in vector]


def clamp(vector: Vector, low: float, high: float) -> Vector:
    """Values within bounds; nothing when the bounds are the wrong way round."""
    if low > high:
        return []
    if math.isnan(low) or math.isnan(high):
        return [Sample(without_name(s.labels), math.nan) for s in vector]
    return [Sample(without_name(s.labels), max(low, min(high, s.value))) for s in vector]


def round_to(vector: Vector, nearest: float) -> Vector:
    """Rounded to multiples of `nearest`, halves up."""
    inverse = 1.0 / nearest
    return [
        Sample(
            without_name(s.labels), math.floor(s.value * inverse + 0.5) / inverse if math.isfinite(s.value) else s.value
        )
        for s in vector
    ]


def ordered(vector: Vector, *, descending: bool) -> Vector:
    """Sorted by value, NaN last."""
    return sorted(
        vector,
        key=lambda s: (math.isnan(s.value), 0.0 if math.isnan(s.value) else -s.value if descending else s.value),
    )


def label_replace(vector: Vector, arguments: Sequence[str]) -> Vector:
    """``label_replace(v, dst, replacement, src, regex)``; raises QueryError for a bad pattern."""
    target, replacement, source, pattern = arguments
    try:
        compiled = re.compile(f"(?:{pattern})", re.DOTALL)
    except re.error as error:
        raise QueryError(f"invalid regular expression in label_replace(): {pattern}") from error
    template = re.sub(r"\$(\d+|\{\w+\}|\w+)", lambda m: f"\\g<{m[1].strip('{}')}>", replacement.replace("\\", "\\\\"))
    found: Vector = []
    for sample in vector:
        values = dict(sample.labels)
        match = compiled.fullmatch(values.get(source, ""))
        if match is not None:
            values[target] = match.expand(template)
        found.append(Sample(make_labels(values), sample.value))
    return found


def label_join(vector: Vector, target: str, separator: str, sources: Sequence[str]) -> Vector:
    """``label_join(v, dst, separator, src…)``."""
    return [
        Sample(
            make_labels({**dict(s.labels), target: separator.join(dict(s.labels).get(name, "") for name in sources)}),
            s.value,
        )
        for s in vector
    ]
