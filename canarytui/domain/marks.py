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


def phase_mark(label: str) -> str:
    return PHASE_MARKS.get(label, "·")


def bar(percent: float, columns: int) -> str:
    """A horizontal bar of `columns` columns, in eighths."""
    if columns <= 0:
        return ""
    eighths = round(min(max(percent, 0.0), 100.0) / 100.0 * columns * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(columns)


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
