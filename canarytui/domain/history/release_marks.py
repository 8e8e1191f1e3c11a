"""Which release a rollout brought out, and which one it replaced: noted when its phase is seen to change, because
afterwards no object tells of it. Pure.

Only what cannot be another's is taken. The controller alone writes the primary: it has the old release until the
promotion. From then on both workloads have the new one; where they still differ, the primary's change has not arrived
yet (with ``skipAnalysis`` it comes in the same tick), and nothing is noted. A rollout that fails is about what its
target runs.
"""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.domain.history.controller_messages import Mark
from canarytui.domain.spec.phases import Phase
from canarytui.domain.text.plain import clean

RELEASE = "release"
"""The aspect of a mark with what a rollout brought out, or tried to."""
REPLACED = "replaced"
"""The aspect of a mark with what the primary ran when a rollout began."""

_BEGINNINGS = frozenset({Phase.WAITING, Phase.PROGRESSING})
_PROMOTED = frozenset({Phase.INITIALIZED, Phase.SUCCEEDED})
_LONGEST = 60


def release_marks(marks: Iterable[Mark], primary: str, target: str) -> frozenset[Mark]:
    """The marks to add to those of a status change; `primary` and `target` are the releases that the two workloads run
    then, "" where one is unknown."""
    phases = {value for aspect, value in marks if aspect == "phase"}
    if phases & _BEGINNINGS:
        found = (REPLACED, primary)
    elif phases & _PROMOTED:
        found = (RELEASE, primary if primary == target else "")
    elif Phase.FAILED in phases:
        found = (RELEASE, target)
    else:
        return frozenset()
    return frozenset({(found[0], clean(found[1], _LONGEST))}) if found[1] else frozenset()
