"""Log lines in Flagger's shape, so that what reads Flagger's log reads ours: one JSON object a line."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TextIO

LEVELS = ("debug", "info", "warn", "error")


class JsonLog:
    """Writes lines of at least one level to a stream."""

    def __init__(self, level: str = "info", stream: TextIO | None = None) -> None:
        self._least = LEVELS.index(level)
        self._stream = stream or sys.stderr

    def line(self, level: str, caller: str, message: str, *, canary: str = "") -> None:
        """One line; `canary` is ``name.namespace``."""
        if LEVELS.index(level) < self._least:
            return
        now = datetime.now(UTC)
        entry = {
            "level": level,
            "ts": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
            "caller": caller,
            "msg": message,
        }
        if canary:
            entry["canary"] = canary
        self._stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._stream.flush()
