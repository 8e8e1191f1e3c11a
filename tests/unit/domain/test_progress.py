"""How far along its steps a rollout is said to be: the same on every screen, and never beside what the phase says."""

from __future__ import annotations

import pytest
from test_explain import RATE, canary, situation

from canarytui.console.detail.plan import steps
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.progress import steps_reached
from canarytui.domain.sentences import report_lines
from canarytui.report.canaries import CanaryColumns
from canarytui.report.describe import described
from canarytui.session.columns.printed_canary import PrintedCanary
from canarytui.session.row_builder import row_of


@pytest.mark.parametrize(
    ("phase", "weight", "router", "reached", "ruler"),
    [
        ("Waiting", 0, 0, 0, "●0┈"),
        ("Progressing", 20, 20, 2, "●20"),
        ("Progressing", 0, 10, 1, "●10"),
        # While it waits for the promotion's approval the status has weight 0.
        ("WaitingPromotion", 0, 50, 5, "●50"),
        ("Initializing", 0, 0, None, "●0┈"),
        ("Promoting", 50, 50, None, "●★"),
        ("Finalising", 0, 0, None, "●★"),
        ("Succeeded", 0, 0, None, "●★"),
        ("Failed", 0, 0, None, "●0┈"),
        ("Failed", 100, 100, None, "●★"),
    ],
)
def test_a_step_is_told_of_an_analysis_only(
    phase: str, weight: int, router: int, reached: int | None, ruler: str
) -> None:
    found = situation(canary(phase, weight=weight), router_weight=router, checks=(RATE,))
    assert steps_reached(found) == reached
    assert row_of(found).step == (None if reached is None else (reached, 5))
    said = report_lines.NO_ANALYSIS.text() if reached is None else f"reached {reached} of 5"
    assert any(said in line for line in described(found, "", ()))
    drawn = "\n".join(each.plain for each in steps(DetailView(found, "", explain(found), None, True), 100))
    assert ruler in drawn
    assert (f"step {reached} of 5" in drawn) == (reached is not None)
    assert ("step" in drawn) == (reached is not None)


def test_a_line_of_get_is_true_to_itself_between_the_routers_write_and_the_statuss() -> None:
    columns = CanaryColumns(namespaced=True, wide=False)
    found = situation(canary("Progressing", weight=0), router_weight=10)
    told = dict(zip(columns.titles, columns.row(PrintedCanary({"status": {"canaryWeight": 0}}, found)), strict=True))
    assert (told["WEIGHT"], told["STEP"]) == ("0", "0/5")
