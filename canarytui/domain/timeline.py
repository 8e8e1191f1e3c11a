"""One ordered list of everything that happened to the canaries, each fact once, whoever told it.

Kubernetes Events lose more than half of a rollout, so the console feeds this from status changes, router
changes, Events and (where it may) the controller's log. The first telling opens an entry; later tellings
of the same fact join it, and the best-worded one lends its text. Pure: the caller brings the times.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from canarytui.domain.facts import RICHNESS, Fact, Mark, Source

CAPACITY = 5000
_LOOK_BACK = 400
_MOMENT_S = 3.0


@dataclass(slots=True, eq=False)
class Entry:
    """One fact with all who told it. `order` is the time of the first telling and a running number."""

    at: datetime
    number: int
    namespace: str
    name: str
    text: str
    warning: bool
    wording: Source
    marks: set[Mark]
    sources: dict[Source, str] = field(default_factory=dict)
    count: str = ""
    """The failed checks so far, as the status counted them for this fact; "" when it is none."""

    def __lt__(self, other: Entry) -> bool:
        return (self.at, self.number) < (other.at, other.number)


class Timeline:
    """Bounded, ordered, deduplicated. `revision` rises with every change, so that views know to look again."""

    def __init__(self, capacity: int = CAPACITY, moment_s: float = _MOMENT_S) -> None:
        self._entries: list[Entry] = []
        self._capacity = capacity
        self._moment_s = moment_s
        self._numbers = 0
        self.revision = 0

    def add(self, fact: Fact) -> Entry:
        """Take in a telling: into the entry of the same fact if there is one, else as a new entry."""
        self.revision += 1
        entry = self._same(fact)
        if entry is None:
            return self._open(fact)
        entry.sources[fact.source] = fact.text
        entry.marks |= fact.marks
        entry.warning = entry.warning or fact.warning
        entry.count = entry.count or _failed_count(fact)
        if RICHNESS[fact.source] > RICHNESS[entry.wording]:
            entry.wording, entry.text = fact.source, fact.text
        return entry

    def entries(self, namespace: str | None = None, name: str | None = None) -> Iterator[Entry]:
        """Newest first, of one namespace or one canary when given."""
        for entry in reversed(self._entries):
            if (namespace is None or entry.namespace == namespace) and (name is None or entry.name == name):
                yield entry

    def latest(self, limit: int, namespace: str | None = None, name: str | None = None) -> list[Entry]:
        """The `limit` newest entries, oldest of them first."""
        found: list[Entry] = []
        for entry in self.entries(namespace, name):
            if len(found) >= limit:
                break
            found.append(entry)
        return found[::-1]

    def __len__(self) -> int:
        return len(self._entries)

    def _open(self, fact: Fact) -> Entry:
        self._numbers += 1
        entry = Entry(
            at=fact.at,
            number=self._numbers,
            namespace=fact.namespace,
            name=fact.name,
            text=fact.text,
            warning=fact.warning,
            wording=fact.source,
            marks=set(fact.marks),
            sources={fact.source: fact.text},
            count=_failed_count(fact),
        )
        insort(self._entries, entry)
        if len(self._entries) > self._capacity:
            del self._entries[: len(self._entries) - self._capacity]
        return entry

    def _same(self, fact: Fact) -> Entry | None:
        best: Entry | None = None
        best_s = self._moment_s
        for entry in reversed(self._entries[-_LOOK_BACK:]):
            apart_s = (fact.at - entry.at).total_seconds()
            if apart_s > self._moment_s:
                break
            if (entry.namespace, entry.name) != (fact.namespace, fact.name) or fact.source in entry.sources:
                continue
            if abs(apart_s) < best_s and _share(entry.marks, fact.marks):
                best, best_s = entry, abs(apart_s)
        return best


def _share(known: set[Mark], new: frozenset[Mark]) -> bool:
    if known & new:
        return True
    # An event says that a check failed but not how many have: any count is its match, and the reverse.
    failed_known = {value for aspect, value in known if aspect == "failed"}
    failed_new = {value for aspect, value in new if aspect == "failed"}
    return bool(failed_known and failed_new and "*" in failed_known | failed_new)


def _failed_count(fact: Fact) -> str:
    return next((value for aspect, value in fact.marks if aspect == "failed" and value != "*"), "")
