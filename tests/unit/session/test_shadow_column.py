"""Shadow checks in the list and in ``get``: a mark behind the failed checks that is no failure, a column, a filter."""

from __future__ import annotations

from typing import Any

import pytest
from replacing import replace

from canarytui.console.demo_fixture import NOW, canary_object
from canarytui.console.list.filter import matcher
from canarytui.domain.rollout.check_verdicts import shadow_failures
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.session.columns import cell_paints
from canarytui.session.columns.canary_columns import column_named
from canarytui.session.columns.column import Room
from canarytui.session.columns.list_cells import failed
from canarytui.session.row_builder import row_of

REAL = Check("request-success-rate", 99, None, "%", value=99.9, asked=True)
HIGH = Check("queue", None, 5, "", value=9, asked=True)
LOW = Check("errors", None, 5, "", value=1, asked=True)
SILENT = Check("gone", None, 5, "", asked=True)
NOT_ASKED = Check("later", None, 5, "")


def situation(*shadow: Check, phase: str = "Progressing", weight: int = 10, **more: Any) -> Situation:
    canary = Canary.parse(canary_object("shop", "cart", phase, weight=weight, **more))
    return Situation(canary, NOW, 10, checks=(REAL,), shadow_checks=shadow, last_tick=NOW)


@pytest.mark.parametrize(
    ("shadow", "counted", "shown"),
    [
        ((), (0, 0), None),
        ((LOW,), (0, 1), "would pass"),
        ((LOW, NOT_ASKED), (0, 2), None),
        ((HIGH, LOW), (1, 2), "1 of 2 would fail"),
        ((HIGH, SILENT, NOT_ASKED), (2, 3), "2 of 3 would fail"),
    ],
)
def test_what_would_fail_is_counted(shadow: tuple[Check, ...], counted: tuple[int, int], shown: str | None) -> None:
    assert shadow_failures(situation(*shadow)) == counted
    row = row_of(situation(*shadow))
    assert row.values["shadow"] == shown
    assert row.shadow_mark == (f"◇{counted[0]}" if counted[0] else "")


def test_without_traffic_on_the_canary_nothing_would_fail() -> None:
    for idle in (situation(HIGH, SILENT, phase="Succeeded", weight=0), situation(HIGH, SILENT, weight=0)):
        assert shadow_failures(idle) == (0, 0)
        assert row_of(idle).shadow_mark == ""


def test_the_row_is_otherwise_as_it_was() -> None:
    plain, shadowed = row_of(situation()), row_of(situation(HIGH, SILENT))
    assert replace(shadowed, values={}, shadow_mark="") == replace(plain, values={})
    said = [explain(each).sentence for each in (situation(HIGH, SILENT), situation())]
    assert said[0] == said[1], "no sentence speaks of a failure that has no effect"


@pytest.mark.parametrize(
    ("width", "count", "threshold", "cell"),
    [
        (16, 3, 5, "●●●○○ 3/5 ◇2"),
        (7, 3, 10, "3/10 ◇2"),
        (7, 10, 10, "10/10◇2"),
        (7, 10, 100, "10/100◇"),
        (7, 100, 100, "100/100"),
    ],
)
def test_the_mark_never_costs_a_digit_of_the_real_count(width: int, count: int, threshold: int, cell: str) -> None:
    row = row_of(situation(HIGH, SILENT, failed=count, threshold=threshold))
    assert failed(row, Room(width, NOW)) == cell
    red = [cell[paint.start : paint.end] for paint in cell_paints.failed(row, cell) if paint.tone == cell_paints.BAD]
    assert red
    assert "◇" not in "".join(red), "red is what counts"


def test_the_list_can_be_narrowed_to_what_would_fail() -> None:
    would_fail, would_pass, real = row_of(situation(HIGH)), row_of(situation(LOW)), row_of(situation())
    narrowed = matcher("shadow:fail")
    assert [narrowed(row) for row in (would_fail, would_pass, real)] == [True, False, False]
    assert "fail" not in would_fail.haystack, "a bare word looks for real failures"


def test_wide_get_and_the_wide_list_have_the_column() -> None:
    column = column_named("shadow")
    assert column is not None
    assert column.narrow is None, "the narrow list has the mark"
    assert column.wide is not None
    assert column.printed is not None
    assert column.printed.wide
