"""The controllers' clock: the machine's, or a test's."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The current time; tests advance theirs by hand."""

    def now(self) -> datetime:
        """The current time, timezone-aware."""
        ...


class SystemClock:
    """The machine's clock. It never runs backwards while the process lives."""

    def __init__(self) -> None:
        self._started = datetime.now(UTC)
        self._offset_s = time.monotonic()

    def now(self) -> datetime:
        elapsed_s = time.monotonic() - self._offset_s
        return datetime.fromtimestamp(self._started.timestamp() + elapsed_s, UTC)
