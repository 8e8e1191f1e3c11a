"""Functions of instant vectors, numbers and strings."""

from __future__ import annotations

import math

import pytest
from promql import labels, vector

from canarytui.sandbox.prometheus.evaluate import functions
from canarytui.sandbox.prometheus.evaluate.values import QueryError, VectorSample


def values(samples: list[VectorSample]) -> list[float]:
    return [sample.value for sample in samples]


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("abs", -2, 2),
        ("ceil", 1.2, 2),
        ("floor", -1.2, -2),
        ("exp", 1000, math.inf),
        ("sqrt", -1, math.nan),
        ("ln", 0, -math.inf),
        ("log2", 8, 3),
        ("log10", -1, math.nan),
        ("sgn", -3, -1),
        ("sgn", 0, 0),
        ("deg", math.pi, 180),
        ("rad", 180, math.pi),
        ("sin", 0, 0),
        ("sinh", -1000, -math.inf),
        ("atanh", 1, math.inf),
        ("floor", math.inf, math.inf),
    ],
)
def test_of_each_element(name: str, value: float, result: float) -> None:
    (found,) = functions.elementwise(name, [VectorSample(labels("m", a="b"), float(value))])
    assert found.labels == labels("", a="b")
    assert found.value == pytest.approx(result, nan_ok=True)


def test_clamping_and_rounding() -> None:
    assert values(functions.clamp(vector(1, 5, 9), 2, 8)) == [2, 5, 8]
    assert functions.clamp(vector(1), 8, 2) == []
    assert values(functions.round_to(vector(1.5, 2.5, -1.5, 7), 1)) == [2, 3, -1, 7]
    assert values(functions.round_to(vector(7), 5)) == [5]


def test_order_puts_what_is_no_number_last() -> None:
    samples = vector(2, math.nan, 1)
    assert values(functions.ordered(samples, descending=False))[:2] == [1, 2]
    assert values(functions.ordered(samples, descending=True))[:2] == [2, 1]
    named = [VectorSample(labels("m", n=n), 0) for n in ("10", "9", "1")]
    assert [dict(s.labels)["n"] for s in functions.by_label(named, ["n"], descending=False)] == ["1", "9", "10"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["to", "$1!", "n", "(.)"], {"n": "0", "to": "0!"}),
        (["to", "x", "n", "other"], {"n": "0"}),
        (["n", "", "n", ".*"], {}),
        (["to", "none", "missing", ""], {"n": "0", "to": "none"}),
    ],
)
def test_labels_are_replaced(arguments: list[str], found: dict[str, str]) -> None:
    (sample,) = functions.label_replace(vector(1), arguments)
    assert dict(sample.labels) == {"__name__": "m", **found}


def test_labels_are_joined() -> None:
    (sample,) = functions.label_join(vector(1, a="x"), "to", "-", ["n", "a", "missing"])
    assert dict(sample.labels)["to"] == "0-x-"


@pytest.mark.parametrize("arguments", [["a-b", "", "n", ""], ["to", "", "n", "("]])
def test_what_is_no_label_or_pattern_is_refused(arguments: list[str]) -> None:
    with pytest.raises(QueryError):
        functions.label_replace(vector(1), arguments)
