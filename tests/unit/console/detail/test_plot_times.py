"""The times below a plot of a check, a weight or a drill: round, evenly apart, and where they say they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from canarytui.console.detail.plots import Plot, draw
from canarytui.console.detail.time_axis import TimeAxis

NOW = datetime(2026, 11, 26, 13, 30, 7, tzinfo=UTC)
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")


def seconds(label: str) -> int:
    hours, minutes, rest = (*map(int, label.split(":")), 0)[:3]
    return hours * 3600 + minutes * 60 + rest


def below(plot: Plot, columns: int) -> list[str]:
    return [found[0] for found in _TIME.finditer(draw(plot, columns, 9, NOW, UTC).plain.split("\n")[-2])]


@pytest.mark.parametrize("columns", [36, 60, 100])
@pytest.mark.parametrize("span_s", [45, 100, 241, 600, 3000])
def test_they_are_round_and_evenly_apart(span_s: int, columns: int) -> None:
    points = tuple((NOW - timedelta(seconds=span_s * part / 10), 50.0) for part in range(10, -1, -1))
    times = [seconds(label) for label in below(Plot("x", points, 0, 100), columns)]
    apart = {later - before for before, later in pairwise(times)}
    assert len(times) >= 2
    assert len(apart) == 1
    assert all(each % max(apart) == 0 for each in times)


def test_what_is_only_predicted_has_times_of_its_own() -> None:
    expected = tuple((NOW + timedelta(seconds=10 * number), 100.0 - number) for number in range(1, 8))
    plot = Plot("x", (), 0.0, 100.0, expected=expected)
    assert below(plot, 60) == ["13:30:30", "13:30:45", "13:31:00", "13:31:15"]


def test_an_axis_names_two_times_even_where_the_round_step_is_long() -> None:
    begin = NOW.replace(minute=26, second=1)
    offsets, labels = TimeAxis(begin, begin + timedelta(seconds=241)).ticks(30, UTC)
    assert labels == ["13:28", "13:30"]
    assert [(begin + timedelta(seconds=each)).minute for each in offsets] == [28, 30]
