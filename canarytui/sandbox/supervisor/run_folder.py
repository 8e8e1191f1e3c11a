"""A sandbox's folder while it runs: private, removed at its end, or at the next start after a SIGKILL.

A file in it names the owner by process id and start time, and the owner holds a lock on that file. A start removes only
folders with our prefix that belong to us alone and whose owner is gone by both: process ids are reused, and another
container that shares the folder has other ids, but no two processes hold the same lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from canarytui.sandbox.errors import UnusableOption
from canarytui.sandbox.files import open_regular

_OWNER = "owner.json"
_MOST_BYTES = 1000


@contextmanager
def run_folder(prefix: str) -> Iterator[Path]:
    """A new private folder whose name begins with `prefix`, for as long as this lasts.

    Raises:
        UnusableOption: it cannot be made.
    """
    remove_left_behind(prefix)
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        descriptor = _owned(folder)
    except OSError as error:
        raise UnusableOption(
            f"No temporary folder can be made ({error.strerror}): set $TMPDIR to a folder that you may write to."
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _owned(folder: Path) -> int:
    """The file that names the folder's owner, written and locked."""
    descriptor = os.open(folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with os.fdopen(descriptor, "w", closefd=False) as file:
            json.dump({"pid": os.getpid(), "started": started(os.getpid())}, file)
    except OSError:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return descriptor


def remove_left_behind(prefix: str) -> None:
    """Remove the folders that killed processes of ours left; what cannot be removed stays."""
    with contextlib.suppress(OSError):  # including no place for temporary files at all
        for folder in sorted(Path(tempfile.gettempdir()).iterdir()):
            if folder.name.startswith(prefix):
                _remove_if_left(folder)


def started(pid: int) -> str:
    """What distinguishes a process from a later one with its id; "" when there is none, or it is unknown."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the program's name before it may contain anything
    boot = Path("/proc/sys/kernel/random/boot_id")
    with contextlib.suppress(OSError):
        return f"{boot.read_text(encoding='ascii').strip()}:{fields[19]}"
    return fields[19]


def _remove_if_left(folder: Path) -> None:
    with contextlib.suppress(OSError):
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            return
        descriptor = open_regular(folder / _OWNER, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_uid == os.getuid() and _ended(os.pread(descriptor, _MOST_BYTES, 0)):
                shutil.rmtree(folder, ignore_errors=True)  # does not follow links on this system
        finally:
            os.close(descriptor)


def _ended(owner: bytes) -> bool:
    """Whether the process that `owner` names is gone; False when that is unknown."""
    try:
        read = json.loads(owner)
        pid, start = read["pid"], read["started"]
    except (ValueError, KeyError, TypeError):
        return False
    if not isinstance(pid, int) or isinstance(pid, bool) or not isinstance(start, str) or pid < 1:
        return False
    if start:
        return started(pid) != start
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False
