"""Temporary writes on disk, from before they are made until they are put back: what a crash leaves behind is found.

One file for each write, locked by the process that looks after it for as long as that lives. Used by the room
``driving``; nothing here talks to a cluster.
"""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from canarytui.cluster.audit import state_folder
from canarytui.domain.bounded_text import parse_json
from canarytui.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Record:
    """A field of a canary's spec that was set for a while, or something else that `calls` take back.

    `before` is None where the field was absent; `until` are the phases and `due` (ISO 8601, "" for never) the time at
    which it is put back; `generation` is the canary's after the write; `title` says what it was written for. `calls`
    are sent to a load tester, each with ``url``, ``body`` and ``service``; `field` is then a word for what they turn.
    """

    number: str
    at: str
    server: str
    context: str
    title: str
    namespace: str
    name: str
    uid: str
    field: str
    value: Any
    before: Any
    until: tuple[str, ...]
    due: str
    generation: int
    calls: tuple[dict[str, Any], ...] = ()

    @property
    def what(self) -> str:
        """What was set, in words."""
        return f"its {self.field}" if self.calls else f"spec.{self.field}"

    @property
    def manager(self) -> str:
        """The field manager that the write is made under: its own, so that it is known from any other."""
        return f"canarytui-{self.number}"


def new_number() -> str:
    """For a record that is to be begun."""
    return uuid.uuid4().hex[:8]


class Journal:
    """The folder of records, made on first use and readable by its owner only."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / "journal"
        self._locks: dict[str, int] = {}

    def begin(self, record: Record) -> None:
        """Have `record` on the disk, and locked, when this returns: the write may then be made.

        Raises:
            ConfigError: it cannot be written; the write must not be made.
        """
        path = self._path(record.number)
        data = json.dumps(asdict(record)).encode() + b"\n"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Under another name until it is locked: whoever looks meanwhile must not take it for left behind.
            early = path.with_suffix(".new")
            descriptor = os.open(early, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(descriptor, data)
            os.fsync(descriptor)
            early.rename(path)
            self._sync_folder()
        except OSError as error:
            raise ConfigError(
                f"The journal {self._folder} cannot be written ({error.strerror}), and a temporary change that is not "
                "noted might never be taken back: free the disk or set $XDG_STATE_HOME."
            ) from error
        self._locks[record.number] = descriptor

    def end(self, record: Record) -> None:
        """Forget `record`: it was put back, or need not be."""
        self._path(record.number).unlink(missing_ok=True)
        descriptor = self._locks.pop(record.number, None)
        if descriptor is not None:
            os.close(descriptor)
        if self._folder.is_dir():
            self._sync_folder()

    def adopt(self, server: str) -> list[Record]:
        """Records for `server` that nobody alive looks after; from now on this process does."""
        found = []
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            if path.stem not in self._locks and (record := self._adopt(path, server)) is not None:
                found.append(record)
        return found

    def release(self) -> None:
        """Leave all records to whoever comes next."""
        for descriptor in self._locks.values():
            os.close(descriptor)
        self._locks.clear()

    def _adopt(self, path: Path, server: str) -> Record | None:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between the opening and the lock its owner may have ended it: the name then leads elsewhere or nowhere.
            if path.stat().st_ino != os.fstat(descriptor).st_ino:
                raise FileNotFoundError(path)
            record = _record(parse_json(os.pread(descriptor, 1 << 20, 0)))
        except (OSError, ValueError, TypeError):
            os.close(descriptor)
            return None
        if record.server != server:
            os.close(descriptor)
            return None
        self._locks[record.number] = descriptor
        return record

    def _path(self, number: str) -> Path:
        return self._folder / f"{number}.json"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _record(values: dict[str, Any]) -> Record:
    known = {field.name: values[field.name] for field in fields(Record) if field.name in values}
    return Record(**{**known, "until": tuple(values.get("until") or ()), "calls": tuple(values.get("calls") or ())})
