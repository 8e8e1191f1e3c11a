"""The timeline on disk, so that last night's rollout is there this morning: one JSON line for each telling.

A file for each cluster under ``$XDG_STATE_HOME/canarytui/history``, and its predecessor; together they are bounded.
Several consoles may write the same file: a batch is one append, and what two of them saw is told apart by its
identity when it is read. A disk that is full or not there costs the history, never the console.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import append_lines, open_regular, private_folder, read_end
from canarytui.domain.history.facts import Fact, FactSource
from canarytui.domain.sentences import console as words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.plain import clean
from canarytui.domain.values import parse_time

LIMIT = 8_000_000
"""Bytes after which a file becomes the predecessor, and the one before is gone."""
_READ = 2_000_000
_LOCK_TRIES = 100
_LOCK_EVERY_S = 0.02
_TEXT = 2000


def history_path(context: str, cluster: str) -> Path:
    """The file of a cluster; `cluster` distinguishes clusters whose contexts have the same name."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", context)[:80] or "cluster"
    mark = hashlib.sha256(cluster.encode("utf-8", "replace")).hexdigest()[:12]
    return state_folder() / "history" / f"{name}-{mark}.jsonl"


class TimelineFile:
    """`trouble` says why nothing is kept; "" while it is."""

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self._path = path
        self._before = path.with_suffix(".jsonl.1")
        self._limit = limit
        self.trouble = ""

    def read(self) -> list[Fact]:
        """The tellings at the end of what is kept, in the order in which they were written. Damaged lines count for
        nothing."""
        lines = [*_last_lines(self._before), *_last_lines(self._path)]
        return [fact for fact in map(_fact, lines) if fact is not None]

    def write(self, facts: Iterable[Fact]) -> bool:
        """Append `facts`, all of them or none; whether they are written. Failures go to `trouble`."""
        data = "".join(_line(fact) for fact in facts).encode("utf-8", "replace")
        try:
            private_folder(self._path.parent)
            with self._locked():
                descriptor = open_regular(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
                try:
                    append_lines(descriptor, data)
                    full = os.fstat(descriptor).st_size > self._limit
                finally:
                    os.close(descriptor)
                if full:
                    self._path.replace(self._before)
            self.trouble = ""
        except OSError as error:
            self.trouble = words.TIMELINE_NOT_KEPT.text(path=self._path, reason=error.strerror)
        return not self.trouble

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, also of several consoles; the lock goes with its file's end, also after a crash. A
        console that was stopped with it keeps nobody else from ending: we wait a moment only."""
        descriptor = open_regular(self._path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT)
        try:
            for left in reversed(range(_LOCK_TRIES)):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if not left:
                        raise OSError(error.errno, words.LOCKED.text()) from error
                    time.sleep(_LOCK_EVERY_S)
            yield
        finally:
            os.close(descriptor)


def _last_lines(path: Path) -> list[bytes]:
    try:
        return read_end(path, _READ).split(b"\n")  # a first half line is damaged, as others may be
    except OSError:
        return []


def _line(fact: Fact) -> str:
    written = {
        "at": fact.at.isoformat(),
        "ns": fact.namespace,
        "name": fact.name,
        "source": fact.source.value,
        "text": fact.text[:_TEXT],
        "warning": fact.warning,
        "marks": sorted(fact.marks),
        "id": fact.identity,
    }
    return json.dumps(written, separators=(",", ":")) + "\n"


def _fact(line: bytes) -> Fact | None:
    try:
        read: Any = parse_json(line)
        at, source = parse_time(read["at"]), FactSource(read["source"])
        marks = frozenset((clean(aspect, 40), clean(value, _TEXT)) for aspect, value in read["marks"])
        if not isinstance(at, datetime):
            return None
        return Fact(
            at=at,
            namespace=clean(read["ns"], 253),
            name=clean(read["name"], 253),
            source=source,
            text=clean(read["text"], _TEXT),
            warning=read["warning"] is True,
            marks=marks,
            identity=clean(read["id"], 600),
        )
    except (ValueError, KeyError, TypeError):
        return None
