"""Bounds that hold at every look: against another way of finding them, and in simulated rollouts."""

from __future__ import annotations

import random

import pytest
from oracle_answers import ANSWERS
from simulated_rollouts import SimulatedSide, alarms, counted, looks

from canarytui.domain.statistics.always_valid import difference_bounds, exceeds, rate_bounds
from canarytui.domain.statistics.comparison import FALSE_ALARMS, JudgeSettings
from canarytui.domain.statistics.proportions import Events, newcombe_interval

PRODUCT = JudgeSettings()
TICKS = 20
ENOUGH_AT_5_PERCENT = 1600
"""Requests of the canary at a weight of 5 %, after which 1 to 3 % of errors is seen in at least 80 of 100 rollouts."""


def test_bounds_equal_those_that_scipy_finds():
    assert len(ANSWERS["always_valid"]) >= 25
    for case in ANSWERS["always_valid"]:
        k1, n1, k2, n2 = case["table"]
        bounds = difference_bounds(Events(k1, n1), Events(k2, n2), case["alpha"])
        assert [bounds.lower, bounds.upper] == pytest.approx(case["bounds"], abs=2e-6), case


def test_exceeds_is_the_lower_bound_above_zero():
    random_ = random.Random(4)
    seen = set()
    for _ in range(300):
        n1, n2 = random_.randint(1, 3000), random_.randint(1, 30_000)
        one, other = Events(counted(random_, n1, 0.04), n1), Events(counted(random_, n2, 0.01), n2)
        bounds = difference_bounds(one, other, 0.005)
        assert exceeds(one, other, 0.005) == (bounds.lower >= 0), (one, other, bounds)
        assert bounds.lower <= one.rate - other.rate <= bounds.upper
        mirrored = difference_bounds(other, one, 0.005)
        assert (mirrored.lower, mirrored.upper) == pytest.approx((-bounds.upper, -bounds.lower))
        seen.add(exceeds(one, other, 0.005))
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("one", "other"),
    [((0, 0), (0, 0)), ((0, 0), (5, 100)), ((0, 10), (0, 10)), ((10, 10), (10, 10)), ((1e6, 1e8), (2e6, 1e8))],
)
def test_bounds_at_the_edges(one, other):
    bounds = difference_bounds(Events(*one), Events(*other), 0.01)
    assert -1 <= bounds.lower <= Events(*one).rate - Events(*other).rate <= bounds.upper <= 1
    if not one[1]:
        assert bounds.upper == 1 or other[1]
        assert not exceeds(Events(*one), Events(*other), 0.01)


def test_the_rate_of_one_side_is_bounded_too():
    low, high = rate_bounds(Events(580, 1000), 0.01)
    assert 0.5 < low < 0.58 < high < 0.66
    assert rate_bounds(Events(0, 0), 0.01) == (0.0, 1.0)
    assert rate_bounds(Events(0, 100), 0.01)[0] == 0.0
    assert rate_bounds(Events(100, 100), 0.01)[1] == 1.0


@pytest.mark.parametrize(
    ("seed", "rollouts", "canary_requests", "failing"), [(1, 400, 50, 0.01), (2, 300, 200, 0.002), (3, 300, 20, 0.3)]
)
def test_one_rollout_in_a_hundred_at_most_alarms_falsely(seed, rollouts, canary_requests, failing):
    """Errors and response times together, looked at at every tick; a thousand rollouts in all."""
    canary, primary = SimulatedSide(canary_requests, failing), SimulatedSide(400, failing)
    assert len(alarms(seed, rollouts, canary, primary, TICKS, PRODUCT)) <= FALSE_ALARMS * rollouts


def test_a_fixed_sample_interval_at_every_look_alarms_too_often():
    """The same rollouts, with Newcombe's interval of 99 %: what the bounds that always hold are for."""
    side, other = SimulatedSide(50, 0.05), SimulatedSide(400, 0.05)
    random_, naive = random.Random(6), 0
    for _ in range(150):
        pairs = zip(looks(random_, side, 60), looks(random_, other, 60), strict=True)
        naive += any(newcombe_interval(one.failed, two.failed, 0.99).lower > 0 for one, two in pairs)
    assert naive > FALSE_ALARMS * 150


def test_one_to_three_percent_of_errors_is_seen():
    per_tick = ENOUGH_AT_5_PERCENT // TICKS
    canary, primary = SimulatedSide(per_tick, 0.03), SimulatedSide(per_tick * 19, 0.01)
    seen = alarms(7, 150, canary, primary, TICKS, PRODUCT)
    assert len(seen) >= 0.8 * 150
    assert min(seen) < TICKS  # many are seen earlier


def test_slow_answers_are_seen_where_no_request_fails():
    slow = SimulatedSide(100, 0.01, slower=(0.4, 0.12, 0.02))
    assert len(alarms(8, 40, slow, SimulatedSide(400, 0.01), TICKS, PRODUCT)) >= 0.8 * 40
