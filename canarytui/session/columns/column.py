"""What a column is: its place in the list and in ``canarytui get``, its text, its order and its filter, as a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.text.plain import clean
from canarytui.session.columns.printed_canary import PrintedCanary
from canarytui.session.rows import CanaryRow, Value

_LONGEST = 253

RowTest = Callable[[CanaryRow], bool]


class Paint(NamedTuple):
    """A part of a cell, from `start` to `end` in its text, and its tone."""

    start: int
    end: int
    tone: str


class Room(NamedTuple):
    """Where a cell of the list is drawn: its width in terminal columns and the reader's clock. A `coarse` countdown
    changes every ten seconds."""

    width: int
    now: datetime
    coarse: bool = False


class Place(Struct, frozen=True):
    """A column's place in a view of the list: the smallest `left` stands leftmost, the highest `needed` goes first
    when room is short. Numbers leave gaps, so that another column fits between."""

    left: int
    needed: int


class Sorting(Struct, frozen=True):
    """How the list is ordered by a column.

    Attributes:
        letter: pressed with Shift it orders by this column.
        order: what comes first is smallest; rows that are equal are ordered by namespace and name. None: by the
            column's value, the largest number first, then texts, then what is not there.
        turn: place in the cycle of the key `s`; None leaves the column out of it.
    """

    letter: str
    order: Callable[[CanaryRow], tuple[object, ...]] | None = None
    turn: int | None = 100


class Filter(Struct, frozen=True):
    """What narrows the list by a column: ``word:value``.

    Attributes:
        words: what may stand before the colon.
        test: from the value, in lower case, to the test of a row. None: the column's text contains it.
        bare: a word without ``word:`` finds the column's text, too.
    """

    words: tuple[str, ...]
    test: Callable[[str], RowTest] | None = None
    bare: bool = True


class Printed(Struct, frozen=True):
    """A column of ``canarytui get``.

    Attributes:
        left: the smallest stands leftmost.
        cell: its text; None for the column's value.
        title: where it differs from the list's.
        wide: only with ``-o wide``.
        longest: the longest cell to be expected, for columns that change while a canary is watched.
        passing: it moves without anything having happened, so it makes no new line with ``--watch``.
        check: it shows a check: ``<`` or ``>`` in it says that the check fails, which is worth a line.
        rank: what ``--sort-by`` the column's name orders by; None: not offered.
    """

    left: int
    cell: Callable[[PrintedCanary], str] | None = None
    title: str = ""
    wide: bool = False
    longest: str = ""
    passing: bool = False
    check: bool = False
    rank: Callable[[PrintedCanary], Any] | None = None


class ListColumn(Struct, frozen=True):
    """One column. With a `value` everything else has a default; without, the parts that it has must say their text.

    Attributes:
        name: its id, in the configuration, in ``--sort-by`` and in tests.
        title: its heading.
        value: what the column shows of a canary; kept with the row, so the list redraws when it changes.
        narrow: its place in the list; None: not there.
        wide: its place in the list's wide view (kubectl's columns); None: not there.
        least: columns of the terminal that it always needs.
        most: columns that it uses when there is room.
        widened: (columns, needed): it has at least so many columns where there is room for them, before columns that
            are needed less than that are shown.
        right: aligned to the right.
        grows: who gets spare room first: the smallest.
        text: its cell in the list; None: the value.
        toned: whether a row's cell has the colour of the row's state; None: never.
        paint: parts of a cell with a colour of their own: from the row and the fitted text.
        sort: how it orders the list; None: it does not.
        filter: how it narrows the list; None: it does not.
        printed: the column of ``canarytui get``; None: not there.
    """

    name: str
    title: str
    value: Callable[[Situation], Value] | None = None
    narrow: Place | None = None
    wide: Place | None = None
    least: int = 0
    most: int = 0
    widened: tuple[int, int] | None = None
    right: bool = False
    grows: int = 100
    text: Callable[[CanaryRow, Room], str] | None = None
    toned: RowTest | None = None
    paint: Callable[[CanaryRow, str], Sequence[Paint]] | None = None
    sort: Sorting | None = None
    filter: Filter | None = None
    printed: Printed | None = None

    def list_text(self, row: CanaryRow, room: Room) -> str:
        """The cell in the list, not yet fitted to its width."""
        return self.text(row, room) if self.text is not None else _shown(row.values.get(self.name))

    def list_order(self, row: CanaryRow) -> tuple[object, ...]:
        """What the list is ordered by, smallest first; without namespace and name."""
        if self.sort is not None and self.sort.order is not None:
            return self.sort.order(row)
        return _order(row.values.get(self.name))

    def test(self, value: str) -> RowTest:
        """The test of rows for ``word:value``."""
        if self.filter is not None and self.filter.test is not None:
            return self.filter.test(value)
        return lambda row: value in _shown(row.values.get(self.name)).lower()

    def printed_text(self, canary: PrintedCanary) -> str:
        """The cell in the table of ``get``; "" where nothing is known."""
        if self.printed is not None and self.printed.cell is not None:
            return self.printed.cell(canary)
        return _shown(self._value_of(canary))

    def printed_rank(self, canary: PrintedCanary) -> Any:
        """What ``get --sort-by`` orders by."""
        if self.printed is not None and self.printed.rank is not None:
            return self.printed.rank(canary)
        return _order(self._value_of(canary))

    @property
    def sorts_printed(self) -> bool:
        """Whether ``get --sort-by`` knows the column."""
        own = self.printed is not None and self.printed.rank is not None
        return own or (self.printed is not None and self.value is not None and self.sort is not None)

    def _value_of(self, canary: PrintedCanary) -> Value:
        return self.value(canary.situation) if self.value is not None and canary.situation is not None else None


def _shown(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else clean(value, _LONGEST)


def _order(value: Value) -> tuple[int, float, str]:
    if value is None:
        return 2, 0.0, ""
    return (1, 0.0, value) if isinstance(value, str) else (0, -float(value), "")
