"""The time window that a metric service is asked for, where it follows from the check's interval. Pure."""

from __future__ import annotations

from msgspec import Struct

from canarytui.domain.text.durations import parse_duration

INTERVALS = 10
"""How many of the check's intervals Flagger asks Datadog, CloudWatch, Dynatrace and Splunk for."""


class TimeWindow(Struct, frozen=True):
    """Unix seconds, whole ones."""

    start: int
    end: int


def time_window(interval: str, now_s: float, *, intervals: int = INTERVALS) -> TimeWindow:
    """The last `intervals` times `interval` (``1m``), up to `now_s`; raises ValueError as :func:`parse_duration`."""
    end = int(now_s)
    return TimeWindow(end - int(intervals * parse_duration(interval)), end)


def interval_error(interval: str) -> str:
    """Why no window follows from `interval`, in Flagger's words; "" when one does."""
    try:
        parse_duration(interval)
    except ValueError as error:
        return f"error parsing metric interval: {error}"
    return ""
