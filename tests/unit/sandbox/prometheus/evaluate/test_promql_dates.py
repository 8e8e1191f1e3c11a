"""Functions of dates, in UTC."""

from __future__ import annotations

import math

import pytest

from canarytui.sandbox.prometheus.evaluate import dates
from canarytui.sandbox.prometheus.evaluate.values import VectorSample

LEAP_DAY_S = 1_709_210_096.0  # Thursday 2024-02-29 12:34:56


@pytest.mark.parametrize(
    ("name", "value"),
    [("minute", 34), ("hour", 12), ("day_of_month", 29), ("day_of_week", 4), ("day_of_year", 60), ("days_in_month", 29),
     ("month", 2), ("year", 2024)],
)  # fmt: skip
def test_parts_of_a_date(name: str, value: float) -> None:
    assert dates.of(name, [VectorSample((("__name__", "m"), ("a", "b")), LEAP_DAY_S)]) == [
        VectorSample((("a", "b"),), value)
    ]


def test_the_calendar_goes_on_beyond_pythons() -> None:
    years = [dates.of("year", [VectorSample((), seconds)])[0].value for seconds in (0.0, -1.0, 400_000_000_000.0)]
    assert years == [1970, 1969, 14645]
    assert (
        dates.of("hour", [VectorSample((), math.nan)])[0].value
        == dates.of("hour", [VectorSample((), math.inf)])[0].value
    )
