"""Which columns the list shows at which width, and how wide each is.

Pure: :func:`layout` picks columns for a width and deals out what is left; the list draws them. The columns themselves
are records of :mod:`canarytui.session.columns.canary_columns`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from canarytui.session.columns.canary_columns import columns as all_columns
from canarytui.session.columns.column import ListColumn, Place

GAP = 1
"""Blank columns between two cells."""


class Placed(Struct, frozen=True):
    """A column at `start`, `width` columns wide."""

    column: ListColumn
    start: int
    width: int


def layout(
    width: int,
    *,
    one_namespace: bool = False,
    longest_name: int = 0,
    wide: bool = False,
    several_contexts: bool = False,
) -> tuple[Placed, ...]:
    """Columns for a table of `width` columns; NAMESPACE is left out when all rows share one, CONTEXT unless there are
    several. `wide` is kubectl's view.

    `longest_name` widens NAME first, as far as its content needs: a name that is cut tells little.
    """
    places = {column.name: (place, column) for column in all_columns() if (place := _place_in(column, wide))}
    needed = [(place.needed, column, column.least + GAP) for place, column in places.values()]
    needed += [
        (column.widened[1], column, column.widened[0] - column.least)
        for _, column in places.values()
        if column.widened is not None
    ]
    name = places["name"][1]
    left_out = {"namespace": one_namespace, "context": not several_contexts}
    chosen: dict[str, int] = {}
    """Columns of the terminal that each has at least."""
    taken = min(max(longest_name, name.least), name.most, max(width // 5, name.least)) - name.least - GAP
    for _, column, more in sorted(needed, key=lambda each: each[0]):
        if left_out.get(column.name):
            continue
        if chosen and taken + more > width:
            break
        chosen[column.name] = chosen.get(column.name, -GAP) + more
        taken += more
    shown = sorted(places.values(), key=lambda found: found[0].left)
    columns = [column for _, column in shown if column.name in chosen]
    spare = width - sum(least + GAP for least in chosen.values()) + GAP
    return _place(columns, chosen, max(spare, 0), longest_name)


def _place(columns: list[ListColumn], least: Mapping[str, int], spare: int, longest_name: int) -> tuple[Placed, ...]:
    widths = {column.name: least[column.name] for column in columns}
    wanted = [
        (column.name, min(max(longest_name, column.least), column.most)) for column in columns if column.name == "name"
    ]
    wanted += [(column.name, column.most) for column in sorted(columns, key=lambda column: column.grows)]
    for name, most in wanted:
        if name in widths and widths[name] < most:
            grown = min(most - widths[name], spare)
            widths[name] += grown
            spare -= grown
    placed = []
    start = 0
    for column in columns:
        placed.append(Placed(column, start, widths[column.name]))
        start += widths[column.name] + GAP
    return tuple(placed)


def _place_in(column: ListColumn, wide: bool) -> Place | None:
    return column.wide if wide else column.narrow
