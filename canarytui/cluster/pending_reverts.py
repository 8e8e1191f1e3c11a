"""Temporary writes on disk, from before they are made until they are put back, so that nothing is lost in a crash.

One file for each write, locked by the process that looks after it. Used by ``actions``; nothing here talks to a
cluster.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from canarytui.cluster.folders import state_folder
from canarytui.cluster.locked_files import HeldFiles
from canarytui.domain.sentences import records as words
from canarytui.errors import ConfigError

_NUMBER = re.compile(r"[0-9a-f]{1,32}")
_PART = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_FIELD = re.compile(r"[A-Za-z]{1,63}")


class PendingRevert(Struct, frozen=True):
    """A field of a canary's spec that was set for a while, or something else that `calls` undo.

    `before` is None if the field was absent. It is put back in one of the phases `until`, or at `due` (ISO 8601, "" for
    never). `generation` is the canary's after the write; `title` says what the write was for. `calls` go to a load
    tester, each with ``url``, ``body`` and ``service``; `field` is then a word for what they turn.
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
        """The field manager of the write, used for nothing else."""
        return f"canarytui-{self.number}"


def new_number() -> str:
    """A new record's number."""
    return uuid.uuid4().hex[:8]


class PendingReverts:
    """The folder of records, made on first use; only its owner may read it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._files = HeldFiles(folder or state_folder() / "journal", words.A_CHANGE.text())

    def begin(self, record: PendingRevert) -> None:
        """Write `record` and lock it; the write may be made when this returns.

        Raises:
            ConfigError: it cannot be written; the write must not be made.
        """
        try:
            self._files.begin(record.number, asdict(record))
        except OSError as error:
            raise ConfigError(words.JOURNAL_UNWRITABLE.text(folder=self._files.folder, why=error.strerror)) from error

    def end(self, record: PendingRevert) -> None:
        """Forget `record`: it was put back, or need not be."""
        self._files.end(record.number)

    def adopt(self, server: str) -> list[PendingRevert]:
        """Take over the records for `server` that no living process looks after."""

        def ours(name: str, values: dict[str, Any]) -> bool:
            record = _record(values)
            if record.number != name:
                raise ValueError(words.OTHER_NUMBER.text(number=record.number))
            return record.server == server

        return [_record(values) for values in self._files.adopt(ours)]

    def unusable(self) -> list[str]:
        """Sentences about files that :meth:`adopt` left alone; each is returned once."""
        return self._files.unusable()

    def release(self) -> None:
        """Let go of all records, so that another process may take them over."""
        self._files.release()


def _record(values: dict[str, Any]) -> PendingRevert:
    known = {name: values[name] for name in PendingRevert.__struct_fields__ if name in values}
    lists = {"until": tuple(values.get("until") or ()), "calls": tuple(values.get("calls") or ())}
    record = PendingRevert(**{**known, **lists})
    texts = ("number", "at", "server", "context", "title", "namespace", "name", "uid", "field", "due")
    if not all(isinstance(getattr(record, text), str) for text in texts) or not isinstance(record.generation, int):
        raise ValueError(words.WRONG_TYPE.text())
    if not _NUMBER.fullmatch(record.number):
        raise ValueError(words.BAD_NUMBER.text(number=record.number[:40]))
    for name in (record.namespace, record.name):
        if not _PART.fullmatch(name):
            raise ValueError(words.BAD_OBJECT.text(name=name[:40]))
    if not _FIELD.fullmatch(record.field):
        raise ValueError(words.BAD_FIELD.text(field=record.field[:40]))
    for call in record.calls:
        if not isinstance(call, dict) or not isinstance(call.get("url"), str) or not isinstance(call.get("body"), dict):
            raise ValueError(words.BAD_CALL.text())
    return record
