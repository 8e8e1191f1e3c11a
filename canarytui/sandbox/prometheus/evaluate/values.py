"""What PromQL expressions evaluate to: a number, a string, a vector of samples, or a matrix of ranges."""

from __future__ import annotations

import json
import math

from msgspec import Struct

from canarytui.sandbox.prometheus.exposition import Labels

NAME = "__name__"
Points = list[tuple[float, float]]


class QueryError(Exception):
    """The query can be parsed but not evaluated; the text is worded as Prometheus' errors are."""


class VectorSample(Struct, frozen=True):
    """One element of a vector."""

    labels: Labels
    value: float


class Range(Struct, frozen=True):
    """One element of a matrix: its points between `start_s` and `end_s`."""

    labels: Labels
    points: Points
    start_s: float
    end_s: float


Vector = list[VectorSample]
Matrix = list[Range]
Value = float | str | Vector | Matrix


def without_name(labels: Labels) -> Labels:
    """Labels without the metric's name, for values computed from it."""
    return tuple(pair for pair in labels if pair[0] != NAME)


def shown_labels(labels: Labels) -> str:
    """Labels as Prometheus writes them in errors."""
    return "{" + ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in labels) + "}"


def keep(labels: Labels, names: frozenset[str]) -> Labels:
    """Only the labels named."""
    return tuple(pair for pair in labels if pair[0] in names)


def drop(labels: Labels, names: frozenset[str]) -> Labels:
    """All labels but those named, and but the metric's name."""
    return tuple(pair for pair in labels if pair[0] not in names and pair[0] != NAME)


def go_max(left: float, right: float) -> float:
    """The greater one; NaN if either is, unless the other is +Inf."""
    if math.inf in (left, right):
        return math.inf
    return math.nan if math.isnan(left) or math.isnan(right) else max(left, right)


def go_min(left: float, right: float) -> float:
    """The smaller one; NaN if either is, unless the other is -Inf."""
    return -go_max(-left, -right)


def divide(left: float, right: float) -> float:
    """Division of IEEE 754: by zero it is infinite, or NaN."""
    if right == 0:
        return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
    return left / right


def unique(vector: Vector) -> Vector:
    """`vector`, which must not hold two elements of the same labels; raises QueryError."""
    if len({sample.labels for sample in vector}) != len(vector):
        raise QueryError("vector cannot contain metrics with the same labelset")
    return vector


def number_of(value: Value) -> float:
    """`value` as a number; raises QueryError."""
    if isinstance(value, float):
        return value
    raise QueryError("expected type scalar, got instant vector")


def vector_of(value: Value) -> Vector:
    """`value` as a vector; raises QueryError."""
    if isinstance(value, list) and all(isinstance(each, VectorSample) for each in value):
        return [each for each in value if isinstance(each, VectorSample)]
    raise QueryError("expected type instant vector")


def matrix_of(value: Value) -> Matrix:
    """`value` as a matrix; raises QueryError."""
    if isinstance(value, list) and all(isinstance(each, Range) for each in value):
        return [each for each in value if isinstance(each, Range)]
    raise QueryError("expected type range vector")
