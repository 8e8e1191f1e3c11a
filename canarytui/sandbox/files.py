"""Files at paths that a person names: only regular files are opened, and no write leaves a partial file.

Opening a FIFO waits for its other end, and a device may do anything: what is no regular file is refused with
:class:`NotRegularFile`, an OSError whose ``strerror`` says so.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotRegularFile(OSError):
    """The path leads to a folder, FIFO, socket or device."""

    def __init__(self, path: Path, mode: int) -> None:
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        super().__init__(errno.EINVAL, f"it is not a regular file but {kind}", str(path))


def open_regular(path: Path, flags: int, mode: int = 0o600) -> int:
    """``os.open`` that never waits; the descriptor is the caller's to close.

    Raises:
        NotRegularFile: `path` leads to something else.
        OSError: it cannot be opened.
    """
    with suppress(FileNotFoundError):
        _require_regular(path, path.stat().st_mode)  # opening a device alone may have effects
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, mode)
    try:
        _require_regular(path, os.fstat(descriptor).st_mode)
    except NotRegularFile:
        os.close(descriptor)
        raise
    return descriptor


def read_start(path: Path, most: int) -> bytes:
    """The first `most` bytes of a file. Raises OSError, NotRegularFile included."""
    with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as file:
        return file.read(most)


def replace_private(path: Path, data: bytes) -> None:
    """Write a file with mode 0600, all of it or not at all: a reader finds the old content or the new. A link stays,
    and its target is written.

    Raises:
        NotRegularFile: `path` leads to something else.
        OSError: it cannot be written; what was there is untouched.
    """
    target = Path(os.path.realpath(path))
    with suppress(FileNotFoundError):
        _require_regular(path, target.stat().st_mode)
    fresh = target.with_name(f".canarytui-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, _NEW, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def make_private_folder(path: Path) -> None:
    """Make `path` and its missing parents, readable by their owner only. Raises OSError."""
    for folder in reversed([path, *path.parents]):  # mkdir's mode counts for the last one only
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is not a folder", str(path))


def _require_regular(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotRegularFile(path, mode)
