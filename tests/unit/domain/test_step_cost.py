"""The cost of a rollout by step, from the timeline's times and the growth of the counters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from canarytui.domain.history.facts import FactSource
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.request_numbers import RequestCounts, RequestTotals
from canarytui.domain.rollout.step_cost import (
    GrowthPoint,
    RolloutStep,
    rollout_steps,
    step_costs,
    step_name,
    steps_phrase,
)

BEGAN = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def told(*marks: tuple[float, str, str]) -> list[TimelineEntry]:
    """Newest first, as a timeline gives it."""
    return [
        TimelineEntry(at(seconds), number, "shop", "cart", "", False, FactSource.STATUS, {(aspect, value)})
        for number, (seconds, aspect, value) in enumerate(marks)
    ][::-1]


def counts(total: float, failed: float) -> RequestCounts:
    return RequestCounts({"200": total - failed, "500": failed}, failed)


def grown(*failed_by_minute: float) -> tuple[GrowthPoint, ...]:
    """A minute each: 100 requests of the canary and 1,000 of the primary, 10 of which fail."""
    start = BEGAN.timestamp()
    return tuple(
        GrowthPoint(start + 60 * number, start + 60 * (number + 1), counts(100, failed), counts(1000, 10))
        for number, failed in enumerate(failed_by_minute)
    )


def test_steps_begin_with_a_change_of_weight_and_not_with_its_repetition() -> None:
    entries = told(
        (-60, "weight", "50"), (0, "weight", "0"), (60, "weight", "5"), (90, "weight", "5"), (120, "weight", "10")
    )
    assert rollout_steps(entries, BEGAN, BEGAN, None) == (
        RolloutStep(at(0), at(60), 0),
        RolloutStep(at(60), at(120), 5),
        RolloutStep(at(120), None, 10),
    )


@pytest.mark.parametrize("value", ["9" * 5000, "²", "-1", ""])
def test_a_mark_that_is_no_number_is_no_step(value: str) -> None:
    assert len(rollout_steps(told((60, "weight", value)), BEGAN, BEGAN, None)) == 1


def test_what_was_before_the_data_begin_is_one_step_without_the_changes_in_it() -> None:
    entries = told((60, "weight", "5"), (120, "weight", "10"), (240, "iteration", "3"))
    steps = rollout_steps(entries, BEGAN, at(180), at(300))
    assert [step_name(each) for each in steps] == ["10 %", "iteration 3"]
    assert (steps[0].began, steps[-1].ended) == (at(180), at(300))


def test_each_step_has_its_own_requests_and_together_they_are_all() -> None:
    steps = rollout_steps(told((60, "weight", "5"), (150, "weight", "10")), BEGAN, BEGAN, None)
    totals = RequestTotals(BEGAN, BEGAN, counts(450, 30), counts(4500, 45))
    costs = step_costs(steps, grown(0, 4, 6), totals)
    # The change at 2:30 is in the middle of the third minute, of which half goes to each side.
    assert [(each.served, each.failed) for each in costs] == [(100, 0), (150, 7), (200, 23)]
    assert sum(each.served for each in costs) == totals.canary.total
    assert [each.excess for each in costs] == [pytest.approx(-1), pytest.approx(5.5), pytest.approx(21)]
    assert steps_phrase(costs).text == (
        "by step: earlier: 100 requests, 0 failed; 5 %: 150 requests, 7 failed, about 6 too many; "
        "10 %: 200 requests, 23 failed, about 21 too many"
    )


def test_without_the_primary_nothing_is_said_of_excess_and_without_the_past_nothing_at_all() -> None:
    steps = rollout_steps(told((60, "weight", "5")), BEGAN, BEGAN, None)
    totals = RequestTotals(BEGAN, BEGAN, counts(450, 30))
    assert [each.excess for each in step_costs(steps, grown(1), totals)] == [None, None]
    assert step_costs(steps, (), totals) == ()
    assert not steps_phrase(step_costs(steps[1:], (), totals))  # one step is the whole, which has been said
