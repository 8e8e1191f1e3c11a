"""Mann-Whitney's test on buckets, P99's ratio, and the shares that are slower than a bound."""

from __future__ import annotations

import math

import pytest
from oracle_answers import ANSWERS

from canarytui.domain.statistics.grouped_samples import (
    QuantileRange,
    mann_whitney,
    quantile_range,
    quantile_ratio,
    slower_than,
)
from canarytui.domain.statistics.proportions import Events


def _buckets(groups):
    return [(float(at), float(sum(groups[: at + 1]))) for at in range(len(groups))]


def test_pain_scores_are_those_of_brunner_and_munzel():
    # E. Brunner, U. Munzel, The nonparametric Behrens-Fisher problem, Biometrical Journal 42 (2000) 17-25: shoulder
    # pain on a scale of 1 to 5, 14 patients treated and 11 not; the published relative effect is 0.789.
    treated = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
    untreated = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
    sides = [_buckets([scores.count(each) for each in range(1, 6)]) for scores in (untreated, treated)]
    ranks = mann_whitney(*sides)
    assert round(ranks.above, 3) == 0.789
    assert mann_whitney(*reversed(sides)).above == pytest.approx(1 - ranks.above)
    assert ranks.z > 0 > mann_whitney(*reversed(sides)).z


def test_ranks_equal_scipys():
    assert len(ANSWERS["ranks"]) >= 30
    for case in ANSWERS["ranks"]:
        ranks = mann_whitney(*(_buckets(groups) for groups in case["groups"]))
        assert ranks.u == pytest.approx(case["u"]), case
        assert ranks.p_value == pytest.approx(case["p"], rel=1e-9), case


def test_ranks_without_samples_or_without_a_difference():
    assert mann_whitney([], [(1.0, 4.0)]) is None
    assert mann_whitney([(1.0, 0.0)], [(1.0, 4.0)]) is None
    same = mann_whitney([(1.0, 9.0)], [(1.0, 4.0)])
    assert (same.z, same.p_value, same.above) == (0.0, 1.0, 0.5)


def test_bounds_of_one_side_only_are_left_out():
    one = [(100.0, 50.0), (200.0, 80.0), (math.inf, 100.0)]
    other = [(100.0, 80.0), (math.inf, 100.0)]
    assert mann_whitney(one, other) == mann_whitney([(100.0, 50.0), (math.inf, 100.0)], other)
    assert slower_than(one, other) == {100.0: (Events(50, 100), Events(20, 100))}


def test_p99_lies_between_the_limits_of_its_buckets():
    slow = [(100.0, 9000.0), (500.0, 9850.0), (1000.0, 10_000.0), (math.inf, 10_000.0)]
    fast = [(100.0, 9950.0), (500.0, 10_000.0), (1000.0, 10_000.0), (math.inf, 10_000.0)]
    assert quantile_range(slow, 0.99) == QuantileRange(500.0, 1000.0)
    assert quantile_range(fast, 0.99) == QuantileRange(0.0, 100.0)
    assert quantile_range([], 0.99) is None
    ratio = quantile_ratio(quantile_range(slow, 0.99), quantile_range(fast, 0.99))
    assert (ratio.lower, ratio.upper) == (5.0, math.inf)


def test_few_samples_leave_p99_open():
    assert quantile_range([(100.0, 20.0), (math.inf, 20.0)], 0.99).upper == math.inf
