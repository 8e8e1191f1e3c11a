"""Functions that look at their arguments as expressions, and that the table of functions is whole."""

from __future__ import annotations

import math
from typing import Any

import pytest
from promql import evaluated

from canarytui.sandbox.prometheus.evaluate import QueryError
from canarytui.sandbox.prometheus.evaluate.calls import CALLS

A = 'requests_total{pod="a"}'


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("time()", 100.0),
        ("pi()", math.pi),
        (f"scalar({A})", 100.0),
        ("vector(3)", {"": 3}),
        (f"timestamp({A} offset 15s)", {"job=x,pod=a": 80}),
        (f"timestamp(-{A})", {"job=x,pod=a": 100}),
        ('absent(none{a="b", c=~"d"})', {"a=b": 1}),
        (f"absent({A})", {}),
        ('absent_over_time(none{a="b"}[1m])', {"a=b": 1}),
        (f"clamp({A}, 1, 50)", {"job=x,pod=a": 50}),
        (f"clamp_min({A}, 150)", {"job=x,pod=a": 150}),
        (f"clamp_max({A}, 50)", {"job=x,pod=a": 50}),
        (f"round({A} / 30)", {"job=x,pod=a": 3}),
        (f"round({A}, 30)", {"job=x,pod=a": 90}),
        ("histogram_quantile(0.9, seconds_bucket)", {"": 0.5}),
        (f"predict_linear({A}[1m], 50)", {"job=x,pod=a": 150}),
        (f"quantile_over_time(0.5, {A}[20s])", {"job=x,pod=a": 90}),
        (f"last_over_time({A}[20s])", {"__name__=requests_total,job=x,pod=a": 100}),
        (f"abs(-{A})", {"job=x,pod=a": 100}),
        (f"hour({A} * 36)", {"job=x,pod=a": 1}),
        ("minute()", {"": 1}),
        (f"histogram_count({A})", {}),
        (f'label_replace({A}, "to", "$1-x", "pod", "(.*)")', {"__name__=requests_total,job=x,pod=a,to=a-x": 100}),
        (f'label_join({A}, "to", "-", "job", "pod")', {"__name__=requests_total,job=x,pod=a,to=x-a": 100}),
    ],
)
def test_functions(query: str, value: Any) -> None:
    assert evaluated(query) == (value if isinstance(value, dict) else pytest.approx(value))


@pytest.mark.parametrize(
    ("query", "order"),
    [("sort(requests_total)", "ab"), ("sort_desc(requests_total)", "ba"),
     ('sort_by_label(requests_total, "pod")', "ab"), ('sort_by_label_desc(requests_total, "pod")', "ba")],
)  # fmt: skip
def test_sorting(query: str, order: str) -> None:
    assert "".join(each[-1] for each in evaluated(query)) == order


def test_a_scalar_of_several_is_no_number() -> None:
    assert math.isnan(evaluated("scalar(requests_total)"))


@pytest.mark.parametrize("name", ["holt_winters", "double_exponential_smoothing"])
def test_smoothing_needs_factors_between_0_and_1(name: str) -> None:
    call = CALLS[name]
    assert call is CALLS["holt_winters"]
    with pytest.raises(QueryError, match="invalid smoothing factor"):
        evaluated(f"holt_winters({A}[1m], 2, 0.5)")
    assert evaluated(f"holt_winters({A}[1m], 0.5, 0.5)") == {"job=x,pod=a": 100}
