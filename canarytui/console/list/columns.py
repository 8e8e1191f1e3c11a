"""Which columns the list shows at which width, and how wide each is.

Pure: :func:`layout` picks columns for a width and deals out what is left; the table widget draws them. A
column's content comes from ``cells``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`least` columns are always needed, up to `most` are used when the terminal is wide. `sort_key` is the letter
    that orders by it, with Shift."""

    name: str
    title: str
    least: int
    most: int
    right: bool = False
    sort_key: str = ""


CONTEXT = Column("context", "CONTEXT", 10, 26, sort_key="X")
NAMESPACE = Column("namespace", "NAMESPACE", 9, 24, sort_key="N")
NAME = Column("name", "NAME", 12, 36, sort_key="A")
STATUS = Column("status", "STATUS", 14, 18, sort_key="S")
WEIGHT = Column("weight", "WEIGHT", 12, 20, sort_key="W")
WEIGHT_TREND = Column("weight_trend", "STEPS", 8, 10)
SUCCESS = Column("success", "SUCCESS", 9, 9, right=True, sort_key="U")
SUCCESS_TREND = Column("success_trend", "SUCCESS RATE", 12, 16)
DURATION = Column("duration", "P99", 7, 7, right=True, sort_key="L")
DURATION_TREND = Column("duration_trend", "LATENCY", 8, 12)
FAILED = Column("failed", "FAILED", 7, 7, right=True, sort_key="F")
STEP = Column("step", "STEP", 6, 6, right=True)
NEXT = Column("next", "NEXT", 7, 7, right=True)
ENDS = Column("ends", "ENDS", 10, 10, sort_key="E")
IMAGE = Column("image", "IMAGE", 13, 30, sort_key="I")
OWNER = Column("owner", "OWNER", 12, 24, sort_key="O")
INTERVAL = Column("interval", "INTERVAL", 8, 8)
MIRROR = Column("mirror", "MIRROR", 6, 6)
STEP_WEIGHT = Column("step_weight", "STEPWEIGHT", 10, 10)
STEP_WEIGHTS = Column("step_weights", "STEPWEIGHTS", 11, 20)
MAX_WEIGHT = Column("max_weight", "MAXWEIGHT", 9, 9)
TRANSITION = Column("transition", "LASTTRANSITIONTIME", 20, 20, sort_key="D")

# What a view shows from left to right, and in which order columns are given up when room is short: the last first.
_SHOWN = (
    CONTEXT, NAMESPACE, NAME, STATUS, WEIGHT, WEIGHT_TREND, SUCCESS_TREND, SUCCESS, DURATION_TREND, DURATION, FAILED,
    STEP, NEXT, ENDS, IMAGE, OWNER, TRANSITION,
)  # fmt: skip
_NEEDED = (
    NAME, CONTEXT, STATUS, WEIGHT, SUCCESS, FAILED, NEXT, NAMESPACE, IMAGE, SUCCESS_TREND, DURATION, STEP, ENDS, OWNER,
    WEIGHT_TREND, DURATION_TREND, TRANSITION,
)  # fmt: skip
# kubectl's own columns, those of ``-o wide`` included, and what else has no place in the narrow view.
_SHOWN_WIDE = (
    CONTEXT, NAMESPACE, NAME, STATUS, WEIGHT, FAILED, NEXT, ENDS, OWNER, IMAGE, INTERVAL, MIRROR, STEP_WEIGHT,
    STEP_WEIGHTS, MAX_WEIGHT, TRANSITION,
)  # fmt: skip
_NEEDED_WIDE = (
    NAME, CONTEXT, STATUS, WEIGHT, FAILED, ENDS, TRANSITION, OWNER, NAMESPACE, INTERVAL, MAX_WEIGHT, STEP_WEIGHT, IMAGE,
    MIRROR, STEP_WEIGHTS, NEXT,
)  # fmt: skip

SORT_KEYS = {column.sort_key: column.name for column in _SHOWN if column.sort_key}
"""Letter, pressed with Shift, and the column it orders by."""

GAP = 1
"""Blank columns between two cells."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A column at `start`, `width` columns wide."""

    column: Column
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
    shown, needed = (_SHOWN_WIDE, _NEEDED_WIDE) if wide else (_SHOWN, _NEEDED)
    chosen: set[str] = set()
    taken = min(max(longest_name, NAME.least), NAME.most, max(width // 5, NAME.least)) - NAME.least - GAP
    for column in needed:
        if (one_namespace and column is NAMESPACE) or (column is CONTEXT and not several_contexts):
            continue
        if chosen and taken + GAP + column.least > width:
            break
        chosen.add(column.name)
        taken += GAP + column.least
    columns = [column for column in shown if column.name in chosen]
    spare = width - sum(column.least + GAP for column in columns) + GAP
    return _place(columns, max(spare, 0), longest_name)


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
    """Who gets spare room first: where a row is, then bars and sparklines before names."""
    order = ("context", "image", "success_trend", "weight", "name", "owner", "namespace", "status", "weight_trend")
    return order.index(column.name) if column.name in order else len(order)
