"""The cluster's clock is followed where it differs from ours by more than answers take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from canarytui.session.cluster_clock import ClusterClock

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(("ahead_s", "offset_s"), [(0, 0), (2, 0), (-2, 0), (3, 3), (-3, -3), (3600, 3600)])
def test_a_difference_counts_once_it_is_more_than_an_answer_takes(ahead_s: float, offset_s: float) -> None:
    clock = ClusterClock(lambda: NOW)
    clock.server_said(NOW + timedelta(seconds=ahead_s))
    assert clock.offset == timedelta(seconds=offset_s)
    assert clock.now() == NOW + timedelta(seconds=offset_s)
    assert clock.moment_of(NOW) == clock.now()
    assert clock.moment_of(None) is None


def test_an_offset_does_not_flicker_with_the_answers_and_goes_when_the_clocks_agree_again() -> None:
    clock = ClusterClock(lambda: NOW)
    clock.server_said(NOW + timedelta(seconds=60))
    clock.server_said(NOW + timedelta(seconds=61))
    assert clock.offset == timedelta(seconds=60)
    clock.server_said(NOW + timedelta(seconds=1))
    assert clock.offset == timedelta()
