"""When the controller decides next: a tick's phase, learned from when it was last seen to act.

Flagger runs one job per canary at a fixed interval from the job's own start, and writes its decision a
moment after the tick. The moment of its last write therefore tells all following ticks.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

FLAGGER_FLOOR_S = 10.0
"""Genuine Flagger ticks no faster than this, whatever ``analysis.interval`` says."""

FLOOR_S = 1.0
"""The same of our own controller."""


def next_tick(last_seen: datetime | None, interval_s: float, now: datetime) -> datetime | None:
    """The first tick after `now` when one was seen at `last_seen`; None while none has been seen."""
    if last_seen is None or interval_s <= 0:
        return None
    elapsed_s = (now - last_seen).total_seconds()
    passed = max(math.floor(elapsed_s / interval_s) + 1, 1)
    return last_seen + timedelta(seconds=passed * interval_s)


def ticks_since(last_seen: datetime | None, interval_s: float, now: datetime) -> int:
    """Whole intervals without any sign of the controller."""
    if last_seen is None or interval_s <= 0:
        return 0
    return max(int((now - last_seen).total_seconds() // interval_s), 0)


def later(at: datetime, seconds: float) -> datetime | None:
    """`seconds` after `at`; None beyond the dates that there are."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        return None


def short_duration(seconds: float) -> str:
    """``7 s``, ``4 min``, ``3 h``, ``2 d``: one unit, for a column."""
    seconds = max(seconds, 0.0)
    for limit, unit_s, unit in ((90, 1, "s"), (5400, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // unit_s)} {unit}"
    return f"{int(seconds // 86400)} d"
