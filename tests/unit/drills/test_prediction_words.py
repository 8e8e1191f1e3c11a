"""The sentence that says why a rollout under a drill ends as predicted."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from drilled import NOW, situation
from replacing import replace

from canarytui.drills.library import load_drill
from canarytui.drills.predicted import DrillOutcome, PredictedTick
from canarytui.drills.prediction_words import because

CROSSING = PredictedTick(
    2, NOW + timedelta(seconds=10), 20, (("request-success-rate", 61.5),), ("request-success-rate",), 1
)
LAST = PredictedTick(12, NOW + timedelta(seconds=110), 0, (), (), 10)


def test_a_check_that_fails_is_named_with_value_threshold_and_moment() -> None:
    said = because(DrillOutcome.ROLLED_BACK, LAST, CROSSING, situation(), load_drill("errors-500"), UTC)
    for part in ("request-success-rate", "61.5 %", "99", "10:00:10", "10:01:50"):
        assert part in said.text


def test_a_check_without_a_value_is_said_to_have_none() -> None:
    blind = replace(CROSSING, values=())
    said = because(DrillOutcome.HALTED, LAST, blind, situation(), load_drill("errors-500"), UTC)
    assert "61.5" not in said.text
    assert f"{LAST.failed_checks}" in said.text


@pytest.mark.parametrize(("drill", "other"), [("errors-500", "delay"), ("delay", "spike"), ("spike", "errors-500")])
def test_why_nothing_fails_depends_on_the_drill(drill: str, other: str) -> None:
    one, two = (
        because(DrillOutcome.UNTOUCHED, LAST, None, situation(), load_drill(name), UTC) for name in (drill, other)
    )
    assert one.text != two.text


def test_without_a_crossing_a_rollback_was_under_way_anyway() -> None:
    said = because(DrillOutcome.ROLLED_BACK, LAST, None, situation(), load_drill("spike"), UTC)
    assert said.ids[0] == "drill.threshold_anyway"
    assert "10:01:50" in said.text
