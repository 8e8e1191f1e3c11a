"""Burn rates by the SRE workbook's pairs of windows."""

from __future__ import annotations

import pytest

from canarytui.domain.rollout.burn_rate import LONGEST_S, POINT_S, burn_pairs, burn_phrase, held_windows
from canarytui.domain.rollout.request_numbers import RequestCounts
from canarytui.domain.rollout.step_cost import GrowthPoint

NOW = 1_800_000_000.0
SLO = 0.999


def failing(*rates: float) -> tuple[GrowthPoint, ...]:
    """Five minutes each, the last ends now: 100 requests of the canary that fail, as if they were one in `rates`."""
    points = []
    for number, rate in enumerate(rates):
        until = NOW - POINT_S * (len(rates) - 1 - number)
        canary = RequestCounts({"500": 1000 * rate, "200": 100 - 1000 * rate}, 1000 * rate)
        points.append(GrowthPoint(until - POINT_S, until, canary, RequestCounts({"200": 900})))
    return tuple(points)


def test_a_pair_fires_while_both_windows_burn_faster_than_its_factor() -> None:
    hour = [0.0] * 60 + [0.02] * 12
    fast, slow = burn_pairs(failing(*hour), NOW - LONGEST_S, NOW, SLO)
    assert (fast.long.rate, fast.short.rate) == (pytest.approx(20), pytest.approx(20))
    assert fast.fires
    assert (slow.long.rate, slow.short.rate) == (pytest.approx(20 / 6), pytest.approx(20))
    assert not slow.fires
    assert burn_phrase((fast, slow), SLO).text == (
        "burn rate of the service (SLO 99.9 %): 20 over 1 h and 20 over 5 min, both above 14.4: worth an alert; "
        "3.3 over 6 h, 20 over 30 min (alert: both above 6)"
    )
    over, _ = burn_pairs(failing(*hour[:-1], 0.0), NOW - LONGEST_S, NOW, SLO)
    assert over.long.rate > 14.4
    assert not over.fires


def test_a_shorter_past_is_said_for_what_there_is_of_it() -> None:
    points = failing(*[0.01] * 8)
    fast, slow = burn_pairs(points, NOW - 2400, NOW, SLO)
    assert (fast.long.covered_s, slow.long.covered_s, slow.short.covered_s) == (2400, 2400, 1800)
    assert "10 over 40 min (of 1 h, the metrics server holds no more), 10 over 5 min" in burn_phrase((fast,), SLO).text


@pytest.mark.parametrize(("held_s", "pairs"), [(POINT_S, 0), (1800, 1), (2400, 2)])
def test_no_pair_without_a_longer_window(held_s: float, pairs: int) -> None:
    assert len(burn_pairs(failing(*[0.01] * 8), NOW - held_s, NOW, SLO)) == pairs


@pytest.mark.parametrize(("lacking_s", "covered_s"), [(0.5, 21600), (149, 21600), (151, 21449), (-60, 21600)])
def test_a_window_that_lacks_less_than_half_a_point_is_whole(lacking_s: float, covered_s: float) -> None:
    assert held_windows(LONGEST_S - lacking_s)[LONGEST_S] == covered_s


def test_no_rate_without_requests() -> None:
    assert burn_pairs((), NOW - LONGEST_S, NOW, SLO) == ()
