"""Expressions walked: selectors, moments, subqueries, operators and aggregations put together."""

from __future__ import annotations

import itertools

import pytest
from promql import evaluated, storage

from canarytui.sandbox.prometheus.evaluate import Evaluator, QueryError, parse

NAMED = "__name__=requests_total,job=x,pod="


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("-(2)", -2.0),
        ('"text"', "text"),
        ("requests_total", {f"{NAMED}a": 100, f"{NAMED}b": 300}),
        ('requests_total{pod="a"}', {f"{NAMED}a": 100}),
        ('requests_total{pod="a"} offset 30s', {f"{NAMED}a": 70}),
        ('requests_total{pod="a"} @ 20', {f"{NAMED}a": 20}),
        ('requests_total{pod="a"} @ start()', {f"{NAMED}a": 100}),
        ('-requests_total{pod="a"}', {"job=x,pod=a": -100}),
        ('requests_total{pod="a"}[20s]', {f"{NAMED}a": [(80, 80), (90, 90), (100, 100)]}),
        ("rate(requests_total[1m])", {"job=x,pod=a": 1, "job=x,pod=b": 3}),
        ("sum(rate(requests_total[1m]))", {"": 4}),
        ("sum by (pod) (requests_total) > 200", {"pod=b": 300}),
        ("max_over_time(sum(requests_total)[30s:10s])", {"": 400}),
        ("sum(requests_total) / ignoring(pod) count(requests_total)", {"": 200}),
        ("absent(requests_total)", {}),
        ("nothing", {}),
    ],
)
def test_queries(query: str, value: object) -> None:
    assert evaluated(query) == pytest.approx(value) if not isinstance(value, dict) else evaluated(query) == value


def test_the_moment_of_a_range_query_has_its_start_and_end() -> None:
    evaluator = Evaluator(storage(), 50, start_s=20, end_s=80)
    for query, value in (("@ start()", 20), ("@ end()", 80), ("", 50)):
        (sample,) = evaluator.evaluate(parse(f'requests_total{{pod="a"}} {query}'))  # type: ignore[misc, union-attr]
        assert sample.value == value  # type: ignore[union-attr]


def test_subqueries_of_a_query_share_one_budget() -> None:
    evaluator = Evaluator(storage(), 100, steps=iter(range(5)))
    with pytest.raises(QueryError, match="too many samples"):
        evaluator.evaluate(parse("sum_over_time(vector(1)[1m:10s])"))
    generous = Evaluator(storage(), 100, steps=itertools.count())
    assert generous.evaluate(parse("sum_over_time(vector(1)[1m:10s])"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            'label_replace(requests_total, "pod", "x", "pod", ".*")',
            "vector cannot contain metrics with the same labelset",
        ),
        ("topk(scalar(requests_total), requests_total)", "overflows int64"),
    ],
)
def test_what_cannot_be_evaluated(query: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        evaluated(query)
