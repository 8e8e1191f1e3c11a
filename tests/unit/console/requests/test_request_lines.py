"""Requests as lines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canarytui.cluster.request_log import SentRequest
from canarytui.console.requests.lines import request_lines, request_text

AT = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "size", "shown"),
    [
        (None, 0, "200       …     0 B  GET"),
        (0.0004, 90, "200   <1 ms    90 B  GET"),
        (0.212, 9_999, "200  212 ms  9999 B  GET"),
        (1.26, 12_400, "200   1.3 s   12 kB  GET"),
        (7_300.0, 12_400_000, "200     2 h   12 MB  GET"),
    ],
)
def test_time_and_size_have_units_and_keep_their_columns(seconds: float | None, size: int, shown: str) -> None:
    sent = SentRequest("GET", "/version", at=AT, status=200, seconds=seconds, size=size)
    line = request_lines([sent], 0, 80, UTC)[0].plain
    assert line.removeprefix("▶ 13:30:00 ").startswith(shown)


def test_in_full_it_has_the_same_time() -> None:
    sent = SentRequest("GET", "/version", at=AT, status=200, seconds=0.0004, size=90)
    said = request_text(sent, "prod", "https://127.0.0.1:1", UTC).splitlines()
    assert said[1] == "sent 13:30:00, status 200, <1 ms, 90 bytes"
