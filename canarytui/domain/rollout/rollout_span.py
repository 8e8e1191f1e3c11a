"""When a rollout began and ended, as the status and the timeline tell. Pure.

The ``Promoted`` condition keeps its transition time from a rollout's begin to its end; a new revision during the
analysis begins another rollout without a transition, which only the timeline has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.conditions import PROMOTED
from canarytui.domain.spec.phases import ACTIVE, Phase
from canarytui.domain.values import parse_time

_OVER = frozenset({Phase.SUCCEEDED, Phase.FAILED})
_BEGINNING = frozenset({("phase", str(Phase.PROGRESSING)), ("phase", str(Phase.WAITING)), ("restart", "")})


@dataclass(frozen=True, slots=True)
class RolloutSpan:
    """`ended` is None while the rollout goes on."""

    began: datetime
    ended: datetime | None = None


def rollout_span(situation: Situation) -> RolloutSpan | None:
    """Of the rollout that goes on, else of the last one; None where its begin is not known."""
    status = situation.canary.status
    moved = _transition(situation)
    if status.phase in ACTIVE:
        restarted = _begun(situation.timeline(), None, moved)
        known = [at for at in (moved, restarted) if at is not None]
        return RolloutSpan(max(known)) if known else None
    if status.phase not in _OVER or moved is None:
        return None
    began = _begun(situation.timeline(), moved, None)
    return RolloutSpan(began, moved) if began is not None else None


def _transition(situation: Situation) -> datetime | None:
    for condition in situation.canary.status.conditions:
        if condition.get("type") == PROMOTED:
            return parse_time(condition.get("lastTransitionTime"))
    return None


def _begun(newest_first: Iterable[TimelineEntry], before: datetime | None, after: datetime | None) -> datetime | None:
    """When the analysis last began: with `after`, only a restart since then; otherwise before `before`."""
    for entry in newest_first:
        if before is not None and entry.at >= before:
            continue
        if after is not None and entry.at <= after:
            return None
        marks = entry.marks & _BEGINNING
        if marks and (after is None or ("restart", "") in marks):
            return entry.at
    return None
