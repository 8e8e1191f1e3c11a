"""The last lines of the logs that are being followed, in the order of their times; bounded.

Filled by ``canary_detail_watch``, drawn by the detail's logs. Lines are cleaned on the way in: a log may hold anything.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from canarytui.domain.text.plain import clean
from canarytui.domain.text.structured_log import readable_line

CAPACITY = 3000
_LONGEST = 2000


@dataclass(frozen=True, slots=True, order=True)
class LogLine:
    """`source` is ``pod/container``; `text` is one clean line. `level` and `readable` are of a line that is a JSON
    object, "" for others."""

    at: datetime
    number: int
    source: str = field(compare=False)
    text: str = field(compare=False)
    level: str = field(default="", compare=False)
    readable: str = field(default="", compare=False)


class LogBuffer:
    """`status` says, by source, why its lines do not come; empty while all is well. `sides` says, by source,
    whether it is the canary or the primary. `revision` rises with changes."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.revision = 0
        self.status: dict[str, str] = {}
        self.followed: set[str] = set()
        self.sides: dict[str, str] = {}
        self._lines: list[LogLine] = []
        self._capacity = capacity
        self._numbers = 0

    def add(self, source: str, at: datetime | None, text: str) -> None:
        """Take in a line; without a time it follows the one before."""
        self._numbers += 1
        moment = at or (self._lines[-1].at if self._lines else datetime.min.replace(tzinfo=UTC))
        level, readable = readable_line(text)
        line = LogLine(moment, self._numbers, source, clean(text, _LONGEST), level[:16], clean(readable, _LONGEST))
        insort(self._lines, line)
        if len(self._lines) > self._capacity:
            del self._lines[: len(self._lines) - self._capacity]
        self.status.pop(source, None)
        self.revision += 1

    def trouble(self, source: str, sentence: str) -> None:
        """Say why `source` is silent; "" when it is not."""
        if self.status.get(source, "") != sentence:
            if sentence:
                self.status[source] = sentence
            else:
                self.status.pop(source, None)
            self.revision += 1

    def follow(self, sources: Iterable[str]) -> None:
        """The sources that are followed now."""
        wanted = set(sources)
        if wanted != self.followed:
            self.followed = wanted
            for gone in self.status.keys() - wanted:
                del self.status[gone]
            self.revision += 1

    def clear(self) -> None:
        """Forget all lines and sources."""
        self._lines.clear()
        self.status.clear()
        self.followed = set()
        self.revision += 1

    def lines(self, pattern: str = "", source: str = "") -> list[LogLine]:
        """Oldest first; those with all words of `pattern` (``!word``: without it), of one source if given."""
        words = [(word.lstrip("!"), word.startswith("!")) for word in pattern.lower().split()]
        return [
            line
            for line in self._lines
            if (not source or line.source == source)
            and all((word in _searched(line)) != without for word, without in words)
        ]

    def __len__(self) -> int:
        return len(self._lines)


def _searched(line: LogLine) -> str:
    return f"{line.source} {line.text} {line.readable}".lower()
