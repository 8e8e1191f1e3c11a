"""Which columns the list shows at which width, and how wide each is.

Pure: :func:`layout` picks columns for a width and deals out what is left; the table widget draws them. A
column's content comes from ``rows``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`least` columns are always needed, up to `most` are used when the terminal is wide."""

    name: str
    title: str
    least: int
    most: int
    right: bool = False
    sort_key: str = ""


NAMESPACE = Column("namespace", "NAMESPACE", 9, 24, sort_key="N")
NAME = Column("name", "NAME", 12, 36, sort_key="A")
STATUS = Column("status", "STATUS", 14, 18, sort_key="S")
WEIGHT = Column("weight", "WEIGHT", 12, 20, sort_key="W")
WEIGHT_TREND = Column("weight_trend", "STEPS", 8, 10)
SUCCESS = Column("success", "SUCCESS", 9, 9, right=True, sort_key="U")
SUCCESS_TREND = Column("success_trend", "SUCCESS RATE", 12, 16)
FAILED = Column("failed", "FAILED", 7, 7, right=True, sort_key="F")
STEP = Column("step", "STEP", 6, 6, right=True)
NEXT = Column("next", "NEXT", 7, 7, right=True)
IMAGE = Column("image", "IMAGE", 13, 30, sort_key="I")
TRANSITION = Column("transition", "LASTTRANSITIONTIME", 20, 20, sort_key="T")

# Wider terminals show more; the first layout whose least widths fit is taken.
_LAYOUTS: tuple[tuple[Column, ...], ...] = (
    (
        NAMESPACE,
        NAME,
        STATUS,
        WEIGHT,
        WEIGHT_TREND,
        SUCCESS_TREND,
        SUCCESS,
        FAILED,
        STEP,
        NEXT,
        IMAGE,
        TRANSITION,
    ),
    (NAMESPACE, NAME, STATUS, WEIGHT, WEIGHT_TREND, SUCCESS_TREND, SUCCESS, FAILED, STEP, NEXT, IMAGE),
    (NAMESPACE, NAME, STATUS, WEIGHT, SUCCESS_TREND, SUCCESS, FAILED, STEP, NEXT, IMAGE),
    (NAMESPACE, NAME, STATUS, WEIGHT, SUCCESS_TREND, SUCCESS, FAILED, STEP, NEXT),
    (NAMESPACE, NAME, STATUS, WEIGHT, SUCCESS, FAILED, NEXT),
    (NAME, STATUS, WEIGHT, SUCCESS, FAILED, NEXT),
    (NAME, STATUS, WEIGHT),
)

GAP = 1
"""Blank columns between two cells."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A column at `start`, `width` columns wide."""

    column: Column
    start: int
    width: int


def layout(width: int, *, one_namespace: bool = False, longest_name: int = 0) -> tuple[Placed, ...]:
    """Columns for a table of `width` columns; NAMESPACE is left out when all rows share one.

    `longest_name` widens NAME first, as far as its content needs.
    """
    for candidates in _LAYOUTS:
        columns = [column for column in candidates if not (one_namespace and column is NAMESPACE)]
        needed = sum(column.least for column in columns) + GAP * (len(columns) - 1)
        if needed <= width or candidates is _LAYOUTS[-1]:
            return _place(columns, max(width - needed, 0), longest_name)
    return ()


def _place(columns: list[Column], spare: int, longest_name: int) -> tuple[Placed, ...]:
    widths = {column.name: column.least for column in columns}
    wanted = [(NAME.name, min(max(longest_name, NAME.least), NAME.most))]
    wanted += [(column.name, column.most) for column in sorted(columns, key=_growth)]
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


def _growth(column: Column) -> int:
    """Who gets spare room first: bars and sparklines before names."""
    order = ("image", "success_trend", "weight", "name", "namespace", "status", "weight_trend")
    return order.index(column.name) if column.name in order else len(order)
