"""Which files the thread of an event loop touches: while it waits for a disk, no key is answered."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLLOWED = frozenset(
    {"open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove", "os.chmod", "pathlib.Path.glob"}
)
_watches: list[_Watch] = []


class _Watch:
    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.thread = threading.get_ident()
        self.touched: list[str] = []

    def see(self, event: str, path: object) -> None:
        if threading.get_ident() != self.thread or not isinstance(path, str | bytes | Path):
            return
        if os.fsdecode(path).startswith(self.folder):
            ours = [frame for frame in traceback.extract_stack() if "/canarytui/" in frame.filename]
            by = f"{ours[-1].filename}:{ours[-1].lineno}" if ours else "a test"
            if ours:
                self.touched.append(f"{event} {os.fsdecode(path)} by {by}")


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watches and event in _FOLLOWED and arguments:
        for watch in _watches:
            watch.see(event, arguments[0])


@contextmanager
def files_touched_here(folder: Path) -> Iterator[list[str]]:
    """What our code does with files below `folder` on this thread, as text. Hooks cannot be removed: there is one."""
    if not hasattr(sys, "_canarytui_file_hook"):
        sys._canarytui_file_hook = True  # type: ignore[attr-defined]
        sys.addaudithook(_hook)
    watch = _Watch(folder)
    _watches.append(watch)
    try:
        yield watch.touched
    finally:
        _watches.remove(watch)
