"""``:failed``, ``phase:waiting``, ``:problem``: what the STATUS column narrows the list to."""

from __future__ import annotations

import pytest

from canarytui.domain.rollout.explain import Tone
from canarytui.session.columns.state_filter import state_test
from canarytui.session.rows import CanaryRow

ROWS = {
    "halted": CanaryRow(("a", "halted"), "a", "halted", "Halted", Tone.BAD, phase="Progressing"),
    "failed": CanaryRow(("a", "failed"), "a", "failed", "Failed", Tone.BAD, phase="Failed"),
    "waiting": CanaryRow(("a", "waiting"), "a", "waiting", "Waiting", Tone.WAITING, phase="Waiting"),
    "moving": CanaryRow(("a", "moving"), "a", "moving", "Progressing", Tone.ACTIVE, phase="Progressing"),
    "done": CanaryRow(("a", "done"), "a", "done", "Succeeded", Tone.QUIET, phase="Succeeded"),
}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("failed", {"failed"}),
        ("prog", {"halted", "moving"}),
        ("halted,failed", {"halted", "failed"}),
        ("problem", {"halted", "failed"}),
        ("problems", {"halted", "failed"}),
        ("waiting", {"waiting"}),
        ("active", {"moving"}),
        ("quiet", {"done"}),
        ("nosuch", set()),
        (",failed,", {"failed"}),
    ],
)
def test_a_phase_a_state_or_a_group(value: str, found: set[str]) -> None:
    test = state_test(value)
    assert {name for name, row in ROWS.items() if test(row)} == found
