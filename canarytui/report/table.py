"""Lines in columns as kubectl prints them: three spaces between, upper-case titles, nothing drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from canarytui.domain.text.plain import fit, width

GAP = "   "


class Table:
    """Columns that keep their widths from one batch of rows to the next, and only grow.

    The last column is never padded. `titled` False leaves the titles out; `room` is a row of the longest cells that are
    to come, for rows that come one by one.
    """

    def __init__(self, titles: Sequence[str], *, titled: bool = True, room: Sequence[str] = ()) -> None:
        self._titles = tuple(titles)
        self._due = titled
        self._widths = [width(title) if titled else 0 for title in titles]
        if room:
            self._widths = [max(known, width(cell)) for known, cell in zip(self._widths, room, strict=True)]

    def lines(self, rows: Iterable[Sequence[str]]) -> list[str]:
        """The rows as lines, after the titles the first time."""
        listed = [tuple(cell or "-" for cell in row) for row in rows]
        if self._due:
            listed.insert(0, self._titles)
            self._due = False
        for row in listed:
            self._widths = [max(known, width(cell)) for known, cell in zip(self._widths, row, strict=True)]
        return [self._line(row) for row in listed]

    def _line(self, row: Sequence[str]) -> str:
        padded = [fit(cell, columns) for cell, columns in zip(row[:-1], self._widths, strict=False)]
        return GAP.join([*padded, row[-1]]).rstrip()
