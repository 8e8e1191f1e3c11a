"""A folder of small JSON files, each locked for as long as the process that looks after it lives.

A file that nobody holds was left behind by a crash. Used by the journal of temporary writes and by that of actions
under way.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from canarytui.cluster.regular_files import open_regular, write_all
from canarytui.domain.sentences import records as words
from canarytui.domain.text.bounded import parse_json

_NAME = re.compile(r"[0-9a-z]{1,32}")
_MOST_BYTES = 1 << 22
_UNFINISHED_S = 600.0


class HeldFiles:
    """Files ``NAME.json`` in `folder`, which is made on first use; only its owner may read it.

    `what` names such a file in sentences.
    """

    def __init__(self, folder: Path, what: str) -> None:
        self.folder = folder
        self._what = what
        self._unusable: dict[Path, str] = {}
        self._told: set[Path] = set()
        self._locks: dict[str, int] = {}

    def begin(self, name: str, content: dict[str, Any]) -> None:
        """Write `content` and hold the file. Raises OSError and leaves nothing if that fails."""
        path = self._path(name)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Under another name until it is locked and whole, so that nobody takes it for left behind.
        early = path.with_suffix(".new")
        descriptor = open_regular(early, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            write_all(descriptor, json.dumps(content, default=str).encode() + b"\n")
            os.fsync(descriptor)
            early.rename(path)
            self._sync_folder()
        except OSError:
            os.close(descriptor)
            early.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise
        self._locks[name] = descriptor

    def end(self, name: str) -> None:
        """Remove our file."""
        self._path(name).unlink(missing_ok=True)
        descriptor = self._locks.pop(name, None)
        if descriptor is not None:
            os.close(descriptor)
        if self.folder.is_dir():
            self._sync_folder()

    def adopt(self, wanted: Callable[[str, dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
        """Yield the content of each file that no living process holds and that is `wanted`; the file is ours from then
        on. `wanted` gets name and content, and raises ValueError, TypeError or KeyError with the reason if a file makes
        no sense."""
        self._sweep()
        for path in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            if path.stem in self._locks:
                continue
            try:
                content = self._adopt(path, wanted)
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                self._unusable[path] = str(error) or type(error).__name__
                continue
            if content is not None:
                yield content

    @property
    def holds_any(self) -> bool:
        """Whether we hold any file now."""
        return bool(self._locks)

    def unusable(self) -> list[str]:
        """Sentences about files that nobody holds and that make no sense; each is returned once."""
        found = {path: why for path, why in self._unusable.items() if path not in self._told}
        self._told.update(found)
        return [words.UNUSABLE.text(path=path, what=self._what, why=why) for path, why in found.items()]

    def release(self, name: str = "") -> None:
        """Let go of the file `name` (default: all), so that another process may take it over."""
        for each in [name] if name else list(self._locks):
            descriptor = self._locks.pop(each, None)
            if descriptor is not None:
                os.close(descriptor)

    def _sweep(self) -> None:
        """Remove files whose writer was killed before it finished."""
        for path in self.folder.glob("*.new"):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > _UNFINISHED_S:
                    path.unlink()

    def _adopt(self, path: Path, wanted: Callable[[str, dict[str, Any]], bool]) -> dict[str, Any] | None:
        try:
            descriptor = open_regular(path, os.O_RDWR)
        except OSError:
            return None
        kept = False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its owner may have ended it between open and lock: the name then leads elsewhere, or nowhere.
            if path.stat().st_ino != os.fstat(descriptor).st_ino:
                return None
            self._path(path.stem)
            content = parse_json(os.pread(descriptor, _MOST_BYTES, 0))
            if not isinstance(content, dict):
                raise ValueError(words.NO_JSON_OBJECT.text())
            kept = wanted(path.stem, content)
            if kept:
                self._locks[path.stem] = descriptor
            return content if kept else None
        except OSError:
            return None
        finally:
            if not kept:
                os.close(descriptor)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(words.BAD_NAME.text(name=name))
        return self.folder / f"{name}.json"

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
