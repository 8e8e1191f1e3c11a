"""The audit log: JSON lines about every action a person took, appended and never rewritten.

Written by the console's and the command line's actions before and after each write, and when the controller answers.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from canarytui.domain.bounded_text import parse_json
from canarytui.errors import ConfigError

_TAIL_BYTES = 1 << 20


def state_folder() -> Path:
    """``$XDG_STATE_HOME/canarytui``, or under ~/.local/state."""
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "canarytui"


def default_path() -> Path:
    """``audit.jsonl`` in the :func:`state_folder`."""
    return state_folder() / "audit.jsonl"


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
        """The last `limit` entries, oldest first; lines that are no JSON objects are left out. Of a long log only the
        end is read."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(size - _TAIL_BYTES, 0))
                lines = file.read().decode("utf-8", "replace").splitlines()[-limit:]
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                entry = parse_json(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                found.append(entry)
        return found
