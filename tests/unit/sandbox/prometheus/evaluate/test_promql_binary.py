"""Binary operators between numbers and vectors, and how vectors are matched."""

from __future__ import annotations

import math
from typing import Any

import pytest
from promql import labels

from canarytui.sandbox.prometheus.evaluate.binary import Matching, binary
from canarytui.sandbox.prometheus.evaluate.values import QueryError, VectorSample

A, B = (VectorSample(labels("m", pod=pod, zone="z"), value) for pod, value in (("a", 4.0), ("b", 9.0)))
ZONE = VectorSample(labels("n", zone="z"), 2.0)
ON_ZONE = Matching(on=True, labels=frozenset({"zone"}))
PLAIN = Matching()


@pytest.mark.parametrize(
    ("operator", "value"),
    [("+", 9), ("-", 5), ("*", 14), ("/", 3.5), ("%", 1), ("^", 49), ("==", 0), ("!=", 1), (">", 1), ("<=", 0)],
)
def test_numbers(operator: str, value: float) -> None:
    assert binary(operator, 7.0, 2.0, PLAIN) == value


def test_division_by_zero_is_infinite() -> None:
    assert binary("/", -1.0, 0.0, PLAIN) == -math.inf
    assert math.isnan(binary("%", 1.0, 0.0, PLAIN))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operator", "left", "right", "matching", "found"),
    [
        ("*", [A, B], 2.0, PLAIN, {"a": 8, "b": 18}),
        ("-", 10.0, [A], PLAIN, {"a": 6}),
        (">", [A, B], 5.0, PLAIN, {"b": 9}),
        (">", [A, B], 5.0, Matching(return_bool=True), {"a": 0, "b": 1}),
        ("and", [A, B], [B], PLAIN, {"b": 9}),
        ("unless", [A, B], [B], PLAIN, {"a": 4}),
        ("or", [A], [A, B], PLAIN, {"a": 4, "b": 9}),
        ("+", [A, B], [A, B], PLAIN, {"a": 8, "b": 18}),
        ("/", [A, B], [ZONE], Matching(True, frozenset({"zone"}), "left"), {"a": 2, "b": 4.5}),
        ("/", [ZONE], [A, B], Matching(True, frozenset({"zone"}), "right"), {"a": 0.5, "b": 2 / 9}),
        ("+", [A], [ZONE], Matching(labels=frozenset({"pod"})), {"": 6}),
    ],
)
def test_vectors(operator: str, left: Any, right: Any, matching: Matching, found: dict[str, float]) -> None:
    result = binary(operator, left, right, matching)
    assert isinstance(result, list)
    assert {dict(each.labels).get("pod", ""): each.value for each in result if isinstance(each, VectorSample)} == found


def test_arithmetic_makes_a_value_without_a_name_and_a_comparison_keeps_it() -> None:
    (product,) = binary("*", [A], 2.0, PLAIN)  # type: ignore[misc]
    (kept,) = binary(">", [A], 2.0, PLAIN)  # type: ignore[misc]
    assert "__name__" not in dict(product.labels)  # type: ignore[union-attr]
    assert kept == A


@pytest.mark.parametrize(
    ("left", "right", "matching"),
    [([A, B], [ZONE], ON_ZONE), ([ZONE], [A, B], ON_ZONE), ("text", 1.0, PLAIN), (["x"], 1.0, PLAIN)],
)
def test_what_does_not_go_together_is_an_error(left: Any, right: Any, matching: Matching) -> None:
    with pytest.raises(QueryError):
        binary("+", left, right, matching)
