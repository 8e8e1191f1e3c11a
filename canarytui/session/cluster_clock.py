"""The cluster's clock, by the Date headers of its answers: logs and Events have that clock's times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

_TOLERANCE = timedelta(seconds=2.5)


class ClusterClock:
    """`own_now` is this machine's clock; `offset` is how far the cluster's is ahead of it."""

    def __init__(self, own_now: Callable[[], datetime]) -> None:
        self._own_now = own_now
        self.offset = timedelta()

    def now(self) -> datetime:
        """This moment by the cluster's clock."""
        return self._own_now() + self.offset

    def moment_of(self, at: datetime | None) -> datetime | None:
        """A moment of our own clock by the cluster's."""
        return None if at is None else at + self.offset

    def server_said(self, date: datetime) -> None:
        """Take over the cluster's clock where it differs from ours by more than answers take to arrive.

        `date` is an answer's own time, in whole seconds.
        """
        offset = date - self._own_now()
        if abs(offset - self.offset) > _TOLERANCE:
            self.offset = offset if abs(offset) > _TOLERANCE else timedelta()
