"""Past rollouts with what their checks measured at each tick. Pure."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt, tick_events, tick_index
from canarytui.domain.rollout.simulation import TickInput

TICKS_MOST = 50_000
"""Of one attempt."""

_NEW_FOR = timedelta(minutes=10)
"""How long after its ReplicaSet was made a rollout may begin: intervals, and a gate before it."""

Points = Sequence[tuple[float, float]]
"""(unix seconds, value), oldest first."""


class PastRollout(Struct, frozen=True):
    """An attempt and its ticks. `problem` says why it cannot be judged; "" when it can.

    `ticks` may be more than the attempt had: thresholds that let it go on need values from later.
    """

    attempt: RolloutAttempt
    ticks: tuple[TickInput, ...] = ()
    problem: str = ""


class PastValues(Struct, frozen=True):
    """The values of one query over a time. A value holds for `holds_s` seconds: 0 where the query was evaluated at the
    ticks themselves, so that a tick without a point had none."""

    points: Points
    holds_s: float = 0.0

    def at(self, moment_s: float) -> float | None:
        """The latest value up to `moment_s`, if it still holds; None for none or NaN."""
        number = bisect_right(self.points, (moment_s + _ROUNDED_S, math.inf)) - 1
        if number < 0 or moment_s - self.points[number][0] > self.holds_s + _ROUNDED_S:
            return None
        value = self.points[number][1]
        return None if math.isnan(value) else value

    def after(self, moment_s: float, most_s: float) -> float | None:
        """The first value that is no NaN after `moment_s`, at most `most_s` later; None for none."""
        begin = bisect_right(self.points, (moment_s + _ROUNDED_S, math.inf))
        later = itertools.takewhile(lambda point: point[0] <= moment_s + most_s, self.points[begin:])
        return next((value for _, value in later if not math.isnan(value)), None)


_ROUNDED_S = 0.75
"""Services round moments to seconds."""


def past_values(points: Points, first_s: float, interval_s: float, *, evaluated: bool = False) -> PastValues:
    """`points` for ticks from `first_s` on. Unless the query was `evaluated` at each of them, the service chooses its
    moments, and a value holds until the next."""
    if evaluated:
        return PastValues(points)
    off = max((abs((at - first_s) / interval_s - round((at - first_s) / interval_s)) for at, _ in points), default=0.0)
    gap = min((later[0] - earlier[0] for earlier, later in itertools.pairwise(points)), default=0.0)
    aligned = off * interval_s <= _ROUNDED_S and gap <= interval_s + _ROUNDED_S
    return PastValues(points, 0.0 if aligned else max(gap, interval_s))


def tick_count(attempt: RolloutAttempt, interval_s: float) -> int:
    """How many ticks of an attempt's analysis are known; 0 without an analysis."""
    if attempt.first_tick is None or interval_s <= 0:
        return 0
    return min(max(tick_index(attempt.first_tick, attempt.until, interval_s) + 1, 0), TICKS_MOST)


def with_values(attempt: RolloutAttempt, values: Sequence[PastValues], interval_s: float) -> PastRollout:
    """The attempt with the value of each check at each tick; `values` are in the order of evaluation."""
    count = tick_count(attempt, interval_s)
    first = attempt.first_tick
    if first is None:
        return PastRollout(attempt)
    events = tick_events(attempt, interval_s, count)
    ticks = []
    for number in range(count):
        moment_s = first.timestamp() + number * interval_s
        measured = tuple(each.at(moment_s) for each in values)
        ticks.append(TickInput(measured, events[number]))
    return PastRollout(attempt, tuple(ticks))


def from_first_value(rollout: PastRollout, interval_s: float) -> PastRollout:
    """The rollout from the tick before its first value to the one of its last: for attempts of which only a rough time
    is known. At the tick before, the canary got its first traffic."""
    measured = [number for number, tick in enumerate(rollout.ticks) if any(value is not None for value in tick.values)]
    first = rollout.attempt.first_tick
    if not measured or first is None:
        return replace(rollout, ticks=())
    begin, end = max(measured[0] - 1, 0), measured[-1]
    attempt = replace(
        rollout.attempt,
        first_tick=first + timedelta(seconds=begin * interval_s),
        until=first + timedelta(seconds=end * interval_s),
    )
    return PastRollout(attempt, rollout.ticks[begin : end + 1], rollout.problem)


def split_window(
    rollout: PastRollout, interval_s: float, gap_ticks: int, revisions: Iterable[datetime] = ()
) -> list[PastRollout]:
    """The rollouts within a window: a canary has values while it gets traffic, so more than `gap_ticks` ticks without
    any are the time between two; and so is a moment of `revisions`, when a new one was made."""
    first = rollout.attempt.first_tick or rollout.attempt.began
    cuts = {math.ceil((at - first).total_seconds() / interval_s) for at in revisions}
    found: list[PastRollout] = []
    start: int | None = None
    last = 0
    for number, tick in enumerate([*rollout.ticks, *[_NOTHING] * (gap_ticks + 1)]):
        if start is not None and number in cuts:
            found.append(_part(rollout, max(start - 1, 0), last, interval_s))
            start = None
        if any(value is not None for value in tick.values):
            start = number if start is None else start
            last = number
        elif start is not None and number - last > gap_ticks:
            found.append(_part(rollout, max(start - 1, 0), last, interval_s))
            start = None
    return found


_NOTHING = TickInput(())


def _part(rollout: PastRollout, begin: int, end: int, interval_s: float) -> PastRollout:
    first = rollout.attempt.first_tick or rollout.attempt.began
    at = first + timedelta(seconds=begin * interval_s)
    attempt = replace(rollout.attempt, began=at, first_tick=at, until=first + timedelta(seconds=end * interval_s))
    return PastRollout(attempt, rollout.ticks[begin : end + 1], rollout.problem)


def attempts_from_revisions(
    created: Mapping[str, datetime],
    known: Sequence[RolloutAttempt],
    *,
    longest_s: float,
    interval_s: float,
    now: datetime,
) -> list[RolloutAttempt]:
    """Attempts that no timeline has, by when the ReplicaSet of each revision was made. `created` is by revision.

    The first ReplicaSet is the one that the canary was initialised with. An attempt lasts until the next one,
    `longest_s` seconds at most.
    """
    ordered = sorted(created.items(), key=lambda item: item[1])
    found = []
    for number, (revision, at) in enumerate(ordered[1:], 1):
        following = ordered[number + 1][1] if number + 1 < len(ordered) else now
        until = min(following, at + timedelta(seconds=longest_s), now)
        near = timedelta(seconds=2 * interval_s)
        if any(at - near <= attempt.began <= until for attempt in known):
            continue
        found.append(RolloutAttempt(at, at, until, AttemptOutcome.UNKNOWN, revision=revision, source="ReplicaSet"))
    return found


def with_revisions(attempts: Sequence[RolloutAttempt], created: Mapping[str, datetime]) -> list[RolloutAttempt]:
    """The attempts with the revision whose ReplicaSet was made just before each began; a ReplicaSet names the first of
    them only. A rollout to an earlier template makes none, and stays without a name."""
    ordered = sorted(created.items(), key=lambda item: item[1])
    moments = [at for _, at in ordered]
    named, taken = [], set()
    for attempt in attempts:
        number = bisect_right(moments, attempt.began) - 1
        is_new = number >= 0 and number not in taken and attempt.began - moments[number] <= _NEW_FOR
        taken.add(number)
        named.append(replace(attempt, revision=ordered[number][0]) if is_new else attempt)
    return named


def is_measured(rollout: PastRollout) -> bool:
    """Whether any check had a value at any tick."""
    return any(value is not None for tick in rollout.ticks for value in tick.values)


def only_checks(rollout: PastRollout, places: Sequence[int]) -> PastRollout:
    """The rollout with the values of some checks only, by their places in the order of evaluation."""
    ticks = tuple(replace(tick, values=tuple(tick.values[place] for place in places)) for tick in rollout.ticks)
    return replace(rollout, ticks=ticks)


def measured_places(rollouts: Iterable[PastRollout]) -> frozenset[int]:
    """The places of the checks that had a value at any tick of any rollout."""
    ticks = (tick for rollout in rollouts for tick in rollout.ticks)
    return frozenset(place for tick in ticks for place, value in enumerate(tick.values) if value is not None)
