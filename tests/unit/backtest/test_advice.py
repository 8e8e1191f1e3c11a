"""Suggested thresholds: what rollouts survived, held to trying every value; and how many are rolled back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from replacing import replace

from canarytui.backtest.advice import advice, advised_limit, survived_limits
from canarytui.backtest.checks import simulated_checks, threshold_changes, with_thresholds
from canarytui.backtest.judged import ControllerTraits, JudgedRollout, is_bad, judge_rollouts
from canarytui.backtest.past_rollout import PastRollout
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt
from canarytui.domain.rollout.simulation import SimulatedOutcome, TickInput, simulate
from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.spec.canary import Canary
from canarytui.errors import UsageError

BEGIN = datetime(2026, 11, 3, 12, tzinfo=UTC)
TRAITS = ControllerTraits()
SUCCESS: dict[str, Any] = {"name": "request-success-rate", "thresholdRange": {"min": 99}}
DURATION: dict[str, Any] = {"name": "request-duration", "thresholdRange": {"max": 500}}


def analysis_of(*metrics: dict[str, Any], threshold: int = 2) -> Analysis:
    spec = {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
        "service": {"port": 80},
        "analysis": {"interval": "10s", "threshold": threshold, "stepWeight": 10, "maxWeight": 50},
    }
    spec["analysis"]["metrics"] = list(metrics)
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec}).spec.analysis


def rollout(values: list[tuple[float | None, ...]], outcome: AttemptOutcome, day: int = 0) -> PastRollout:
    began = BEGIN + timedelta(days=day)
    ticks = [TickInput((None,) * len(values[0])), *map(TickInput, values)]
    until = began + timedelta(seconds=10 * (len(ticks) - 1))
    return PastRollout(RolloutAttempt(began, began, until, outcome, revision=f"4.0.{day} abc"), tuple(ticks))


def judged(rollouts: list[PastRollout], analysis: Analysis, *bad: str) -> tuple[JudgedRollout, ...]:
    return judge_rollouts(rollouts, analysis, analysis, TRAITS, bad)


@pytest.mark.parametrize("minimum", [True, False])
def test_what_a_rollout_survives_is_the_strictest_of_its_values_that_it_does(minimum: bool) -> None:
    dice = random.Random(5)
    analysis = analysis_of({"name": "ours", "query": "x", "thresholdRange": {"min": 0}}, threshold=3)
    (metric,) = analysis.metrics
    rollouts = [
        rollout([(dice.choice((None, *range(90, 100))),) for _ in range(12)], AttemptOutcome.PROMOTED)
        for _ in range(60)
    ]
    every = judged(rollouts, analysis)
    survived = {
        id(each.judged): each.limit for each in survived_limits(every, analysis, metric, TRAITS, minimum=minimum)
    }
    assert 40 < len(survived) < 60, "some have too few values for any limit"
    for each in every:
        passed = []
        for value in {tick.values[0] for tick in each.rollout.ticks if tick.values[0] is not None}:
            limits = {"minimum": value, "maximum": None} if minimum else {"minimum": None, "maximum": value}
            tried = replace(analysis, metrics=(replace(metric, has_range=True, **limits),))
            ended = simulate(tried, simulated_checks(tried), each.rollout.ticks)
            if ended.outcome is not SimulatedOutcome.ROLLED_BACK:
                passed.append(value)
        assert (
            survived.get(id(each)) == (max(passed) if minimum else min(passed)) if passed else id(each) not in survived
        )


def test_one_in_so_many_good_rollouts_is_rolled_back() -> None:
    analysis = analysis_of(SUCCESS, DURATION)
    good = [rollout([(99 + day / 100, 100.0 + day)] * 8, AttemptOutcome.PROMOTED, day) for day in range(20)]
    bad = rollout([(97.0, 450.0)] * 8, AttemptOutcome.PROMOTED, 25)
    every = judged([*good, bad], analysis, "4.0.25")
    success, duration = advice(every, analysis, TRAITS, one_in=10)
    assert (success.minimum, success.suggested, duration.minimum, duration.suggested) == (True, 99.02, False, 117)
    assert (success.good, success.good_now, success.good_then) == (20, 0, 2)
    assert (duration.bad, duration.bad_now, duration.bad_then) == (1, 0, 1)
    (none, _) = advice(every, analysis, TRAITS, one_in=1000)
    assert (none.suggested, none.good_then, none.bad_now) == (99, 0, 1)
    assert advice(judged([bad], analysis, "4.0.25"), analysis, TRAITS, one_in=10) == (), "no good one to go by"


def test_a_check_that_had_no_values_tells_nothing() -> None:
    analysis = analysis_of(SUCCESS, DURATION)
    every = judged([rollout([(None, 100.0)] * 8, AttemptOutcome.PROMOTED)], analysis)
    assert [each.check for each in advice(every, analysis, TRAITS, one_in=10)] == ["request-duration"]


def test_other_thresholds_end_it_otherwise_and_agreement_is_about_the_present_ones() -> None:
    present = analysis_of(SUCCESS, DURATION)
    past = rollout([(99.5, 450.0)] * 8, AttemptOutcome.PROMOTED)
    tried = with_thresholds(present, threshold_changes(["request-duration=400"], present))
    (found,) = judge_rollouts([past], present, tried, TRAITS, ())
    assert found.agrees is True
    assert found.ends(SimulatedOutcome.ROLLED_BACK)
    assert found.tried is not None
    assert (found.tried.tick, found.tried.check) == (3, "request-duration")


def test_thresholds_as_people_write_them() -> None:
    both = {"name": "queue", "query": "x", "thresholdRange": {"min": 1, "max": 5}}
    unlimited = {"name": "request-success-rate"}
    analysis = analysis_of(unlimited, DURATION, both)
    given = ["request-success-rate=97.5", "request-duration=800", "queue=2..", "queue=..7", "queue=-1e3..7"]
    assert [change.text for change in threshold_changes(given, analysis)] == [
        "request-success-rate=97.5..", "request-duration=..800", "queue=2..", "queue=..7", "queue=-1000..7"
    ]  # fmt: skip
    for wrong in ("queue=3", "queue=nan..", "queue=1_0", "queue", "other=1", "=1"):
        with pytest.raises(UsageError):
            threshold_changes([wrong], analysis)


def test_bad_ones_are_those_that_were_rolled_back_or_are_named() -> None:
    promoted = RolloutAttempt(BEGIN, BEGIN, BEGIN, AttemptOutcome.PROMOTED, revision="4.0.3 7d9f")
    assert [is_bad(promoted, named) for named in ((), ("4.0.3",), ("2026-11-03 12:00",), ("4.0",), ("",))] == [
        False, True, True, False, False
    ]  # fmt: skip
    assert is_bad(replace(promoted, outcome=AttemptOutcome.ROLLED_BACK), ()) is True
    assert is_bad(replace(promoted, outcome=AttemptOutcome.UNKNOWN), ()) is None


@pytest.mark.parametrize(("limit", "minimum", "rounded"), [
    (99.7, True, 99.7), (99.70000000000002, True, 99.7), (99.69999999999999, True, 99.69), (99.123456, True, 99.12),
    (99.0, False, 99.0), (99.00000000000001, False, 99.01), (98.99999999999999, False, 99.0), (0.0, False, 0.0),
])  # fmt: skip
def test_a_suggestion_is_never_stricter_than_what_was_survived(limit: float, minimum: bool, rounded: float) -> None:
    assert advised_limit(limit, minimum=minimum) == rounded
