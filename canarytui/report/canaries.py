"""Canaries as rows of a table: the columns of ``canarytui get``, and the order of its rows.

A cell never holds a space, so that ``awk`` and ``cut`` find their columns; ``-`` is what is not known or not there.
The columns themselves are records of :mod:`canarytui.session.columns.canary_columns`.
"""

from __future__ import annotations

from collections.abc import Sequence

from canarytui.domain.text.plain import clean
from canarytui.errors import UsageError
from canarytui.session.columns.canary_columns import column_named, columns
from canarytui.session.columns.column import ListColumn, Printed
from canarytui.session.columns.printed_canary import PrintedCanary
from canarytui.session.columns.printed_cells import problem_rank

PROBLEMS = "problems"
"""The one order that is no column's: what needs attention most first."""


class CanaryColumns:
    """Which columns are shown: `namespaced` puts the namespace first, `wide` adds kubectl's wide ones and ours."""

    def __init__(self, *, namespaced: bool, wide: bool) -> None:
        found = [(column.printed, column) for column in columns() if column.printed is not None]
        self._columns: tuple[tuple[Printed, ListColumn], ...] = tuple(
            (printed, column)
            for printed, column in sorted(found, key=lambda each: each[0].left)
            if (wide or not printed.wide) and (namespaced or column.name != "namespace")
        )

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(printed.title or column.title for printed, column in self._columns)

    @property
    def longest(self) -> tuple[str, ...]:
        """The longest cells of the columns that change while a canary is watched, "" for the others."""
        return tuple(printed.longest for printed, _ in self._columns)

    def row(self, canary: PrintedCanary) -> tuple[str, ...]:
        """One canary's cells."""
        return tuple(column.printed_text(canary).replace(" ", "_") for _, column in self._columns)

    def gone(self, row: Sequence[str]) -> tuple[str, ...]:
        """The last row of a canary that has been deleted."""
        cells = zip(self._columns, row, strict=True)
        return tuple("Deleted" if column.name == "status" else cell for (_, column), cell in cells)

    def news(self, row: Sequence[str]) -> tuple[str, ...]:
        """The part of a row whose change is worth a line; a check that begins or ceases to fail is."""
        cells = [(printed, cell) for (printed, _), cell in zip(self._columns, row, strict=True)]
        kept = [cell for printed, cell in cells if not printed.passing]
        fails = any(sign in cell for printed, cell in cells for sign in "<>" if printed.check)
        return (*kept, "fails" if fails else "", "suspended" if "suspended" in row else "")


def sorts() -> tuple[str, ...]:
    """What ``--sort-by`` knows beside paths."""
    return (*(column.name for column in columns() if column.sorts_printed), PROBLEMS)


def sorted_canaries(found: Sequence[PrintedCanary], by: str) -> list[PrintedCanary]:
    """Ordered by one of `sorts` (``problems``: worst first), by a path as kubectl's ``--sort-by`` takes it
    (``.status.canaryWeight``, ``{.metadata.name}``), or, for "", as kubectl lists.

    Raises:
        UsageError: neither of these.
    """
    if not by:
        return sorted(found, key=lambda canary: (canary.namespace, canary.name))
    path = by.strip("{}").lstrip(".")
    if "." in path:
        return sorted(found, key=lambda canary: _ordered(canary.part(*path.split("."))))
    if by == PROBLEMS:
        return sorted(found, key=lambda canary: (problem_rank(canary), canary.namespace, canary.name))
    column = column_named(by)
    if column is None or not column.sorts_printed:
        from canarytui.domain.sentences import report_lines as words

        raise UsageError(words.NO_SORT.text(by=clean(by, 60), known=", ".join(sorts())))
    return sorted(found, key=lambda canary: (column.printed_rank(canary), canary.namespace, canary.name))


def _ordered(value: object) -> tuple[int, float, str]:
    """Numbers by size, then texts, then what is not there."""
    if isinstance(value, bool) or value is None:
        return (2 if value is None else 1, 0.0, str(value))
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value)
