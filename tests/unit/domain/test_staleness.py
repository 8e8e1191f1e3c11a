"""Facts that may be out of date say since when, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from canarytui.domain.rollout.staleness import Stale

SINCE = datetime(2026, 11, 26, 14, 30, 12, tzinfo=UTC)
STALE = Stale(SINCE, SINCE + timedelta(seconds=42), "Unauthorized")


def test_the_title_says_since_when_for_how_long_and_why() -> None:
    assert STALE.words() == "STALE since 14:30:12 (42 s): Unauthorized"
    assert STALE.words(age=False) == "STALE since 14:30:12: Unauthorized"
    assert Stale(SINCE, SINCE).words() == "STALE since 14:30:12 (0 s)"
    assert Stale(SINCE, SINCE, context="prod\x1b[31m").words().startswith("STALE prod since")


def test_times_are_in_the_readers_zone() -> None:
    zone = timezone(timedelta(hours=2))
    assert STALE.words(zone).startswith("STALE since 16:30:12")
    assert STALE.sentence("cart is halted", zone) == "as of 16:30:12 (STALE for 42 s): cart is halted"
