"""Aggregation operators over groups."""

from __future__ import annotations

import math

import pytest
from promql import labels, vector

from canarytui.sandbox.prometheus.evaluate.aggregation import AGGREGATIONS, aggregate
from canarytui.sandbox.prometheus.evaluate.values import QueryError, VectorSample

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("sum", 10),
        ("avg", 2.5),
        ("min", 1),
        ("max", 4),
        ("count", 4),
        ("group", 1),
        ("stdvar", 1.25),
        ("stddev", 1.25**0.5),
    ],
)
def test_one_group(operator: str, value: float) -> None:
    assert operator in AGGREGATIONS
    assert aggregate(operator, vector(1, 2, 3, 4), None, NONE, without=False) == [
        VectorSample((), pytest.approx(value))
    ]


def test_groups_by_and_without_labels() -> None:
    samples = [*vector(1, 2, pod="a"), *vector(10, 20, pod="b")]
    by = aggregate("sum", samples, None, frozenset({"pod"}), without=False)
    without = aggregate("sum", samples, None, frozenset({"n"}), without=True)
    assert by == without == [VectorSample(labels("", pod="a"), 3), VectorSample(labels("", pod="b"), 30)]


def test_ranks_keep_the_whole_labels_and_put_what_is_no_number_last() -> None:
    samples = vector(1, math.nan, 3)
    assert [s.value for s in aggregate("topk", samples, 2, NONE, without=False)] == [3, 1]
    assert [s.value for s in aggregate("bottomk", samples, 2, NONE, without=False)] == [1, 3]
    assert aggregate("topk", samples, 1, NONE, without=False)[0].labels == samples[2].labels
    assert aggregate("topk", samples, -1, NONE, without=False) == []


def test_quantiles_and_counted_values() -> None:
    assert aggregate("quantile", vector(1, 2, 3), 0.5, NONE, without=False) == [VectorSample((), 2)]
    counted = aggregate("count_values", vector(1, 1, 2), "v", NONE, without=False)
    assert counted == [VectorSample(labels("", v="1"), 2), VectorSample(labels("", v="2"), 1)]


@pytest.mark.parametrize(
    ("operator", "parameter", "said"),
    [
        ("topk", 1e30, "overflows int64"),
        ("topk", "x", "expected type scalar"),
        ("count_values", "a-b", "invalid label name"),
        ("median", None, "expected aggregation operator but got 'median'"),
    ],
)
def test_what_cannot_be_aggregated(operator: str, parameter: float | str | None, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        aggregate(operator, vector(1), parameter, NONE, without=False)
