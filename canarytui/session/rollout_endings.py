"""Which rollouts ended in the last 24 hours, as far as this session has seen: kept apart from the timeline, whose
capacity a large fleet uses up in minutes. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from canarytui.domain.history.controller_messages import Mark
from canarytui.domain.history.facts import Fact
from canarytui.domain.history.rollouts import RolloutOutcome
from canarytui.domain.spec.phases import Phase
from canarytui.domain.values import NamespacedName

HORIZON = timedelta(hours=24)
CAPACITY = 20_000

_SAME = timedelta(seconds=3)
"""Reports of one ending that are so far apart are the same: the status, an Event and the log tell of it."""

_ENDINGS: Mapping[Mark, RolloutOutcome] = {
    ("phase", Phase.SUCCEEDED): RolloutOutcome.PROMOTED,
    ("phase", Phase.FAILED): RolloutOutcome.FAILED,
}
_Ending = tuple[datetime, NamespacedName, RolloutOutcome]


class RolloutEndings:
    """Of one cluster. Each report costs a few steps, and so does a count: what is too old is forgotten from the end."""

    def __init__(self) -> None:
        self._endings: list[_Ending] = []
        self._latest: dict[tuple[NamespacedName, RolloutOutcome], datetime] = {}
        self._counts: Counter[tuple[str, RolloutOutcome]] = Counter()
        self._since: datetime | None = None

    def take(self, report: Fact) -> None:
        """Take in a report about a canary; one that is about no ending says at least how far back reports go."""
        if self._since is None or report.at < self._since:
            self._since = report.at
        outcome = next((found for mark in report.marks if (found := _ENDINGS.get(mark)) is not None), None)
        if outcome is None:
            return
        key = (report.namespace, report.name)
        if any(each[1:] == (key, outcome) for each in self._around(report.at)):
            return
        insort(self._endings, (report.at, key, outcome))
        self._counts[report.namespace, outcome] += 1
        self._latest[key, outcome] = max(report.at, self._latest.get((key, outcome), report.at))
        if len(self._endings) > CAPACITY:
            self._since = self._endings[1][0]
            self._forget(1)

    def since(self, now: datetime) -> datetime:
        """From when on endings are counted: 24 hours ago, or the first report if that is later."""
        return max(self._since or now, now - HORIZON)

    def counts(self, now: datetime) -> Mapping[tuple[str, RolloutOutcome], int]:
        """How many rollouts ended how, by namespace."""
        self._forget(bisect_left(self._endings, now - HORIZON, key=_at))
        return self._counts

    def has(self, key: NamespacedName, outcome: RolloutOutcome, now: datetime) -> bool:
        """Whether a rollout of the canary `key` ended so."""
        at = self._latest.get((key, outcome))
        return at is not None and at >= now - HORIZON

    def _around(self, at: datetime) -> list[_Ending]:
        first = bisect_left(self._endings, at - _SAME, key=_at)
        last = bisect_left(self._endings, at + _SAME, key=_at)
        return self._endings[first:last]

    def _forget(self, count: int) -> None:
        for at, key, outcome in self._endings[:count]:
            self._counts[key[0], outcome] -= 1
            if not self._counts[key[0], outcome]:
                del self._counts[key[0], outcome]
            if self._latest.get((key, outcome)) == at:
                del self._latest[key, outcome]
        del self._endings[:count]


def _at(ending: _Ending) -> datetime:
    return ending[0]
