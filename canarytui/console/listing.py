"""The list's rows as they are filtered and ordered; recomputes only what changed.

Kept by the app, asked by the list screen at most ten times a second.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from canarytui.console.rows import CanaryRow, Key, counts, matches, sort_key
from canarytui.console.world import World
from canarytui.domain.explain import Tone

SORTS: tuple[str, ...] = ("", "name", "status", "weight", "success", "failed", "image", "transition", "namespace")


class Listing:
    """Rows of all canaries in a world. `filter` and `sort_by` take effect with the next :meth:`ordered`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: dict[Key, CanaryRow] = {}
        self._order: list[tuple[tuple[object, ...], Key]] = []
        self._filter = ""
        self._sort_by = ""
        self._namespace = ""

    @property
    def sort_by(self) -> str:
        return self._sort_by

    @property
    def filter(self) -> str:
        return self._filter

    @property
    def namespace(self) -> str:
        return self._namespace

    def narrow(self, *, pattern: str | None = None, namespace: str | None = None) -> None:
        """Show only rows that fit; None leaves that part as it is."""
        self._filter = self._filter if pattern is None else pattern
        self._namespace = self._namespace if namespace is None else namespace
        self._reorder()

    def sort(self, by: str) -> None:
        """Order by a column's name, "" meaning problems first."""
        self._sort_by = by
        self._reorder()

    def next_sort(self) -> str:
        """Order by the next column, and its name."""
        self.sort(SORTS[(SORTS.index(self._sort_by) + 1) % len(SORTS)])
        return self._sort_by

    def refresh(self, keys: Iterable[Key]) -> bool:
        """Recompute the rows of `keys`; whether anything that is shown changed."""
        changed = False
        for key in keys:
            row = self._world.row(key)
            old = self._rows.get(key)
            if row == old:
                continue
            changed = True
            if old is not None:
                self._take_out(old)
            if row is None:
                self._rows.pop(key, None)
                continue
            self._rows[key] = row
            if self._shown(row):
                insort(self._order, (sort_key(row, self._sort_by), key))
        return changed

    def row(self, key: Key) -> CanaryRow | None:
        return self._rows.get(key)

    def ordered(self) -> list[CanaryRow]:
        """The rows to show, in order."""
        rows = self._rows
        return [rows[key] for _, key in self._order]

    def moving(self) -> list[Key]:
        """Canaries whose row can change by time alone."""
        return [row.key for row in self._rows.values() if row.ticking or row.tone is Tone.ACTIVE]

    def counts(self) -> tuple[int, int, int]:
        """(all, active, failing), whatever the filter."""
        return counts(self._rows.values())

    def namespaces(self) -> list[str]:
        return sorted({row.namespace for row in self._rows.values()})

    def _shown(self, row: CanaryRow) -> bool:
        if self._namespace and row.namespace != self._namespace:
            return False
        return not self._filter or matches(row, self._filter)

    def _take_out(self, row: CanaryRow) -> None:
        place = (sort_key(row, self._sort_by), row.key)
        index = bisect_left(self._order, place)
        if index < len(self._order) and self._order[index] == place:
            del self._order[index]

    def _reorder(self) -> None:
        self._order = sorted((sort_key(row, self._sort_by), key) for key, row in self._rows.items() if self._shown(row))
