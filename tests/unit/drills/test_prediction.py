"""When a check crosses and what follows, reckoned tick by tick."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from drilled import NOW, situation, traffic
from hypothesis import given, settings
from hypothesis import strategies as st
from replacing import replace

from canarytui.drills.library import load_drill
from canarytui.drills.predicted import DrillOutcome
from canarytui.drills.prediction import predict

ERRORS = load_drill("errors-500")


def test_the_seeds_rollback() -> None:
    found = predict(situation(), ERRORS, traffic(), NOW)
    # The first tick comes 6 s after the start, when one scrape of the errors is not enough for a rate.
    assert found.crossing is not None
    assert found.crossing.number == 2
    assert found.crossing.failing == ("request-success-rate",)
    # Ten failed checks, and one more tick to act.
    assert (found.outcome, found.at_tick) == (DrillOutcome.ROLLED_BACK, 12)
    assert found.at == NOW + timedelta(seconds=116)
    assert [tick.failed_checks for tick in found.ticks] == [*range(11), 10]
    assert [tick.weight for tick in found.ticks] == [25] * 11 + [0]
    assert found.because == (
        "request-success-rate is about 84.8 % (threshold ≥ 99 %) at tick 2, 10:00:16; after 10 failed checks it rolls "
        "back at tick 12, 10:01:56"
    )


def test_failed_checks_of_before_count() -> None:
    assert predict(situation(failedChecks=7), ERRORS, traffic(), NOW).at_tick == 5
    assert predict(situation(failedChecks=10), ERRORS, traffic(), NOW).at_tick == 1


def test_too_few_errors_cross_nothing_and_say_so() -> None:
    drill = replace(ERRORS, rate=0.1)
    found = predict(situation(), drill, traffic(), NOW)
    assert found.outcome is DrillOutcome.PROMOTED
    assert found.crossing is None
    assert "too few of all requests fail; it is promoted at tick 7" in found.because


def test_a_short_drill_halts_until_it_has_left_the_window() -> None:
    found = predict(situation(), replace(ERRORS, duration_s=5), traffic(), NOW)
    assert found.outcome in (DrillOutcome.HALTED, DrillOutcome.UNTOUCHED, DrillOutcome.PROMOTED)
    drill = replace(ERRORS, duration_s=20)
    found = predict(situation(), drill, traffic(), NOW)
    assert found.outcome is DrillOutcome.HALTED
    failing = [tick.number for tick in found.ticks if tick.failing]
    assert failing == list(range(failing[0], failing[-1] + 1))
    # 20 s of errors, a window of a minute, and a scrape.
    assert 6 <= len(failing) <= 9


def test_promotion_comes_first_when_little_is_left() -> None:
    found = predict(situation(canaryWeight=50), ERRORS, traffic(), NOW)
    assert (found.outcome, found.at_tick) == (DrillOutcome.PROMOTED, 1)


def test_statuses_that_the_success_rate_does_not_mind() -> None:
    found = predict(situation(), load_drill("not-found"), traffic(), NOW)
    assert found.outcome is DrillOutcome.PROMOTED
    assert "ignore 4xx and load" in found.because


def test_what_an_earlier_drill_left_in_the_window_runs_out() -> None:
    seen = situation(canaryWeight=10)
    seen = replace(seen, checks=(replace(seen.checks[0], value=90.0), seen.checks[1]))
    harmless = replace(ERRORS, rate=0.1, duration_s=1)
    left = predict(seen, harmless, traffic(failing_now=0.0), NOW)
    failing = [tick.number for tick in left.ticks if tick.failing]
    assert failing == list(range(1, 1 + len(failing)))
    assert 5 <= len(failing) <= 7
    assert predict(seen, harmless, traffic(failing_now=0.1), NOW).ticks[-1].failing == ("request-success-rate",)


def test_slow_answers_cross_the_duration() -> None:
    found = predict(situation(), load_drill("delay"), traffic(), NOW)
    assert found.crossing is not None
    assert found.crossing.failing == ("request-duration",)
    assert (
        predict(situation(), load_drill("delay", {"seconds": 0 + 1}), traffic(), NOW).outcome
        is DrillOutcome.ROLLED_BACK
    )


def test_where_nothing_can_be_said() -> None:
    for unsaid in (
        situation(phase="Succeeded"),
        situation(spec={"analysis": {"interval": "10s", "threshold": 2, "iterations": 5}}),
        situation(spec={"analysis": {"interval": "10s", "threshold": 2, "iterations": 5, "match": [{"headers": {}}]}}),
    ):
        found = predict(unsaid, ERRORS, traffic(), NOW)
        assert (found.outcome, found.at_tick) == (DrillOutcome.UNKNOWN, 0)
        assert found.because.startswith("cannot be predicted")


def test_unknown_traffic_is_said() -> None:
    found = predict(situation(), ERRORS, traffic(canary=None), NOW)
    assert found.outcome is DrillOutcome.ROLLED_BACK
    assert "the present traffic is unknown: the drill is taken to be alone" in found.caveats
    found = predict(situation(), ERRORS, traffic(primary=None), NOW)
    assert "the primary's traffic is unknown: taken from the canary's share" in found.caveats


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.1, 200), st.floats(1, 900), st.integers(0, 60), st.integers(0, 20), st.floats(0, 500),
    st.floats(0, 500), st.floats(-30, 30),
)  # fmt: skip
def test_every_prediction_ends(
    rate: float, duration: float, weight: int, failed: int, canary: float, primary: float, tick: float
) -> None:
    seen = replace(situation(canaryWeight=weight, failedChecks=failed), last_tick=NOW + timedelta(seconds=tick))
    found = predict(seen, replace(ERRORS, rate=rate, duration_s=duration), traffic(canary=canary, primary=primary), NOW)
    counted = [tick.failed_checks for tick in found.ticks]
    assert counted == sorted(counted)
    assert all(after.at - before.at == timedelta(seconds=10) for before, after in pairwise(found.ticks))
    if found.outcome is DrillOutcome.ROLLED_BACK:
        assert found.at_tick == len(found.ticks)
        assert counted[-1] >= 10
    if found.outcome is DrillOutcome.UNTOUCHED:
        # A canary that nobody has asked yet is halted for want of values, with a drill or without.
        assert found.crossing is None
        assert counted[-1] - failed == sum(1 for tick in found.ticks if tick.failing and not tick.values)


@pytest.mark.parametrize("rate", [5.0, 25.0, 100.0])
def test_more_errors_never_cross_later(rate: float) -> None:
    def first(amount: float) -> int:
        found = predict(situation(), replace(ERRORS, rate=amount), traffic(), NOW)
        return found.crossing.number if found.crossing else 99

    assert first(rate * 2) <= first(rate)
