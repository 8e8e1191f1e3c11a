"""The state of a fleet in five numbers, by context and namespace: failing, gated, paused for over an hour, promoted and
rolled back. Pure; kept up row by row, so that nothing is counted again for a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from canarytui.domain.history.rollouts import RolloutOutcome
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.sentences import pulse as words
from canarytui.domain.spec.phases import Phase
from canarytui.domain.values import NamespacedName
from canarytui.session.rollout_endings import RolloutEndings
from canarytui.session.rows import CanaryRow

LONG_PAUSE = timedelta(hours=1)

Place = tuple[str, str]
"""A context, "" where there is one only, and a namespace."""


class PulseKind(StrEnum):
    """What is counted, in the order in which it is shown."""

    FAILING = "failing"
    GATED = "gated"
    PAUSED = "paused > 1 h"
    PROMOTED = "promoted"
    ROLLED_BACK = words.ROLLED_BACK.text()


ENDINGS = {PulseKind.PROMOTED: RolloutOutcome.PROMOTED, PulseKind.ROLLED_BACK: RolloutOutcome.FAILED}
"""What is counted over the last 24 hours; the others are as of now."""

_GATES = (Phase.WAITING, Phase.WAITING_PROMOTION)


def is_kind(row: CanaryRow, kind: PulseKind, now: datetime) -> bool:
    """Whether a canary is counted under `kind` now."""
    if kind is PulseKind.PAUSED:
        return row.paused_since is not None and now - row.paused_since >= LONG_PAUSE
    return kind in _lasting(row)


class PulseTable(Struct, frozen=True):
    """`counts` by kind and place; `places` are those with any, ordered. `since` is from when on endings are counted."""

    counts: Mapping[tuple[PulseKind, Place], int] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    since: datetime | None = None

    def total(self, kind: PulseKind) -> int:
        """Of all places."""
        return sum(count for (counted, _), count in self.counts.items() if counted is kind)


class Pulse:
    """The counts of the rows that it was given."""

    def __init__(self) -> None:
        self._of: dict[NamespacedName, tuple[Place, frozenset[PulseKind]]] = {}
        self._counts: Counter[tuple[PulseKind, Place]] = Counter()
        self._paused: dict[NamespacedName, tuple[Place, datetime]] = {}

    def take(self, key: NamespacedName, row: CanaryRow | None) -> None:
        """A row has changed; None when its canary is gone."""
        before, kinds = self._of.pop(key, (("", ""), frozenset[PulseKind]()))
        for kind in kinds:
            self._counts[kind, before] -= 1
        self._paused.pop(key, None)
        if row is None:
            return
        place = (row.context, row.namespace)
        if row.paused_since is not None:
            self._paused[key] = (place, row.paused_since)
        kinds = _lasting(row)
        if kinds:
            self._of[key] = (place, kinds)
            self._counts.update((kind, place) for kind in kinds)

    def table(self, now: datetime, endings: Iterable[tuple[str, RolloutEndings]]) -> PulseTable:
        """The numbers at `now`; `endings` by context."""
        counts = Counter({counted: count for counted, count in self._counts.items() if count})
        counts.update((PulseKind.PAUSED, place) for place, since in self._paused.values() if now - since >= LONG_PAUSE)
        starts = []
        for context, ended in endings:
            found = ended.counts(now)
            starts.append(ended.since(now))
            for kind, outcome in ENDINGS.items():
                for (namespace, how), count in found.items():
                    if how is outcome:
                        counts[kind, (context, namespace)] += count
        places = tuple(sorted({place for _, place in counts}))
        return PulseTable(counts, places, max(starts, default=None))


def _lasting(row: CanaryRow) -> frozenset[PulseKind]:
    """What a row counts as, whatever the time."""
    found = [PulseKind.FAILING] if row.tone is Tone.BAD else []
    if row.phase in _GATES and row.paused_since is None:
        found.append(PulseKind.GATED)
    return frozenset(found)
