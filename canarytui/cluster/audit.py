"""The audit log: one JSON line for each step of an action, append-only.

Console and command line write before and after each write, and when the controller answers.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import open_regular, read_end, write_all
from canarytui.domain.sentences import records as words
from canarytui.domain.text.bounded import parse_json
from canarytui.errors import ConfigError

_TAIL_BYTES = 1 << 20
_LOCK_TRIES, _LOCK_PAUSE_S = 20, 0.02


def default_path() -> Path:
    """``audit.jsonl`` in the :func:`.folders.state_folder`."""
    return state_folder() / "audit.jsonl"


class AuditError(ConfigError):
    """The audit log cannot be written or read: `reason` says why, `remedy` what to do."""

    def __init__(self, path: Path, verb: str, error: OSError) -> None:
        self.reason = words.AUDIT_FAILED.text(path=path, verb=verb, why=error.strerror)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        self.remedy = words.DISK_FULL.text() if full else words.MAKE_REGULAR.text()
        super().__init__(f"{self.reason[0].upper()}{self.reason[1:]}: {self.remedy}.")


class AuditLog:
    """Appends entries to `path`. The file and its folder are made on first use; only their owner may read them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: dict[str, Any]) -> None:
        """Append `entry`, stamped with ``at``. It is one whole line on the disk when this returns, or nothing is.

        Raises:
            AuditError: it cannot be written; an action that was to follow must then not be carried out.
        """
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}, default=str)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = open_regular(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            try:
                _append(descriptor, line.encode() + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise AuditError(self.path, "written", error) from error

    def entries(self, limit: int = 200) -> list[dict[str, Any]]:
        """The last `limit` entries, oldest first. Only the end of a long log is read; lines that are not JSON objects
        are skipped.

        Raises:
            AuditError: there is something that cannot be read.
        """
        try:
            data = read_end(self.path, _TAIL_BYTES)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise AuditError(self.path, "read", error) from error
        found = []
        for line in data.split(b"\n"):
            try:
                entry = parse_json(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                found.append(entry)
        return found[-limit:] if limit > 0 else []


def _append(descriptor: int, line: bytes) -> None:
    locked = _locked(descriptor)
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line  # a line that a crash cut short must not swallow this one
    try:
        write_all(descriptor, line)
        os.fsync(descriptor)
    except OSError:
        if locked:  # else the end of the file may be another's line
            with suppress(OSError):
                os.ftruncate(descriptor, size)
        raise


def _locked(descriptor: int) -> bool:
    """Whether we got the file's lock, which lasts until the descriptor is closed. A process that holds it for long was
    stopped midway and is not waited for."""
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(_LOCK_PAUSE_S)
        else:
            return True
    return False
