"""A plan's steps in one line: where a rollout stands, and where one broke."""

from __future__ import annotations

import pytest

from canarytui.console.detail.ruler import Break, ruler
from canarytui.domain.spec.steps import AnalysisStrategy, StepPlan
from canarytui.domain.text.plain import width

PLAN = StepPlan(AnalysisStrategy.CANARY, tuple(range(5, 55, 5)))


def test_what_is_done_and_what_is_ahead_have_different_lines() -> None:
    assert ruler(PLAN, 4, 60).plain == "0━━5━━10━━15━━●20┈┈25┈┈30┈┈35┈┈40┈┈45┈┈50┈┈★"
    assert ruler(PLAN, 0, 40).plain == "●0┈5┈10┈15┈20┈25┈30┈35┈40┈45┈50┈★"
    assert ruler(PLAN, 11, 60).plain.endswith("━━50━━●★")


def test_a_broken_plan_shows_where_and_when_it_broke() -> None:
    drawn = ruler(PLAN, 0, 100, Break(3, "rolled back 13:33:02 (10/10)"))
    assert drawn.plain.startswith("0━━5━━10━━✗15 rolled back 13:33:02 (10/10)┈┈20┈┈25")
    tones = {drawn.plain[span.start : span.end]: span.style for span in drawn.spans}
    assert tones["✗15 rolled back 13:33:02 (10/10)"] == "bad"
    assert tones["10"] == "active"
    assert tones["20"] == "quiet"


@pytest.mark.parametrize("broken", [None, Break(3, "rolled back 13:33:02 (10/10)")])
def test_it_fits_and_keeps_the_place_at_any_width(broken: Break | None) -> None:
    for columns in range(34, 140):
        drawn = ruler(PLAN, 4, columns, broken).plain
        assert width(drawn) <= columns, columns
        assert ("✗15" if broken else "●20") in drawn


def test_iterations_are_numbered_and_a_plan_without_steps_says_so() -> None:
    assert ruler(StepPlan(AnalysisStrategy.AB, (1, 2, 3)), 1, 40).plain == "0━━●#1┈┈#2┈┈#3┈┈★"
    assert "neither stepWeight" in ruler(StepPlan(AnalysisStrategy.CANARY, ()), 0, 40).plain
