"""Functions of one range vector."""

from __future__ import annotations

import math

import pytest
from promql import window

from canarytui.sandbox.prometheus.evaluate import ranges
from canarytui.sandbox.prometheus.evaluate.ranges import RANGE_FUNCTIONS
from canarytui.sandbox.prometheus.evaluate.values import Range

STEADY = window((0, 10), (10, 20), (20, 30))
RESET = window((0, 10), (10, 20), (20, 5))


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("delta", STEADY, 22),
        ("increase", STEADY, 22),
        ("rate", STEADY, 1),
        ("increase", RESET, 16.5),
        ("irate", STEADY, 1),
        ("irate", RESET, 0.5),
        ("idelta", RESET, -15),
        ("deriv", STEADY, 1),
        ("changes", RESET, 2),
        ("resets", RESET, 1),
        ("sum_over_time", STEADY, 60),
        ("avg_over_time", STEADY, 20),
        ("min_over_time", RESET, 5),
        ("max_over_time", RESET, 20),
        ("count_over_time", STEADY, 3),
        ("last_over_time", RESET, 5),
        ("present_over_time", RESET, 1),
        ("stdvar_over_time", STEADY, 200 / 3),
        ("stddev_over_time", STEADY, (200 / 3) ** 0.5),
        ("mad_over_time", STEADY, 10),
        ("first_over_time", STEADY, 10),
        ("ts_of_first_over_time", STEADY, 0),
        ("ts_of_last_over_time", STEADY, 20),
        ("ts_of_max_over_time", RESET, 10),
        ("ts_of_min_over_time", RESET, 20),
    ],
)
def test_each_function(name: str, given: Range, value: float) -> None:
    assert RANGE_FUNCTIONS[name](given) == pytest.approx(value)


@pytest.mark.parametrize("name", ["rate", "increase", "delta", "irate", "idelta", "deriv"])
def test_one_point_is_not_enough_for_a_change(name: str) -> None:
    assert RANGE_FUNCTIONS[name](window((0, 10))) is None


def test_predictions_and_smoothing() -> None:
    assert ranges.predict_linear(STEADY, 20, 10) == pytest.approx(40)
    assert ranges.predict_linear(window((0, 1)), 0, 10) is None
    assert ranges.smoothed(STEADY, 0.5, 0.5) == pytest.approx(30)
    assert ranges.smoothed(window((0, 1)), 0.5, 0.5) is None


@pytest.mark.parametrize(
    ("q", "value"), [(0, 1), (0.5, 2.5), (1, 4), (-0.1, -math.inf), (1.1, math.inf), (math.nan, math.nan)]
)
def test_quantiles(q: float, value: float) -> None:
    assert ranges.quantile(q, [4, 1, 3, 2]) == pytest.approx(value, nan_ok=True)
    assert math.isnan(ranges.quantile(0.5, []))


def test_sums_and_means_keep_small_numbers_beside_large_ones() -> None:
    assert ranges.total([1e100, 1, -1e100]) == 1
    assert ranges.mean([1, 2, 6]) == 3
    assert ranges.variance([1, 3]) == 1
    assert (ranges.least([2, math.nan, 1]), ranges.greatest([2, math.nan, 3])) == (1, 3)
