"""The list's rows, filtered and ordered; recomputes only what changed, and keeps the order stable.

A row that changed is updated in place at once. :meth:`Listing.settle` moves rows to where they belong now, when the
screen can afford to move lines while they are being read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from canarytui.console.list.filter import KeptRows, matcher
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.values import NamespacedName
from canarytui.session.columns.canary_columns import sort_cycle, sort_key
from canarytui.session.columns.column import RowTest
from canarytui.session.pulse import Pulse
from canarytui.session.rows import TONE_ORDER, CanaryRow

RECOVERY = timedelta(seconds=30)
"""A canary that recovered stays among the problems for so long; otherwise one that flaps would jump back and forth."""

_NUMBERED = 9


class RowSource(Protocol):
    """Where rows come from: the state of one cluster, or all contexts."""

    def row(self, key: NamespacedName) -> CanaryRow | None:
        """The line of a canary; None when it is gone."""
        ...

    def now(self) -> datetime:
        """This moment by the cluster's clock."""
        ...


class CanaryTally(NamedTuple):
    """Numbers of canaries."""

    total: int
    failing: int


class Listing:
    """Rows of all canaries of a source. `shown` is the list as it stands; `marked` are those chosen with space."""

    def __init__(self, source: RowSource) -> None:
        self._source = source
        self._rows: dict[NamespacedName, CanaryRow] = {}
        self._trouble: dict[NamespacedName, datetime] = {}
        self._orders: dict[NamespacedName, tuple[object, ...]] = {}
        """What each row is ordered by; updated when the row changes."""
        self._index: dict[NamespacedName, int] = {}
        self._keep = matcher("")
        self._recent: list[str] = []
        self.shown: list[CanaryRow] = []
        self.marked: set[NamespacedName] = set()
        self.out_of_order = False
        self.urgent = False
        """Something failed that may not be in view: reordering is worth its cost."""
        self.sort_by = ""
        self.reverse = False
        self.filter = ""
        self.namespace = ""
        self.kept = KeptRows()
        self.pulse = Pulse()
        self._active = self._failing = 0

    def narrow(self, *, pattern: str | None = None, namespace: str | None = None, kept: KeptRows | None = None) -> None:
        """Show only rows that fit; None leaves that part as it is."""
        if kept is not None:
            self.kept = kept
        if pattern is not None:
            self.filter = pattern
            self._keep = matcher(pattern)
        if namespace is not None:
            self.namespace = namespace
            if namespace and namespace not in (known := self.recent_namespaces()):
                self._recent = [namespace, *known][:_NUMBERED]  # one that has a number keeps it
        self.settle()

    def sort(self, by: str) -> None:
        """Order by a column's name, "" for problems first; the same again reverses."""
        self.reverse = by == self.sort_by and by != "" and not self.reverse
        self.sort_by = by
        self._orders = {key: self._key(row) for key, row in self._rows.items()}
        self.settle()

    def next_sort(self) -> str:
        """Order by the next column, and its name."""
        cycle = sort_cycle()
        place = cycle.index(self.sort_by) if self.sort_by in cycle else 0
        following = cycle[(place + 1) % len(cycle)]
        self.sort(following)
        return following

    def refresh(self, keys: Iterable[NamespacedName]) -> frozenset[NamespacedName]:
        """Recompute the rows of `keys` in place; returns those that changed."""
        changed = []
        gone = False
        for key in keys:
            row, old = self._source.row(key), self._rows.get(key)
            if row == old:
                continue
            changed.append(key)
            self.pulse.take(key, row)
            self._count(old, -1)
            self._count(row, 1)
            if row is None:
                del self._rows[key]
                del self._orders[key]
                self._trouble.pop(key, None)
                self.marked.discard(key)
                gone = True
                continue
            self._rows[key] = row
            before = self._orders.get(key)
            self._note_trouble(row, old)
            order = self._orders[key] = self._key(row)
            place = self._index.get(key)
            if place is not None:
                self.shown[place] = row
            if (place is not None) != self._shown(row) or (place is not None and order != before):
                self.out_of_order = True
        if gone:
            self.shown = [row for row in self.shown if row.key in self._rows]
            self._index = {row.key: place for place, row in enumerate(self.shown)}
        if changed and not self._index:
            self.settle()
        return frozenset(changed)

    def settle(self) -> None:
        """Move every row to where it belongs now."""
        self._adopt(self.ordered())

    def settle_in(self, top: int, height: int, afford: int) -> bool:
        """Move rows to where they belong if at most `afford` of the `height` lines from `top` would then show another
        canary; whether that was done."""
        order = self.ordered()
        if self.lines_moved(order, top, height) > afford:
            return False
        self._adopt(order)
        return True

    def lines_moved(self, order: list[CanaryRow], top: int, height: int) -> int:
        """Lines in view that would show another canary in `order`."""
        before, after = self.shown[top : top + height], order[top : top + height]
        same = sum(old.key == new.key for old, new in zip(before, after, strict=False))
        return max(len(before), len(after)) - same

    def ordered(self) -> list[CanaryRow]:
        """The rows to show, each where it belongs."""
        # Nearly in order already: that is sorted in a fraction of the time.
        known = [*self.shown, *(row for key, row in self._rows.items() if key not in self._index)]
        rows = [row for row in known if self._shown(row)]
        rows.sort(key=lambda row: self._orders[row.key], reverse=self.reverse)
        return rows

    def _adopt(self, order: list[CanaryRow]) -> None:
        self.shown = order
        self._index = {row.key: place for place, row in enumerate(order)}
        self.out_of_order = self.urgent = False

    def row(self, key: NamespacedName) -> CanaryRow | None:
        return self._rows.get(key)

    def silent(self, now: datetime) -> list[NamespacedName]:
        """Canaries that became a problem by time alone: no controller reconciles them."""
        return [row.key for row in self._rows.values() if row.silent_at is not None and row.silent_at <= now]

    def recovered(self, now: datetime) -> None:
        """Let canaries that have recovered for a while leave the problems."""
        over = [key for key, at in self._trouble.items() if now - at > RECOVERY and not self._is_bad(key)]
        for key in over:
            del self._trouble[key]
            self._orders[key] = self._key(self._rows[key])
        self.out_of_order = self.out_of_order or bool(over)

    @property
    def total(self) -> int:
        """How many canaries there are, whatever the filter."""
        return len(self._rows)

    def counts(self) -> tuple[int, int, int]:
        """(all, active, failing), whatever the filter: kept up row by row, because the title asks at every key."""
        return len(self._rows), self._active, self._failing

    def namespace_counts(self) -> Mapping[str, int]:
        """How many canaries each namespace has, whatever the filter."""
        return Counter(row.namespace for row in self._rows.values())

    def tallies(self, by: Callable[[CanaryRow], str]) -> Mapping[str, CanaryTally]:
        """How many canaries there are by what `by` says of them, and how many fail, whatever the filter."""
        totals = Counter(by(row) for row in self._rows.values())
        failing = Counter(by(row) for row in self._rows.values() if row.tone is Tone.BAD)
        return {name: CanaryTally(total, failing[name]) for name, total in totals.items()}

    def count(self, test: RowTest) -> int:
        """How many canaries pass a test, whatever the filter."""
        return sum(test(row) for row in self._rows.values())

    def namespaces(self) -> list[str]:
        return sorted({row.namespace for row in self._rows.values()})

    def recent_namespaces(self) -> list[str]:
        """The namespaces of keys 1 to 9: recently chosen ones, then the first by name."""
        others = [name for name in self.namespaces() if name not in self._recent]
        return [*self._recent, *others][:_NUMBERED]

    def mark(self, key: NamespacedName) -> None:
        """Mark a canary, or take its mark away."""
        self.marked ^= {key}

    def _count(self, row: CanaryRow | None, by: int) -> None:
        if row is not None:
            self._active += by * (row.next_tick is not None)
            self._failing += by * (row.tone is Tone.BAD)

    def _note_trouble(self, row: CanaryRow, old: CanaryRow | None) -> None:
        if row.tone is Tone.BAD:
            if old is not None and old.label != row.label and row.label in ("Failed", "Invalid"):
                self.urgent = True
            self._trouble[row.key] = self._source.now()
        elif old is not None and old.tone is Tone.BAD:
            self._trouble[row.key] = self._source.now()

    def _is_bad(self, key: NamespacedName) -> bool:
        row = self._rows.get(key)
        return row is not None and row.tone is Tone.BAD

    def _key(self, row: CanaryRow) -> tuple[object, ...]:
        if not self.sort_by and row.key in self._trouble:
            return (TONE_ORDER[Tone.BAD], row.namespace, row.name)
        return sort_key(row, self.sort_by)

    def _shown(self, row: CanaryRow) -> bool:
        if self.namespace and row.namespace != self.namespace:
            return False
        return (not self.filter or self._keep(row)) and (self.kept.test is None or self.kept.test(row))
