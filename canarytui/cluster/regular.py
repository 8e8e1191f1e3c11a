"""Regular files only: a FIFO, a device or a directory in a file's place is refused, and never waited for.

For files that a person's tools may touch meanwhile: the audit log, the journal.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def open_regular(path: Path, flags: int, mode: int = 0o600) -> int:
    """A descriptor of the regular file `path`.

    Raises:
        OSError: it cannot be opened, or is no regular file.
    """
    # A FIFO would be waited for until somebody else opens it.
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, mode)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return descriptor


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`: one call may write less than it is given. Raises OSError when there is no room."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def read_end(path: Path, most: int) -> bytes:
    """The last `most` bytes of the regular file `path`. Raises OSError."""
    descriptor = open_regular(path, os.O_RDONLY)
    try:
        size = os.fstat(descriptor).st_size
        pieces, at = [], max(size - most, 0)
        while piece := os.pread(descriptor, 1 << 20, at):
            pieces.append(piece)
            at += len(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)
