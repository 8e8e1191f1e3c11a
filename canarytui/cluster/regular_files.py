"""Opens files that a person or the environment names: regular files only, and written whole or not at all.

Opening a FIFO waits for its other end, in a thread for ever and deaf to signals; a device may do anything. Anything but
a regular file raises :class:`NotRegular`, an OSError whose ``strerror`` says what it is.
"""

from __future__ import annotations

import errno
import os
import secrets
import select
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from canarytui.domain.sentences import records as words

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_PIECE = 1 << 16
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotRegular(OSError):
    """The path leads to something other than a regular file."""

    def __init__(self, path: Path, mode: int) -> None:
        kind = next((name for test, name in _KINDS if test(mode)), "something else")
        super().__init__(0, words.NOT_REGULAR.text(kind=kind), str(path))


def open_regular(path: Path, flags: int, mode: int = 0o600) -> int:
    """``os.open`` that never waits; the caller closes the descriptor.

    Raises:
        NotRegular: `path` leads to something else.
        OSError: it cannot be opened.
    """
    with suppress(FileNotFoundError):
        _require_regular(path, path.stat().st_mode)  # merely opening a device may have effects
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, mode)
    try:
        _require_regular(path, os.fstat(descriptor).st_mode)
    except NotRegular:
        os.close(descriptor)
        raise
    return descriptor


def read_start(path: Path, most: int) -> bytes:
    """The first `most` bytes of a file.

    Raises:
        NotRegular: `path` leads to something else.
        OSError: it cannot be read.
    """
    with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as file:
        return file.read(most)


def read_any(path: Path, most: int, *, patience_s: float = 10.0) -> bytes:
    """The first `most` bytes of a file, a device or a pipe such as a shell's ``<(…)``; `patience_s` bounds the silence.

    Raises:
        TimeoutError: nobody writes into the pipe; its ``strerror`` says so.
        OSError: it cannot be read.
    """
    found = bytearray()
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        waiting = select.poll()
        waiting.register(file, select.POLLIN)
        while len(found) < most:
            if not waiting.poll(patience_s * 1000):
                raise TimeoutError(errno.ETIMEDOUT, words.SILENT.text(seconds=f"{patience_s:g}"), str(path))
            piece = file.read(min(most - len(found), _PIECE))
            if piece == b"":
                break
            found += piece or b""
    return bytes(found)


def read_end(path: Path, most: int) -> bytes:
    """The last `most` bytes of a file. Raises as :func:`read_start`."""
    with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as file:
        file.seek(max(os.fstat(file.fileno()).st_size - most, 0))
        return file.read(most)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`: one write may take less, on a full disk or under a limit on file sizes. Raises OSError."""
    while data:
        data = data[os.write(descriptor, data) :]


def append_lines(descriptor: int, data: bytes) -> None:
    """Append `data`, which is whole lines, or none of it. A half line left by a crash is ended first, so that it does
    not swallow ours. `descriptor` was opened with ``O_RDWR | O_APPEND``. Raises OSError."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        data = b"\n" + data
    try:
        write_all(descriptor, data)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def replace_file(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace a file's content atomically: a reader finds the old content or the new, also after a crash.
    A new file gets `mode` less the umask; an existing one keeps its own unless `mode` is private. A link stays, and its
    target is written.

    Raises:
        NotRegular: `path` leads to something else.
        OSError: it cannot be written; what was there is untouched.
    """
    target, kept = Path(os.path.realpath(path)), None
    with suppress(FileNotFoundError):
        found = target.stat().st_mode
        _require_regular(path, found)
        kept = stat.S_IMODE(found) if mode & 0o077 else None
    fresh = target.with_name(f".canarytui-{secrets.token_hex(8)}")
    descriptor = os.open(fresh, _NEW, mode)
    try:
        try:
            if kept is not None:
                os.fchmod(descriptor, kept)
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def private_folder(path: Path) -> None:
    """Make `path` and its missing parents, which only their owner may read. Raises OSError."""
    for folder in reversed([path, *path.parents]):  # mkdir's mode applies to the last one only
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, words.NO_FOLDER.text(), str(path))


def require_regular(path: Path) -> None:
    """Raises NotRegular, or OSError when there is nothing."""
    _require_regular(path, path.stat().st_mode)


def require_replaceable(path: Path) -> None:
    """Find out early what :func:`replace_file` would object to; writes nothing. Raises OSError."""
    target = Path(os.path.realpath(path))
    with suppress(FileNotFoundError):
        _require_regular(path, target.stat().st_mode)
    if not stat.S_ISDIR(target.parent.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def _require_regular(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotRegular(path, mode)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a crash, where the file system can promise that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
