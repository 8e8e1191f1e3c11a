"""The drawn parts of a row: the weight's bar and the budget of failed checks."""

from __future__ import annotations

import pytest

from canarytui.domain.marks import budget_dots, weight_bar


@pytest.mark.parametrize(
    ("failed", "threshold", "dots"),
    [
        (0, 10, "○○○○○○○○○○"),
        (3, 10, "●●●○○○○○○○"),
        (10, 10, "●●●●●●●●●●"),
        (11, 10, "●●●●●●●●●●"),
        (1, 3, "●○○"),
        (0, 0, ""),
        (1, 100, "●○○○○○○○○○"),
        (99, 100, "●●●●●●●●●○"),
        (100, 100, "●●●●●●●●●●"),
    ],
)
def test_all_dots_are_full_only_when_the_budget_is_used_up(failed: int, threshold: int, dots: str) -> None:
    assert budget_dots(failed, threshold) == dots


@pytest.mark.parametrize(
    ("percent", "columns", "most", "bar"),
    [
        (0, 8, 50, "░░░░│░░░"),
        (25, 8, 50, "██░░│░░░"),
        (50, 8, 50, "████│░░░"),
        (75, 8, 50, "██████░░"),
        (100, 8, 100, "████████"),
        (0, 8, 100, "░░░░░░░░"),
        (20, 8, 0, "█▋░░░░░░"),
        (20, 0, 50, ""),
    ],
)
def test_a_bar_stands_on_its_track_with_a_tick_where_the_rollout_promotes(
    percent: float, columns: int, most: float, bar: str
) -> None:
    assert weight_bar(percent, columns, most) == bar
