"""One ordered list of everything that happened to the canaries, each fact once, from several sources.

Kubernetes Events lose more than half of a rollout, so sessions also feed this from status changes, router changes and,
if allowed, the controller's log. The first report of a fact opens an entry; later reports join it, and the best-worded
one provides the text. Pure: the caller brings the times.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from canarytui.domain.history.controller_messages import Mark
from canarytui.domain.history.facts import RICHNESS, Fact, FactSource
from canarytui.domain.sentences import timeline as words

CAPACITY = 5000
_MOMENT_S = 3.0
_IDENTITIES = 4 * CAPACITY


class TimelineEntry(Struct, eq=False):
    """One fact with its reports: the words and the time of each source.

    `at` is the time of the first report, or the log's, whose order is the controller's own; `number` orders entries
    with equal times.
    """

    at: datetime
    number: int
    namespace: str
    name: str
    text: str
    warning: bool
    wording: FactSource
    marks: set[Mark]
    sources: dict[FactSource, str] = field(default_factory=dict)
    told: dict[FactSource, datetime] = field(default_factory=dict)
    count: str = ""
    """The count of failed checks in the status for this fact; "" if it is not about one."""

    @property
    def full_text(self) -> str:
        """The text with the count of failed checks, which a status has and a message lacks."""
        if not self.count or self.wording is FactSource.STATUS:
            return self.text
        return words.COUNTED.text(text=self.text, count=self.count)

    def __lt__(self, other: TimelineEntry) -> bool:
        return (self.at, self.number) < (other.at, other.number)


class Timeline:
    """Bounded, ordered, deduplicated. `revision` rises with every change, so that views know when to redraw.

    A report that comes again (:attr:`Fact.identity`) changes nothing; a bounded number is remembered. With `namespace`,
    reports about others are dropped: the controller's log and the file on disk cover all of them.
    """

    def __init__(self, capacity: int = CAPACITY, moment_s: float = _MOMENT_S) -> None:
        self._entries: list[TimelineEntry] = []
        self._of: dict[tuple[str, str], list[TimelineEntry]] = {}
        """The same entries by canary: a report is compared with these."""
        self._capacity = capacity
        self._moment_s = moment_s
        self._numbers = 0
        self._identities: dict[int, None] = {}
        """Hashes: the texts themselves would take twice as much memory as the timeline."""
        self.namespace = ""
        self.revision = 0
        self.listeners: list[Callable[[Fact], None]] = []
        """Called with every new report."""

    def add(self, fact: Fact, *, is_new: bool = True) -> TimelineEntry | None:
        """Add a report: to the entry of the same fact if there is one, else as a new entry.

        None if it was added before, if it is about another namespace than :attr:`namespace`, or if it is older than
        everything in a full timeline. With `is_new` False it comes from the file, and listeners are not called.
        """
        if self.namespace and fact.namespace != self.namespace:
            return None
        too_old = len(self._entries) >= self._capacity and fact.at < self._entries[0].at
        if self._known(fact) or self._told_here(fact) or too_old:
            return None
        self.revision += 1
        if is_new:
            for listener in self.listeners:
                listener(fact)
        entry = self._same(fact)
        if entry is None:
            return self._open(fact)
        if fact.source is FactSource.LOG:
            self._move(entry, fact.at)
        entry.sources[fact.source] = fact.text
        entry.told[fact.source] = fact.at
        entry.marks |= fact.marks
        entry.warning = entry.warning or fact.warning
        entry.count = entry.count or _failed_count(fact)
        if RICHNESS[fact.source] > RICHNESS[entry.wording]:
            entry.wording, entry.text = fact.source, fact.text
        self._absorb(entry)
        return entry

    def entries(self, namespace: str | None = None, name: str | None = None) -> Iterator[TimelineEntry]:
        """Newest first; of one namespace or canary if given."""
        if namespace is not None and name is not None:
            yield from reversed(self._of.get((namespace, name), ()))
            return
        for entry in reversed(self._entries):
            if (namespace is None or entry.namespace == namespace) and (name is None or entry.name == name):
                yield entry

    def oldest_first(self, namespace: str, name: str) -> Sequence[TimelineEntry]:
        """A canary's entries, oldest first."""
        return self._of.get((namespace, name), ())

    def latest(self, limit: int, namespace: str | None = None, name: str | None = None) -> list[TimelineEntry]:
        """The `limit` newest entries, oldest of them first."""
        found: list[TimelineEntry] = []
        for entry in self.entries(namespace, name):
            if len(found) >= limit:
                break
            found.append(entry)
        return found[::-1]

    def clear(self) -> None:
        """Forget every entry."""
        self._entries.clear()
        self._of.clear()
        self._identities.clear()
        self.revision += 1

    def __len__(self) -> int:
        return len(self._entries)

    def _open(self, fact: Fact) -> TimelineEntry:
        self._numbers += 1
        entry = TimelineEntry(
            at=fact.at,
            number=self._numbers,
            namespace=fact.namespace,
            name=fact.name,
            text=fact.text,
            warning=fact.warning,
            wording=fact.source,
            marks=set(fact.marks),
            sources={fact.source: fact.text},
            told={fact.source: fact.at},
            count=_failed_count(fact),
        )
        self._put(entry)
        while len(self._entries) > self._capacity:
            self._take(self._entries[0])
        return entry

    def _put(self, entry: TimelineEntry) -> None:
        insort(self._entries, entry)
        insort(self._of.setdefault((entry.namespace, entry.name), []), entry)

    def _take(self, entry: TimelineEntry) -> None:
        del self._entries[bisect_left(self._entries, entry)]
        own = self._of[entry.namespace, entry.name]
        del own[bisect_left(own, entry)]
        if not own:
            del self._of[entry.namespace, entry.name]

    def _move(self, entry: TimelineEntry, at: datetime) -> None:
        self._take(entry)
        self._numbers += 1
        entry.at, entry.number = at, self._numbers
        self._put(entry)

    def _absorb(self, entry: TimelineEntry) -> None:
        """Merge the entries that this entry's last report shows to be the same fact: one message can carry two
        marks."""
        for other in self._around(entry.namespace, entry.name, entry.at):
            apart = other is not entry and not other.told.keys() & entry.told.keys()
            if apart and _share(other.marks, frozenset(entry.marks)):
                self._take(other)
                entry.sources |= other.sources
                entry.told |= other.told
                entry.marks |= other.marks
                entry.warning = entry.warning or other.warning
                entry.count = entry.count or other.count

    def _around(self, namespace: str, name: str, at: datetime) -> list[TimelineEntry]:
        """A canary's entries of the moment around `at`."""
        own = self._of.get((namespace, name), [])
        moment = timedelta(seconds=self._moment_s)
        return own[bisect_left(own, at - moment, key=_at) : bisect_right(own, at + moment, key=_at)]

    def _known(self, fact: Fact) -> bool:
        if not fact.identity:
            return False
        identity = hash(fact.identity)
        if identity in self._identities:
            return True
        self._identities[identity] = None
        if len(self._identities) > _IDENTITIES:
            del self._identities[next(iter(self._identities))]
        return False

    def _told_here(self, fact: Fact) -> bool:
        """Whether this is the Event of an action of this console, which is already in the timeline."""
        return fact.source is FactSource.CONSOLE and any(
            entry.text == fact.text for entry in self._around(fact.namespace, fact.name, fact.at)
        )

    def _same(self, fact: Fact) -> TimelineEntry | None:
        """The entry of the same fact: the nearest in time that has no report from this source yet."""
        best: TimelineEntry | None = None
        best_s = self._moment_s
        for entry in self._around(fact.namespace, fact.name, fact.at):
            apart_s = abs((fact.at - entry.at).total_seconds())
            if fact.source in entry.sources:
                continue
            if (apart_s < best_s or best is None) and _share(entry.marks, fact.marks):
                best, best_s = entry, apart_s
        return best


def _at(entry: TimelineEntry) -> datetime:
    return entry.at


def _share(known: set[Mark], new: frozenset[Mark]) -> bool:
    if known & new:
        return True
    # An Event says that a check failed, but not how many have: it matches any count, and the reverse.
    failed_known = {value for aspect, value in known if aspect == "failed"}
    failed_new = {value for aspect, value in new if aspect == "failed"}
    return bool(failed_known and failed_new and "*" in failed_known | failed_new)


def _failed_count(fact: Fact) -> str:
    return next((value for aspect, value in fact.marks if aspect == "failed" and value != "*"), "")
