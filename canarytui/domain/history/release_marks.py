"""Which release a rollout replaces and which one it brings out: noted while objects tell, because afterwards none does.
Pure.

Noted is what primary and target run while a revision is analysed, under ``status.lastAppliedSpec``, by which the
controller tells revisions apart: a restart has another one, and the primary has the old release until the promotion.
It becomes marks of the rollout's end, if that is of the same revision. What the target runs at the end proves nothing:
the next release may have been pushed by then, or the old one put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.history.controller_messages import Mark
from canarytui.domain.spec.phases import Phase
from canarytui.domain.text.plain import clean

RELEASE = "release"
"""The aspect of a mark with what a rollout brought out, or tried to."""
REPLACED = "replaced"
"""The aspect of a mark with what the primary ran until then."""

_ANALYSED = frozenset({Phase.PROGRESSING, Phase.WAITING_PROMOTION})
_ENDED = frozenset({Phase.SUCCEEDED, Phase.FAILED})
_LONGEST = 60


class RolloutReleases(Struct, frozen=True):
    """What the primary runs, and what replaces it; `applied` is the ``status.lastAppliedSpec`` of that revision."""

    applied: str
    replaced: str
    release: str


def applied_spec(status: Mapping[str, Any]) -> str:
    """``status.lastAppliedSpec``; "" without one."""
    applied = status.get("lastAppliedSpec")
    return applied if isinstance(applied, str) else ""


def is_to_be_noted(known: RolloutReleases | None, status: Mapping[str, Any]) -> bool:
    """Whether a revision is analysed that is not the `known` one."""
    applied = applied_spec(status)
    return status.get("phase") in _ANALYSED and applied != "" and (known is None or known.applied != applied)


def release_marks(
    marks: Iterable[Mark], status: Mapping[str, Any], known: RolloutReleases | None, primary: str, target: str
) -> frozenset[Mark]:
    """The marks to add to those of a change of phase: at the end of the `known` revision; when the primary is set up,
    with what the target runs, which both then do. `primary` and `target` are releases, "" where one is unknown."""
    phases = {value for aspect, value in marks if aspect == "phase"}
    if phases & _ENDED and known is not None and known.applied == applied_spec(status):
        return frozenset({(REPLACED, clean(known.replaced, _LONGEST)), (RELEASE, clean(known.release, _LONGEST))})
    if Phase.INITIALIZED in phases and primary == target != "":
        return frozenset({(RELEASE, clean(primary, _LONGEST))})
    return frozenset()
