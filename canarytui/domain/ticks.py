"""When the controller decides next, derived from when it last acted.

Flagger runs one job per canary at a fixed interval from the job's start, and writes its decision right after the tick,
so the time of its last write gives all later ticks. Writes of people, GitOps tools or this console do not count: a
status write is the controller's when it changes the transition time, as all of its writes do and no others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from canarytui.domain.values import as_integer

FLAGGER_FLOOR_S = 10.0
"""Genuine Flagger ticks no faster than this, whatever ``analysis.interval`` says."""

FLOOR_S = 1.0
"""The same for our own controller, unless it is as strict as Flagger."""


SILENT_TICKS = 3
"""Intervals without a sign of the controller after which a canary counts as unattended."""

SAME_TICK_S = 2.0
"""The signs of one tick come within this time: messages shortly before the status, Events with whole seconds."""

_BY_HAND = "kubectl"
"""Prefix of field managers that are never the controller, even if they write the transition time."""


def is_controllers(before: Mapping[str, Any], after: Mapping[str, Any], since_s: float, manager: str = "") -> bool:
    """Whether the status `after` was written by the controller, whose write before it came `since_s` seconds ago.

    `manager` is its field manager, "" if unknown.
    """
    if manager.startswith(_BY_HAND):
        return False
    moved = after.get("lastTransitionTime")
    if not moved or moved != before.get("lastTransitionTime"):
        return bool(moved)
    # A second write within the same second has the same time. The controller's own writes count one by one, and change
    # phase and condition together.
    if since_s >= SAME_TICK_S:
        return False
    if after.get("phase") != before.get("phase"):
        return bool(after.get("conditions") != before.get("conditions"))
    return all(
        as_integer(after.get(field)) - as_integer(before.get(field)) <= 1 for field in ("failedChecks", "iterations")
    )


def tick_of(sign: datetime, known: datetime | None, interval_s: float) -> datetime:
    """The latest tick after a sign of the controller at `sign`; `known` is the latest before that.

    One tick leaves several signs: the first one is its time.
    """
    if known is None:
        return sign
    if abs((sign - known).total_seconds()) < same_tick_s(interval_s):
        return min(sign, known)
    return max(sign, known)


def same_tick_s(interval_s: float) -> float:
    """How many seconds apart the signs of one tick may be."""
    return min(SAME_TICK_S, interval_s / 2) if interval_s > 0 else SAME_TICK_S


def tick_number(first: datetime, next_one: datetime, interval_s: float) -> int:
    """How many ticks have passed; `first` is number 1, `next_one` the next to come."""
    if interval_s <= 0:
        return 0
    return max(round((next_one - first).total_seconds() / interval_s), 0)


def next_tick(last_seen: datetime | None, interval_s: float, now: datetime) -> datetime | None:
    """The first tick after `now` if one was seen at `last_seen`; None if none has been seen."""
    if last_seen is None or interval_s <= 0:
        return None
    elapsed_s = (now - last_seen).total_seconds()
    passed = max(math.floor(elapsed_s / interval_s) + 1, 1)
    return last_seen + timedelta(seconds=passed * interval_s)


def seconds_left(at: datetime, now: datetime) -> int:
    """Whole seconds until `at`, as in every countdown."""
    return max(math.ceil((at - now).total_seconds()), 0)


def ticks_since(last_seen: datetime | None, interval_s: float, now: datetime) -> int:
    """Whole intervals without any sign of the controller."""
    if last_seen is None or interval_s <= 0:
        return 0
    return max(int((now - last_seen).total_seconds() // interval_s), 0)


def later(at: datetime, seconds: float) -> datetime | None:
    """`seconds` after `at`; None beyond the last date that Python knows."""
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


def short_milliseconds(milliseconds: float) -> str:
    """``<1 ms``, ``212 ms``, ``1.3 s``, then as :func:`short_duration`: how long a request took, for a column."""
    if abs(milliseconds) < 1:
        return "<1 ms"
    if abs(milliseconds) < 999.5:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s" if milliseconds < 9_950 else short_duration(milliseconds / 1000)
