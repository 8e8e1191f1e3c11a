"""When a rollout began and ended, as the status and the timeline tell. Pure.

The ``Promoted`` condition keeps its transition time from a rollout's begin to its end; a new revision during the
analysis begins another rollout without a transition, which only the timeline has.

Counters are read at each scrape. So after a restart the first scrape still brings requests that the predecessor got: a
rollout's requests count from when everything has been scraped once (:func:`counted_from`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.conditions import PROMOTED
from canarytui.domain.spec.phases import ACTIVE, Phase
from canarytui.domain.values import parse_time

_OVER = frozenset({Phase.SUCCEEDED, Phase.FAILED})
_RESTART = ("restart", "")
_BEGINNING = frozenset({("phase", str(Phase.PROGRESSING)), ("phase", str(Phase.WAITING)), _RESTART})


class RolloutSpan(Struct, frozen=True):
    """`ended` is None while the rollout goes on. `restarted`: another revision was being analysed until it began."""

    began: datetime
    ended: datetime | None = None
    restarted: bool = False


SCRAPE_S = 60.0
"""Between two scrapes, where nobody knows: Prometheus' default."""


def counted_from(span: RolloutSpan, scrape_s: float = SCRAPE_S) -> datetime:
    """From when requests are the rollout's own; `scrape_s` is the time between two scrapes of them.

    Until its analysis begins a canary gets no traffic, so nothing is lost but what comes within a scrape of a restart.
    Series that have the revision in their names (Knative's) need no more than that either.
    """
    return span.began + timedelta(seconds=scrape_s) if span.restarted else span.began


def rollout_span(situation: Situation) -> RolloutSpan | None:
    """Of the rollout that goes on, else of the last one; None where its begin is not known."""
    status = situation.canary.status
    moved = _transition(situation)
    if status.phase in ACTIVE:
        restarted = _begun(situation.timeline(), None, moved)
        if restarted is not None and (moved is None or restarted[0] > moved):
            return RolloutSpan(restarted[0], restarted=True)
        return RolloutSpan(moved) if moved is not None else None
    if status.phase not in _OVER or moved is None:
        return None
    began = _begun(situation.timeline(), moved, None)
    return RolloutSpan(began[0], moved, began[1]) if began is not None else None


def _transition(situation: Situation) -> datetime | None:
    for condition in situation.canary.status.conditions:
        if condition.get("type") == PROMOTED:
            return parse_time(condition.get("lastTransitionTime"))
    return None


def _begun(
    newest_first: Iterable[TimelineEntry], before: datetime | None, after: datetime | None
) -> tuple[datetime, bool] | None:
    """When the analysis last began, and whether by a restart: with `after`, only a restart since then; otherwise
    before `before`."""
    for entry in newest_first:
        if before is not None and entry.at >= before:
            continue
        if after is not None and entry.at <= after:
            return None
        marks = entry.marks & _BEGINNING
        if marks and (after is None or _RESTART in marks):
            return entry.at, _RESTART in marks
    return None
