"""What is said of a query's values without asking it."""

from __future__ import annotations

import math

import pytest

from canarytui.lint.promql import bucketless_quantile, counted_share, has_fixed_window, value_range
from canarytui.metrics.promql import parsed

ERRORS, ALL = 'sum(rate(m{app="a",code=~"5.."}[1m]))', 'sum(rate(m{app="a"}[1m]))'
GOOD = 'sum(rate(m{app="a",code!~"5.."}[1m]))'


@pytest.mark.parametrize(("query", "low", "high"), [
    (f"{ERRORS} / {ALL}", 0, 1),
    (f"({ERRORS} or vector(0)) / {ALL} * 100", 0, 100),
    (f"100 - {ERRORS} / {ALL} * 100", 0, 100),
    (f"1 - ({ERRORS} / {ALL})", 0, 1),
    (f"{ALL} / {ERRORS}", 0, math.inf),
    ('sum(rate(m{app="a"}[1m])) / sum(rate(m{app="a"}[5m]))', 0, math.inf),
    ('sum(rate(other{app="a",code="500"}[1m])) / sum(rate(m{app="a"}[1m]))', 0, math.inf),
    ('sum by (pod) (rate(m{code="500"}[1m])) / sum(rate(m[1m]))', 0, math.inf),
    ("vector(7)", 7, 7),
    ("clamp_max(sum(rate(m[1m])), 3)", 0, 3),
    ("clamp_min(-vector(5), 0)", 0, 0),
    ("up == bool 1", 0, 1),
    ("sum(increase(m[1m])) * -1", -math.inf, 0),
    ("histogram_quantile(0.99, sum(rate(m_bucket[1m])) by (le))", -math.inf, math.inf),
    ("some_gauge", -math.inf, math.inf),
])  # fmt: skip
def test_the_range_of_a_query(query: str, low: float, high: float) -> None:
    found = value_range(parsed(query))
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(("query", "errors", "whole"), [
    (f"{ERRORS} / {ALL}", True, 1),
    (f"{GOOD} / {ALL} * 100", False, 100),
    (f"100 - {GOOD} / {ALL} * 100", True, 100),
    (f"1 - {ERRORS} / {ALL}", False, 1),
    (f"100 * (1 - ({ERRORS} / {ALL}))", False, 100),
])  # fmt: skip
def test_a_share_is_of_failed_requests_or_of_the_others(query: str, errors: bool, whole: float) -> None:
    found = counted_share(parsed(query))
    assert found is not None
    assert (found.errors, found.whole) == (errors, whole)


@pytest.mark.parametrize("query", [
    f"{ALL} / {ERRORS}",
    'sum(rate(m{app="a",path="/cart"}[1m])) / sum(rate(m{app="a"}[1m]))',
    'sum(rate(m{app="a",code="200"}[1m])) / sum(rate(m{app="a"}[1m]))',
    "sum(rate(m[1m]))",
])  # fmt: skip
def test_other_quotients_are_no_share_of_errors(query: str) -> None:
    assert counted_share(parsed(query)) is None


@pytest.mark.parametrize(("inner", "broken"), [
    ("sum(rate(m_bucket[1m])) by (le)", False),
    ("sum by (pod, le) (rate(m_bucket[1m]))", False),
    ("sum without (pod) (rate(m_bucket[1m]))", False),
    ("rate(m_bucket[1m])", False),
    ("sum(rate(native_histogram[1m]))", False),
    ("sum(rate(m_bucket[1m]))", True),
    ("sum by (pod) (rate(m_bucket[1m]))", True),
    ("sum without (le) (rate(m_bucket[1m]))", True),
    ('sum(rate(m_bucket{le="+Inf"}[1m])) by (le)', True),
])  # fmt: skip
def test_a_quantile_needs_its_buckets(inner: str, broken: bool) -> None:
    assert bool(bucketless_quantile(parsed(f"histogram_quantile(0.9, {inner})"))) == broken


def test_a_window_is_found_wherever_it_is() -> None:
    assert has_fixed_window(parsed("1 - avg(max_over_time(up[5m:1m]))"))
    assert not has_fixed_window(parsed("sum(up) / count(up)"))
