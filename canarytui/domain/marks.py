"""The drawn parts of a row: weight bars, sparklines, and the shapes that stand beside every colour.

Pure text; colour is never the only sign of a state.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"

PHASE_MARKS = {
    "Halted": "✗",
    "Unattended": "!",
    "Failed": "✗",
    "Suspended": "=",
    "Progressing": "▲",
    "Promoting": "▲",
    "Finalising": "▲",
    "Initializing": "▲",
    "Waiting": "?",
    "WaitingPromotion": "?",
    "Terminating": "▼",
    "Terminated": "▼",
    "Succeeded": "✓",
    "Initialized": "✓",
    "Invalid": "!",
}


SHADOW_MARK = "◇"
"""Beside what a shadow check says: never the mark of a real failure."""


def phase_mark(label: str) -> str:
    return PHASE_MARKS.get(label, "·")


def bar(percent: float, columns: int) -> str:
    """A horizontal bar of `columns` columns, in eighths."""
    if columns <= 0:
        return ""
    eighths = round(min(max(percent, 0.0), 100.0) / 100.0 * columns * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(columns)


def weight_bar(percent: float, columns: int, most: float) -> str:
    """A bar on a track of `columns` columns that stands for 100 percent, with a tick at `most`, where the rollout
    promotes; 100 or more has none."""
    if columns <= 0:
        return ""
    filled = bar(percent, columns)
    drawn = [filled[at] if filled[at] != " " else "░" for at in range(columns)]
    tick = round(most / 100.0 * columns)
    if 0 < tick < columns and drawn[tick] == "░":
        drawn[tick] = "│"
    return "".join(drawn)


_MOST_DOTS = 10


def budget_dots(failed: int, threshold: int) -> str:
    """``●●●○○○○○○○``: failures counted, of how many roll back; ten dots stand for a larger budget."""
    if threshold <= 0:
        return ""
    count = min(threshold, _MOST_DOTS)
    share = min(max(failed, 0) / threshold, 1.0)
    full = min(math.ceil(share * count), count if failed >= threshold else count - 1)  # all are full only at the end
    return "●" * full + "○" * (count - full)


def sparkline(values: Sequence[float], columns: int, low: float, high: float) -> str:
    """The last `columns` values as blocks between `low` and `high`, right-aligned; NaN leaves a blank."""
    shown = list(values)[-columns:] if columns > 0 else []
    span = high - low
    drawn = []
    for value in shown:
        if math.isnan(value):
            drawn.append(" ")
            continue
        share = (value - low) / span if span > 0 else 1.0
        drawn.append(_LEVELS[min(max(int(share * len(_LEVELS)), 0), len(_LEVELS) - 1)])
    return "".join(drawn).rjust(columns)
