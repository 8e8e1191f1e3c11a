"""How many canaries share a query: fewer after a refusal, and more again once that has gone well for a while. Pure."""

from __future__ import annotations

_FIRST_PATIENCE, _PATIENCE_MOST = 8, 64
"""Passes without a refusal before more are tried: twice as many each time that is refused, or every other pass would be
refused where a server has a limit."""


class BatchSize:
    """`now` canaries are asked for together, `most` at most."""

    def __init__(self, most: int) -> None:
        self.now = self._most = most
        self._patience = 1
        self._well = 0

    def refused(self, count: int) -> None:
        """A query for `count` canaries was too much for the server."""
        self.now = max(min(self.now, count) // 2, 1)
        self._patience = min(max(self._patience * 2, _FIRST_PATIENCE), _PATIENCE_MOST)
        self._well = 0

    def unanswered(self, count: int, least: int) -> None:
        """Nothing was answered, which may have been too much as well: not fewer than `least` the next time."""
        self.now = max(min(self.now, count) // 2, least)
        self._well = 0

    def taken(self) -> None:
        """All queries of a pass were answered."""
        if self.now >= self._most:
            return
        self._well += 1
        if self._well >= self._patience:
            self.now = min(self.now * 2, self._most)
            self._well = 0
