"""A check's values as a plot of plain text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from canarytui.drills.text_plot import COLUMNS, LINES, plot_check

BEGAN = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def points(*values: float | None) -> list[tuple[datetime, float | None]]:
    return [(BEGAN + timedelta(seconds=10 * index), value) for index, value in enumerate(values)]


def test_values_rise_from_left_to_right_above_the_threshold_drawn_across() -> None:
    plot = plot_check(points(10, 20, 90, 100), 99, BEGAN).splitlines()
    assert len(plot) == LINES + 1
    assert max(map(len, plot)) <= COLUMNS
    marked = [line.index("*") for line in plot if "*" in line]
    assert marked[0] > marked[-1], "the highest value is the latest, at the right"
    assert any(line.count("-") > COLUMNS // 3 for line in plot[:3]), "the threshold is near the top"
    assert "99" in plot[-1]


def test_without_a_threshold_there_is_no_line_across() -> None:
    assert all(line.count("-") < 5 for line in plot_check(points(1, 2), None, BEGAN).splitlines())


def test_fewer_than_two_values_are_no_plot() -> None:
    assert plot_check(points(1, None, float("nan"), float("inf")), 99, BEGAN) == ""


def test_equal_values_are_a_plot() -> None:
    level = [line for line in plot_check(points(5, 5, 5), 5, BEGAN).splitlines() if line.startswith("5.000")]
    assert level
    assert level[0].count("*") > COLUMNS // 2
