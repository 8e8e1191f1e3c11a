"""Which canaries are on the wall now: failures first and alone, else what moves or is wrong, in turn where they do
not fit, else nothing but the last endings.

Fed with the list's rows as they change; keeps one small record for each canary there is and forgets those that are
gone, so that it stays as small after weeks as it was on the first day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import nlargest

from msgspec import Struct

from canarytui.domain.rollout.explain import Tone
from canarytui.domain.rollout.situation import ACTIVE_PHASES
from canarytui.domain.values import NamespacedName, parse_time
from canarytui.session.rows import CanaryRow

FAILURE_STAYS = timedelta(minutes=15)
"""A failure keeps the wall for so long, unless a newer rollout of its canary begins."""

MOST_PAGES = 12
"""Nobody waits for more pages than this; the worst comes first."""

PROMOTION_STAYS = timedelta(minutes=2)
_FUTURE = timedelta(minutes=1)


class ObservedState(Struct, frozen=True):
    """One canary's state, and since when. `version` tells two states of the same name apart."""

    key: NamespacedName
    version: tuple[str, str]
    since: datetime | None
    failed: bool
    promoted: bool
    moving: bool
    tone: Tone


class WallPage(Struct, frozen=True):
    """What the wall shows now: `keys` have cards, `rest` are mentioned in one line. `alarm`: the keys are failures.
    `number` of `pages` counts from 1."""

    keys: tuple[NamespacedName, ...]
    rest: tuple[NamespacedName, ...]
    alarm: bool = False
    number: int = 1
    pages: int = 1


class Wallboard:
    """`rotate_s` is how long a page stays when there are several."""

    def __init__(self, rotate_s: float = 10.0) -> None:
        self._rotate_s = max(rotate_s, 1.0)
        self._standings: dict[NamespacedName, ObservedState] = {}
        self._failures: dict[NamespacedName, ObservedState] = {}
        self._promoted: dict[NamespacedName, ObservedState] = {}
        self._moving: dict[NamespacedName, ObservedState] = {}

    def take(self, key: NamespacedName, row: CanaryRow | None, now: datetime) -> None:
        """Take in a row, or None for a canary that is gone."""
        before = self._standings.pop(key, None)
        for known in (self._failures, self._promoted, self._moving):
            known.pop(key, None)
        if row is None:
            return
        standing = self._standings[key] = _standing(row, before, now)
        if standing.failed:
            self._failures[key] = standing
        elif standing.promoted:
            self._promoted[key] = standing
        if standing.moving:
            self._moving[key] = standing

    def since(self, key: NamespacedName) -> datetime | None:
        """When the canary came into its present state, as far as that is known."""
        standing = self._standings.get(key)
        return standing.since if standing is not None else None

    def failures(self, now: datetime) -> list[NamespacedName]:
        """Failures that keep the wall, the newest first."""
        young = [each for each in self._failures.values() if _young(each, FAILURE_STAYS, now)]
        young.sort(key=lambda each: (-_stamp(each.since), each.key))
        return [each.key for each in young]

    def active(self, now: datetime) -> list[NamespacedName]:
        """What moves or is wrong, problems first; then what was promoted a moment ago."""
        moving = sorted(self._moving.values(), key=lambda each: (each.tone is not Tone.BAD, each.key))
        young = [each for each in self._promoted.values() if _young(each, PROMOTION_STAYS, now)]
        young.sort(key=lambda each: each.key)
        return [each.key for each in moving] + [each.key for each in young]

    def counts(self) -> tuple[int, int, int]:
        """(all, moving, in trouble or failed), as the header says them."""
        return len(self._standings), len(self._moving), self.problems() + len(self._failures)

    def problems(self) -> int:
        """How many of what moves are in trouble."""
        return sum(each.tone is Tone.BAD for each in self._moving.values())

    def endings(self, most: int) -> list[ObservedState]:
        """The last promotions and failures, the newest first."""
        dated = (each for known in (self._failures, self._promoted) for each in known.values() if each.since)
        return nlargest(most, dated, key=lambda each: (_stamp(each.since), each.key))

    def page(self, now: datetime, slots: int) -> WallPage:
        """What is on a wall with room for `slots` cards. Problems stay on it while they leave room for others, which
        take turns; where there are more than :data:`MOST_PAGES` pages the rest is only counted."""
        turn = int(now.timestamp() // self._rotate_s)
        failures, active = self.failures(now), self.active(now)
        if failures:
            keys, number, pages = _turn(failures, slots, turn)
            return WallPage(keys, tuple(_without(failures, keys) + active), True, number, pages)
        if len(active) <= slots:
            return WallPage(tuple(active), ())
        problems = self.problems()
        pinned = active[:problems] if problems < slots else []
        keys, number, pages = _turn(active[len(pinned) :], slots - len(pinned), turn)
        return WallPage((*pinned, *keys), tuple(_without(active, {*pinned, *keys})), False, number, pages)

    def keys(self) -> Iterable[NamespacedName]:
        """All canaries that are known."""
        return self._standings.keys()

    def __len__(self) -> int:
        return len(self._standings)


def _turn(keys: list[NamespacedName], slots: int, turn: int) -> tuple[tuple[NamespacedName, ...], int, int]:
    pages = min(max(-(-len(keys) // slots), 1), MOST_PAGES)
    number = turn % pages
    return tuple(keys[number * slots : (number + 1) * slots]), number + 1, pages


def _without(keys: list[NamespacedName], shown: Iterable[NamespacedName]) -> list[NamespacedName]:
    left_out = set(shown)
    return [key for key in keys if key not in left_out]


def _standing(row: CanaryRow, before: ObservedState | None, now: datetime) -> ObservedState:
    failed = row.phase == "Failed"
    promoted = row.phase == "Succeeded"
    version = (row.phase, row.transition if failed or promoted else "")
    if before is not None and before.version == version:
        since = before.since
    elif before is not None:
        since = now  # observed here: our own clock
    else:
        since = _past(parse_time(row.transition), now)
    # A canary that nobody has taken up has no phase; a row that is bad in a phase at rest has lost its target.
    moving = row.phase in ACTIVE_PHASES or row.phase in ("", "Terminating") or (row.tone is Tone.BAD and not failed)
    return ObservedState(row.key, version, since, failed, promoted, moving, row.tone)


def _past(at: datetime | None, now: datetime) -> datetime | None:
    """`at` by the cluster's clock, which may be a little ahead of ours, but hardly by minutes."""
    return at if at is None or at <= now + _FUTURE else None


def _young(standing: ObservedState, stays: timedelta, now: datetime) -> bool:
    return standing.since is not None and now - standing.since < stays


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
