"""Log lines in Flagger's shape, so that what reads Flagger's log reads ours: one JSON object a line."""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime
from typing import TextIO

from canarytui.domain.text.json_text import json_text

LEVELS = ("debug", "info", "warn", "error")


class JsonLog:
    """Writes lines of at least one level to a stream. Controls and invisible characters are escaped, and so is all that
    a stream cannot encode; a broken stream loses lines but does not stop rollouts."""

    def __init__(self, level: str = "info", stream: TextIO | None = None) -> None:
        self._least = LEVELS.index(level)
        self._stream = stream or sys.stderr
        encoding = (getattr(self._stream, "encoding", None) or "utf-8").lower()
        self._ascii_only = encoding.replace("-", "").replace("_", "") != "utf8"

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
        with contextlib.suppress(OSError):
            self._stream.write(json_text(entry, ascii_only=self._ascii_only) + "\n")
            self._stream.flush()
