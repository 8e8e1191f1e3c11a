"""Values of PromQL: labels, arithmetic of Go, and what is taken for a number, vector or matrix."""

from __future__ import annotations

import math

import pytest
from promql import labels, vector, window

from canarytui.sandbox.prometheus.evaluate import values
from canarytui.sandbox.prometheus.evaluate.values import QueryError, Value

AB = labels("m", a="1", b="2")


def test_labels_are_kept_dropped_and_shown() -> None:
    assert values.without_name(AB) == labels("", a="1", b="2")
    assert values.keep(AB, frozenset({"a"})) == labels("", a="1")
    assert values.drop(AB, frozenset({"a"})) == labels("", b="2")
    assert values.shown_labels(labels("", a='x"y')) == '{a="x\\"y"}'


@pytest.mark.parametrize(
    ("left", "right", "most", "least"),
    [
        (1, 2, 2, 1),
        (math.nan, 1, math.nan, math.nan),
        (math.nan, math.inf, math.inf, math.nan),
        (math.nan, -math.inf, math.nan, -math.inf),
    ],
)
def test_greater_and_smaller_as_in_go(left: float, right: float, most: float, least: float) -> None:
    assert values.go_max(left, right) == pytest.approx(most, nan_ok=True)
    assert values.go_min(left, right) == pytest.approx(least, nan_ok=True)


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [(6, 3, 2), (1, 0.0, math.inf), (1, -0.0, -math.inf), (0, 0, math.nan), (-1, 0.0, -math.inf)],
)
def test_division(left: float, right: float, result: float) -> None:
    assert values.divide(left, right) == pytest.approx(result, nan_ok=True)


def test_two_elements_of_the_same_labels_are_refused() -> None:
    assert values.unique(vector(1, 2)) == vector(1, 2)
    with pytest.raises(QueryError, match="same labelset"):
        values.unique([*vector(1), *vector(2)])


@pytest.mark.parametrize(
    ("value", "kinds"),
    [(1.0, "number"), ("text", ""), (vector(1), "vector"), ([window((0, 1))], "matrix"), ([], "vector matrix")],
)
def test_what_a_value_is_taken_for(value: Value, kinds: str) -> None:
    for kind, take in (("number", values.number_of), ("vector", values.vector_of), ("matrix", values.matrix_of)):
        if kind in kinds.split():
            assert take(value) == value
        else:
            with pytest.raises(QueryError, match="expected type"):
                take(value)
