"""The audit log: one JSON line for every action a person took, appended and never rewritten.

Written by the console's and the command line's actions before and after each write.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from canarytui.errors import ConfigError


def default_path() -> Path:
    """``$XDG_STATE_HOME/canarytui/audit.jsonl``, or under ~/.local/state."""
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "canarytui" / "audit.jsonl"


class AuditLog:
    """Appends entries to `path`, made with its folder on first use, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: dict[str, Any]) -> None:
        """Write `entry` with the time in ``at``; one write call a line, so that lines never mix.

        Raises:
            ConfigError: the file cannot be written; the action must then not be carried out.
        """
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}, default=str)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line.encode() + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise ConfigError(
                f"The audit log {self.path} cannot be written ({error.strerror}): free the disk or set $XDG_STATE_HOME."
            ) from error

    def entries(self, limit: int = 200) -> list[dict[str, Any]]:
        """The last `limit` entries, oldest first; lines that are not JSON are left out."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()[-limit:]
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found
