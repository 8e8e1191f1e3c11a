"""The past rollouts of a canary, as its timeline has them: when each was analysed, how it ended, what held it up.

Pure. A timeline is incomplete (Kubernetes keeps Events for an hour, and a console that is closed sees nothing), so what
is not there is not made up: an attempt without a known end is left out of comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from canarytui.domain.history.controller_messages import (
    HOOK_REFUSED,
    NOT_ANALYSED,
    ROLLING_BACK,
    SKIPS,
    STARTING,
    THRESHOLD,
    UNREADY,
    WAITS_FOR_INCREASE,
    WAITS_FOR_PROMOTION,
    Mark,
)
from canarytui.domain.history.facts import BY_HAND
from canarytui.domain.rollout.simulation import TickEvent


class AttemptOutcome(StrEnum):
    """How an attempt ended."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    """By its checks and webhooks."""
    ENDED = "ended otherwise"
    """By hand, by a rollback webhook, by a deadline."""
    SUPERSEDED = "superseded"
    """A newer revision took its place."""
    SKIPPED = "analysis skipped"
    UNKNOWN = "unknown"


class _Told(Protocol):
    """An entry of a timeline, or a fact."""

    @property
    def at(self) -> datetime: ...
    @property
    def text(self) -> str: ...
    @property
    def marks(self) -> Iterable[Mark]: ...


class RolloutAttempt(Struct, frozen=True):
    """One attempt to bring a revision out.

    `first_tick` is that of its analysis: no traffic yet, None when none is known. `until` is when it ended, or the last
    that is known of it. `events` are what else happened, at which time; `suspensions` are (from, to). `by_hand`:
    somebody changed its status. `revision` names it, where something does.
    """

    began: datetime
    first_tick: datetime | None
    until: datetime
    outcome: AttemptOutcome = AttemptOutcome.UNKNOWN
    events: tuple[tuple[datetime, TickEvent], ...] = ()
    suspensions: tuple[tuple[datetime, datetime], ...] = ()
    promotion_gate_from: datetime | None = None
    by_hand: bool = False
    revision: str = ""
    source: str = "history"


class _Open(Struct):
    began: datetime
    first_tick: datetime | None = None
    events: list[tuple[datetime, TickEvent]] = field(default_factory=list)
    suspensions: list[tuple[datetime, datetime]] = field(default_factory=list)
    suspended_from: datetime | None = None
    promotion_gate_from: datetime | None = None
    by_hand: bool = False
    threshold_reached: bool = False
    last: datetime | None = None

    def take(self, at: datetime, text: str, marks: frozenset[Mark]) -> None:
        self.last = at
        if self.suspended_from is not None:
            self.suspensions.append((self.suspended_from, at))
        # Flagger says so at every tick, ours once: it lasts until something else is told.
        self.suspended_from = at if text == SKIPS else None
        if self.first_tick is None and (advanced(marks) or STARTING.match(text)):
            self.first_tick = at
        if any(aspect.startswith(BY_HAND) for aspect, _ in marks):
            self.by_hand = True
        if THRESHOLD.match(text):
            self.threshold_reached = True
        if WAITS_FOR_PROMOTION.match(text) and self.promotion_gate_from is None:
            self.promotion_gate_from = at
        event = _event(text)
        if event is not None:
            self.events.append((at, event))

    def closed(self, at: datetime, outcome: AttemptOutcome) -> RolloutAttempt:
        events = list(self.events)
        if outcome in (AttemptOutcome.ENDED, AttemptOutcome.SUPERSEDED):
            events.append((at, TickEvent.ENDED))
        return RolloutAttempt(
            self.began,
            self.first_tick,
            at,
            outcome,
            tuple(events),
            tuple(self.suspensions),
            self.promotion_gate_from,
            self.by_hand,
        )


def advanced(marks: Iterable[Mark]) -> bool:
    """Whether an entry with these marks tells of a weight or an iteration that the canary was advanced to."""
    return any(aspect in ("weight", "iteration") and value not in ("0", "") for aspect, value in marks)


def attempts_of(told: Iterable[_Told]) -> list[RolloutAttempt]:
    """The attempts in a canary's timeline, oldest first. `told` is in order."""
    found: list[RolloutAttempt] = []
    current: _Open | None = None
    for entry in told:
        at, text, marks = entry.at, entry.text, frozenset(entry.marks)
        phases = {value for aspect, value in marks if aspect == "phase"}
        begins = "Progressing" in phases and not any(aspect.startswith(BY_HAND) for aspect, _ in marks)
        restarts = any(aspect == "restart" for aspect, _ in marks)
        if restarts or (begins and (current is None or current.first_tick is not None)):
            if current is not None:
                known = AttemptOutcome.SUPERSEDED if restarts else AttemptOutcome.UNKNOWN
                found.append(current.closed(at if restarts else current.last or at, known))
            current = _Open(at)
        if current is None:
            continue
        current.take(at, text, marks)
        outcome = _outcome(phases, text, current)
        if outcome is not None:
            found.append(current.closed(at, outcome))
            current = None
    if current is not None:
        found.append(current.closed(current.last or current.began, AttemptOutcome.UNKNOWN))
    return found


def _outcome(phases: set[str], text: str, current: _Open) -> AttemptOutcome | None:
    if "Failed" in phases:
        other = current.events and current.events[-1][1] is TickEvent.ENDED
        by_checks = current.threshold_reached or not (other or current.by_hand)
        return AttemptOutcome.ROLLED_BACK if by_checks else AttemptOutcome.ENDED
    if NOT_ANALYSED.match(text) or ("Succeeded" in phases and current.first_tick is None):
        return AttemptOutcome.SKIPPED
    return AttemptOutcome.PROMOTED if phases & {"Promoting", "Succeeded"} else None


def _event(text: str) -> TickEvent | None:
    if HOOK_REFUSED.match(text):
        return TickEvent.HOOK_FAILED
    if WAITS_FOR_INCREASE in text:
        return TickEvent.GATE_CLOSED
    if ROLLING_BACK.match(text) and not THRESHOLD.match(text):
        return TickEvent.ENDED
    if UNREADY.match(text):
        return TickEvent.SKIPPED
    return None


def tick_events(attempt: RolloutAttempt, interval_s: float, ticks: int) -> list[TickEvent | None]:
    """What happened at each of `ticks` ticks of an attempt, `interval_s` seconds apart, besides its checks."""
    found: list[TickEvent | None] = [None] * ticks
    if attempt.first_tick is None:
        return found
    spans = [(*suspension, TickEvent.SKIPPED) for suspension in attempt.suspensions]
    if attempt.promotion_gate_from is not None:
        spans.insert(0, (attempt.promotion_gate_from, attempt.until, TickEvent.PROMOTION_GATE_CLOSED))
    for begin, end, event in spans:
        first, last = (tick_index(attempt.first_tick, at, interval_s) for at in (begin, end))
        found[max(first, 0) : max(last, 0)] = [event] * len(found[max(first, 0) : max(last, 0)])
    for at, event in attempt.events:
        number = tick_index(attempt.first_tick, at, interval_s)
        if 0 <= number < ticks:
            found[number] = event
    return found


def tick_index(first: datetime, at: datetime, interval_s: float) -> int:
    """Which tick `at` is, counted from `first`."""
    return round((at - first).total_seconds() / interval_s)
