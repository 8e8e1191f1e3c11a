"""What a prediction makes of a rollout's first minute, when the canary has had no requests, or no values yet."""

from __future__ import annotations

import pytest
from drilled import NOW, situation, traffic
from replacing import replace

from canarytui.domain.rollout.situation import Situation
from canarytui.drills.library import load_drill
from canarytui.drills.predicted import DrillOutcome
from canarytui.drills.prediction import predict

ERRORS = load_drill("errors-500")
UNSEEN = {"canary": 0.0, "primary": 20.0}


def without_values(weight: int, **status: int) -> Situation:
    seen = situation(canaryWeight=weight, **status)
    return replace(seen, checks=tuple(replace(check, value=None) for check in seen.checks))


def test_the_first_step_is_taken_without_a_check() -> None:
    found = predict(without_values(0), ERRORS, traffic(**UNSEEN), NOW)
    # One tick for the step, one without values, nine with errors, and one to act.
    assert [tick.failed_checks for tick in found.ticks] == [0, *range(1, 11), 10]
    assert (found.outcome, found.at_tick) == (DrillOutcome.ROLLED_BACK, 12)
    assert {tick.weight for tick in found.ticks[:-1]} == {5}
    assert found.ticks[1].values == ()
    assert found.crossing is found.ticks[2]


def test_the_tick_after_the_first_step_finds_no_values() -> None:
    found = predict(without_values(5), ERRORS, traffic(**UNSEEN), NOW)
    assert [tick.weight for tick in found.ticks[:-1]] == [5] * 10
    assert (found.ticks[0].values, found.ticks[0].failed_checks) == ((), 1)
    assert (found.outcome, found.at_tick) == (DrillOutcome.ROLLED_BACK, 11)
    assert "at tick 2" in found.because


def test_a_harmless_drill_is_not_blamed_for_missing_values() -> None:
    found = predict(without_values(5), load_drill("not-found"), traffic(**UNSEEN), NOW)
    assert found.outcome is DrillOutcome.PROMOTED
    assert (found.ticks[0].failed_checks, found.ticks[-1].failed_checks) == (1, 1)
    assert found.crossing is None
    assert "ignore 4xx and load" in found.because


def test_where_nobody_else_sends_the_drill_brings_the_first_values() -> None:
    found = predict(without_values(5), ERRORS, traffic(canary=0.0, primary=0.0), NOW)
    assert [bool(tick.values) for tick in found.ticks[:3]] == [False, True, True]


@pytest.mark.parametrize(("failed", "tick"), [(9, 2), (10, 1)])
def test_a_threshold_that_is_reached_anyway_is_said_so(failed: int, tick: int) -> None:
    found = predict(without_values(5, failedChecks=failed), ERRORS, traffic(**UNSEEN), NOW)
    assert (found.outcome, found.at_tick) == (DrillOutcome.ROLLED_BACK, tick)
    assert found.because.startswith(
        f"its failed checks reach the threshold without the drill: it rolls back at tick {tick}"
    )
