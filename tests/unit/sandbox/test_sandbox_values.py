"""Times are written and read as Kubernetes has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from canarytui.sandbox.values import parse_timestamp, timestamp


def test_a_time_is_written_in_utc_to_the_second() -> None:
    moment = datetime(2026, 11, 26, 15, 2, 11, 900_000, tzinfo=timezone(timedelta(hours=1)))
    assert timestamp(moment) == "2026-11-26T14:02:11Z"


def test_a_time_is_read_with_its_offset() -> None:
    expected = datetime(2026, 11, 26, 14, 2, 11, tzinfo=UTC)
    assert parse_timestamp("2026-11-26T14:02:11Z") == expected
    assert parse_timestamp("2026-11-26T16:02:11+02:00") == expected
    with pytest.raises(ValueError, match="yesterday"):
        parse_timestamp("yesterday")
