"""When the controller decides next, from when it last acted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.domain.ticks import (
    is_controllers,
    later,
    next_tick,
    same_tick_s,
    seconds_left,
    short_duration,
    short_milliseconds,
    tick_number,
    tick_of,
    ticks_since,
)

TICK = datetime(2026, 11, 26, 14, 30, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return TICK + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("before", "after", "since_s", "manager", "expected"),
    [
        ({"lastTransitionTime": "1"}, {"lastTransitionTime": "2"}, 10.0, "", True),
        ({"lastTransitionTime": "1"}, {"lastTransitionTime": "2"}, 10.0, "kubectl-patch", False),
        (
            {"lastTransitionTime": "1", "failedChecks": 1},
            {"lastTransitionTime": "1", "failedChecks": 9},
            10.0,
            "",
            False,
        ),
        ({"lastTransitionTime": "1"}, {"canaryWeight": 5}, 10.0, "", False),
        # Within the second of its last write:
        ({"lastTransitionTime": "1", "failedChecks": 1}, {"lastTransitionTime": "1", "failedChecks": 2}, 0.5, "", True),
        (
            {"lastTransitionTime": "1", "failedChecks": 1},
            {"lastTransitionTime": "1", "failedChecks": 5},
            0.5,
            "",
            False,
        ),
        ({"lastTransitionTime": "1", "phase": "a"}, {"lastTransitionTime": "1", "phase": "b"}, 0.5, "", False),
        (
            {"lastTransitionTime": "1", "phase": "a", "conditions": []},
            {"lastTransitionTime": "1", "phase": "b", "conditions": [{}]},
            0.5,
            "",
            True,
        ),
    ],
)
def test_the_controllers_writes_move_the_transition_time(
    before: dict[str, Any], after: dict[str, Any], since_s: float, manager: str, expected: bool
) -> None:
    assert is_controllers(before, after, since_s, manager) is expected


def test_several_signs_of_a_tick_give_its_first_one() -> None:
    assert tick_of(TICK, None, 10) == TICK
    assert tick_of(at(1), TICK, 10) == TICK
    assert tick_of(at(-1), TICK, 10) == at(-1)
    assert tick_of(at(10), TICK, 10) == at(10)
    assert tick_of(at(-10), TICK, 10) == TICK
    assert [same_tick_s(interval) for interval in (0, 1, 10)] == [2, 0.5, 2]


def test_ticks_follow_at_the_interval() -> None:
    assert next_tick(TICK, 10, at(3)) == at(10)
    assert next_tick(TICK, 10, at(10)) == at(20)
    assert next_tick(TICK, 10, at(-5)) == at(10)
    assert next_tick(None, 10, TICK) is None
    assert next_tick(TICK, 0, TICK) is None
    assert [ticks_since(TICK, 10, at(seconds)) for seconds in (-5, 9, 10, 35)] == [0, 0, 1, 3]
    assert ticks_since(None, 10, TICK) == 0
    assert [tick_number(TICK, at(seconds), 10) for seconds in (0, 10, 29)] == [0, 1, 3]
    assert tick_number(TICK, at(10), 0) == 0


def test_countdowns_are_whole_seconds_rounded_up() -> None:
    assert [seconds_left(at(seconds), TICK) for seconds in (6.2, 7, -3)] == [7, 7, 0]
    assert later(TICK, 7) == at(7)
    assert later(TICK, 1e15) is None


def test_a_duration_in_a_column_has_one_unit() -> None:
    given = (-1, 7.9, 89, 90, 5399, 5400, 172799, 172800)
    assert [short_duration(seconds) for seconds in given] == [
        "0 s", "7 s", "89 s", "1 min", "89 min", "1 h", "47 h", "2 d",
    ]  # fmt: skip


def test_how_long_a_request_took_has_one_unit() -> None:
    given = (0, 0.4, 1, 212.4, 999.4, 999.6, 1234, 9949, 10_900, 120_000)
    assert [short_milliseconds(milliseconds) for milliseconds in given] == [
        "<1 ms", "<1 ms", "1 ms", "212 ms", "999 ms", "1.0 s", "1.2 s", "9.9 s", "10 s", "2 min",
    ]  # fmt: skip
