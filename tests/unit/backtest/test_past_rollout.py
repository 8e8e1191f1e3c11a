"""Past values at ticks, rollouts in a window, and attempts that only ReplicaSets tell of."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from replacing import replace

from canarytui.backtest.past_rollout import (
    PastRollout,
    attempts_from_revisions,
    from_first_value,
    past_values,
    split_window,
    with_revisions,
    with_values,
)
from canarytui.domain.rollout.attempts import RolloutAttempt
from canarytui.domain.rollout.simulation import TickInput

BEGIN = datetime(2026, 11, 26, 12, tzinfo=UTC)
AT = BEGIN.timestamp()


def moment(tick: int) -> datetime:
    return BEGIN + timedelta(seconds=10 * tick)


def rollout(*values: float | None) -> PastRollout:
    attempt = RolloutAttempt(BEGIN, BEGIN, moment(len(values) - 1), source="window")
    return PastRollout(attempt, tuple(TickInput((value,)) for value in values))


def spans(found: list[PastRollout]) -> list[tuple[datetime | None, datetime, int]]:
    return [(each.attempt.first_tick, each.attempt.until, len(each.ticks)) for each in found]


def test_a_query_that_was_evaluated_at_the_ticks_has_gaps() -> None:
    values = past_values([(AT, 1), (AT + 10.4, 2), (AT + 30, math.nan), (AT + 40, 4)], AT, 10, evaluated=True)
    assert [values.at(AT + 10 * tick) for tick in range(-1, 6)] == [None, 1, 2, None, None, 4, None]


def test_a_service_that_chooses_its_moments_is_read_back() -> None:
    coarse = past_values([(AT - 20, 1), (AT + 40, 2)], AT, 10)
    assert [coarse.at(AT + 10 * tick) for tick in (0, 3, 4, 10, 11)] == [1, 1, 2, 2, None]
    shifted = past_values([(AT + 3, 1), (AT + 13, 2)], AT, 10)
    assert [shifted.at(AT + 10 * tick) for tick in (0, 1, 2, 3)] == [None, 1, 2, None]
    assert past_values([], AT, 10).at(AT) is None


def test_every_tick_of_an_attempt_has_its_values() -> None:
    attempt = RolloutAttempt(BEGIN, BEGIN, moment(2))
    series = [past_values(points, AT, 10, evaluated=True) for points in ([(AT, 1), (AT + 20, 3)], [(AT, 7)])]
    found = with_values(attempt, series, 10)
    assert [tick.values for tick in found.ticks] == [(1, 7), (None, None), (3, None)]
    assert with_values(RolloutAttempt(BEGIN, None, moment(2)), [], 10).ticks == ()


def test_rollouts_in_a_window_are_the_times_with_values() -> None:
    found = split_window(rollout(None, None, 1, 2, None, None, 3, None, None, None, 4, 5), 10, gap_ticks=2)
    assert spans(found) == [(moment(1), moment(6), 6), (moment(9), moment(11), 3)]
    assert split_window(rollout(None, None), 10, gap_ticks=2) == []
    new = [moment(3) - timedelta(seconds=4), moment(-9), moment(99)]
    assert spans(split_window(rollout(None, 1, 2, 3, 4), 10, 2, new)) == [
        (moment(0), moment(2), 3),
        (moment(2), moment(4), 3),
    ]
    assert spans(split_window(rollout(1), 10, gap_ticks=2)) == [(moment(0), moment(0), 1)]


def test_a_rough_time_begins_at_the_tick_before_the_first_value() -> None:
    assert spans([from_first_value(rollout(None, None, 1, None, 2, None), 10)]) == [(moment(1), moment(4), 4)]
    assert from_first_value(rollout(None, None), 10).ticks == ()


def test_replicasets_tell_of_what_no_timeline_has() -> None:
    created = {"1": moment(0), "2": moment(100), "3": moment(200), "4": moment(210)}
    known = [RolloutAttempt(moment(101), moment(102), moment(120))]
    found = attempts_from_revisions(created, known, longest_s=300, interval_s=10, now=moment(1000))
    assert [(each.revision, each.began, each.until) for each in found] == [
        ("3", moment(200), moment(210)),
        ("4", moment(210), moment(240)),
    ]
    assert [each.revision for each in with_revisions(known, created)] == ["2"]
    back = RolloutAttempt(moment(900), None, moment(910))
    twice = [replace(known[0], began=known[0].began + timedelta(seconds=later)) for later in (0, 60)]
    assert [each.revision for each in with_revisions(twice, created)] == ["2", ""], "the second went back to another"
    assert [each.revision for each in with_revisions([back], created)] == [""], "an old template has its old ReplicaSet"
    assert [each.revision for each in with_revisions([RolloutAttempt(moment(-5), None, moment(1))], created)] == [""]
