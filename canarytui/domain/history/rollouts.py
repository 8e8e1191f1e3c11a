"""The timeline of one canary, rollout by rollout: when each began, how it ended, how far it came. Pure.

Only what was recorded counts: a rollout whose beginning was not seen has none, and one that was replaced by the next
revision has no ending.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from canarytui.domain.history.controller_messages import THRESHOLD
from canarytui.domain.history.release_marks import RELEASE, REPLACED
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.spec.phases import Phase
from canarytui.domain.workloads.containers import joined_releases
from canarytui.whole_number import whole_number


class RolloutOutcome(StrEnum):
    """How a rollout ended, as far as it was recorded."""

    OPEN = "open"
    """No ending was recorded: it is in progress, or another revision replaced it."""
    PROMOTED = "promoted"
    FAILED = "failed"


class RecordedRollout(Struct, frozen=True):
    """One rollout. `entries` are oldest first, with what happened after it and before the next one.

    Attributes:
        began: when its revision was taken up; None where that was not recorded.
        ended: when it was promoted or failed; None where that was not recorded.
        weight: the last weight above 0 before it ended; None where none was recorded.
        iteration: the last iteration before it ended; None where none was recorded.
        failed: failed checks that were counted before it ended; None where no count was recorded.
        replaced: the release that the primary ran until then; "" where that was not recorded, as of an initialization.
        release: the release that it was about, known from its end on; "" where that was not recorded.
    """

    entries: tuple[TimelineEntry, ...]
    began: datetime | None = None
    ended: datetime | None = None
    outcome: RolloutOutcome = RolloutOutcome.OPEN
    weight: int | None = None
    iteration: int | None = None
    failed: int | None = None
    replaced: str = ""
    release: str = ""
    initialized: bool = False
    """Whether the primary was set up in it: with what the target ran then, and without an analysis."""

    @property
    def releases(self) -> str:
        """``4.0.5→4.0.6``, or the one release if both workloads ran it; "" where it was not recorded."""
        return joined_releases(self.replaced, self.release)


def recorded_rollouts(entries: Iterable[TimelineEntry]) -> list[RecordedRollout]:
    """The rollouts in a canary's `entries`, both oldest first. What was recorded before the first beginning makes one
    of its own."""
    groups: list[list[TimelineEntry]] = []
    ended = True
    for entry in entries:
        begins = _begins(entry, ended)
        if begins or not groups:
            groups.append([])
            ended = not begins
        groups[-1].append(entry)
        ended = ended or _ending(entry) is not None
    return [_rollout(group) for group in groups]


def last_attempt(entries: Iterable[TimelineEntry]) -> RecordedRollout | None:
    """The newest rollout in `entries`, if it failed."""
    found = recorded_rollouts(entries)
    return found[-1] if found and found[-1].outcome is RolloutOutcome.FAILED else None


_BEGINNINGS = frozenset({Phase.WAITING, Phase.PROGRESSING})
_AT_REST = {Phase.SUCCEEDED: RolloutOutcome.PROMOTED, Phase.FAILED: RolloutOutcome.FAILED}


def _begins(entry: TimelineEntry, ended: bool) -> bool:
    """A restart replaces a rollout in progress; any other beginning is one only at rest."""
    if any(aspect == "restart" for aspect, _ in entry.marks):
        return True
    return ended and bool(_phases(entry) & _BEGINNINGS)


def _ending(entry: TimelineEntry) -> RolloutOutcome | None:
    return next((_AT_REST[phase] for phase in _AT_REST if phase in _phases(entry)), None)


def _releases(entry: TimelineEntry) -> dict[str, str]:
    return {aspect: value for aspect, value in entry.marks if aspect in (REPLACED, RELEASE)}


def _phases(entry: TimelineEntry) -> set[str]:
    return {value for aspect, value in entry.marks if aspect == "phase"}


def _rollout(entries: list[TimelineEntry]) -> RecordedRollout:
    first = entries[0]
    begins = bool(_phases(first) & _BEGINNINGS) or any(aspect == "restart" for aspect, _ in first.marks)
    ended, outcome = None, RolloutOutcome.OPEN
    reached: dict[str, int] = {}
    releases = next((noted for entry in entries if (noted := _releases(entry))), {})
    for entry in entries:
        for aspect in ("weight", "iteration", "failed"):
            numbers = [whole_number(value) or 0 for known, value in entry.marks if known == aspect]
            if any(numbers):
                reached[aspect] = max(numbers)
        crossed = THRESHOLD.match(entry.text)
        if crossed is not None and (count := whole_number(crossed[1])):
            reached["failed"] = count
        found = _ending(entry)
        if found is not None:
            ended, outcome = entry.at, found
            break
    return RecordedRollout(
        entries=tuple(entries),
        began=first.at if begins else None,
        ended=ended,
        outcome=outcome,
        weight=reached.get("weight"),
        iteration=reached.get("iteration"),
        failed=reached.get("failed"),
        replaced=releases.get(REPLACED, ""),
        release=releases.get(RELEASE, ""),
        initialized=any(Phase.INITIALIZED in _phases(entry) for entry in entries),
    )
