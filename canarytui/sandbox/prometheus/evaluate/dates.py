"""Functions of dates: ``hour(v)`` and its like, of seconds since 1970, in UTC."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from canarytui.sandbox.prometheus.evaluate.values import Vector, VectorSample, without_name

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CYCLE_S, _CYCLE_YEARS = 146_097 * 86_400, 400
"""After 400 years the calendar begins again, weekdays included."""

_GO_ZERO_S = 9_223_371_966_579_724_800

DATES: dict[str, Callable[[datetime], int]] = {
    "minute": lambda moment: moment.minute,
    "hour": lambda moment: moment.hour,
    "day_of_month": lambda moment: moment.day,
    "day_of_week": lambda moment: moment.isoweekday() % 7,
    "day_of_year": lambda moment: moment.timetuple().tm_yday,
    "days_in_month": lambda moment: calendar.monthrange(moment.year, moment.month)[1],
    "month": lambda moment: moment.month,
    "year": lambda moment: moment.year,
}


def of(name: str, vector: Vector) -> Vector:
    """The function `name` of each element."""
    return [VectorSample(without_name(sample.labels), _value(name, sample.value)) for sample in vector]


def _value(name: str, seconds: float) -> float:
    whole = math.trunc(seconds) if math.isfinite(seconds) and abs(seconds) < 2.0**63 else -(2**63)
    if whole < -_GO_ZERO_S:  # Go counts from there in an unsigned number
        whole += 2**64
    cycles, rest = divmod(whole, _CYCLE_S)
    value = DATES[name](_EPOCH + timedelta(seconds=rest))
    return float(value + cycles * _CYCLE_YEARS if name == "year" else value)
