"""The filter of the STATUS column: a phase, a state as the list words it, or a group (``:problem``, ``:active`` …)."""

from __future__ import annotations

from canarytui.domain.rollout.explain import Tone
from canarytui.session.columns.column import RowTest
from canarytui.session.rows import CanaryRow

_GROUPS = {
    "problem": Tone.BAD,
    "problems": Tone.BAD,
    "bad": Tone.BAD,
    "waiting": Tone.WAITING,
    "active": Tone.ACTIVE,
    "quiet": Tone.QUIET,
}


def state_test(value: str) -> RowTest:
    """The test for one state or several (``failed,halted``), each by its beginning."""
    wanted = tuple(part for part in value.split(",") if part)
    groups = {_GROUPS[part] for part in wanted if part in _GROUPS}

    def test(row: CanaryRow) -> bool:
        # "waiting" is a phase and a group: both count.
        return row.tone in groups or row.label.lower().startswith(wanted) or row.phase.lower().startswith(wanted)

    return test
