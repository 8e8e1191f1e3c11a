"""Newcombe's interval and Fisher's test, as published and as SciPy and statsmodels have them."""

from __future__ import annotations

import pytest
from oracle_answers import ANSWERS

from canarytui.domain.statistics.proportions import Events, fisher_exact, newcombe_interval, wilson_interval

NEWCOMBE_1998 = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.6791, 1.0)),
    ((10, 10, 0, 10), (0.6075, 1.0)),
]
"""R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17
(1998) 873-890, table II, method 10."""


@pytest.mark.parametrize(("table", "published"), NEWCOMBE_1998)
def test_the_interval_is_that_of_newcombes_table(table, published):
    k1, n1, k2, n2 = table
    interval = newcombe_interval(Events(k1, n1), Events(k2, n2))
    assert (round(interval.lower, 4), round(interval.upper, 4)) == published


def test_the_tea_is_that_of_fisher():
    # R. A. Fisher, The Design of Experiments (1935): 3 of 4 cups right has a one-sided P of 17/70, so 34/70 two-sided.
    assert fisher_exact(Events(3, 4), Events(1, 4)) == pytest.approx(34 / 70, rel=1e-9)
    assert fisher_exact(Events(4, 4), Events(0, 4)) == pytest.approx(2 / 70, rel=1e-9)


def test_proportions_equal_the_oracles():
    assert len(ANSWERS["proportions"]) >= 40
    for case in ANSWERS["proportions"]:
        k1, n1, k2, n2 = case["table"]
        one, other = Events(k1, n1), Events(k2, n2)
        interval = newcombe_interval(one, other)
        assert [interval.lower, interval.upper] == pytest.approx(case["newcombe"], abs=1e-9), case
        assert list(wilson_interval(one)) == pytest.approx(case["wilson"], abs=1e-9), case
        assert fisher_exact(one, other) == pytest.approx(case["fisher"], rel=1e-6, abs=1e-300), case


def test_without_a_request_nothing_is_known():
    interval = newcombe_interval(Events(0, 0), Events(1, 10))
    assert interval.lower < -0.3
    assert interval.upper > 0.9
    assert fisher_exact(Events(0, 0), Events(1, 10)) == 1
