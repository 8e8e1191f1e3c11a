"""The folder of ``sandbox up --data-dir``: Secrets and keys are in it, so only its owner may read it."""

from __future__ import annotations

import os
from pathlib import Path

from canarytui.sandbox.files import make_private_folder, open_regular

OBJECTS = "objects.sqlite"
CREDENTIALS = "credentials.json"
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside its file, with that file's rights."""


def make_private(folder: Path) -> None:
    """Make the folder and the data file, 0700 and 0600, and tighten what an earlier version left more open. A folder
    with other files in it keeps its mode: it may not be ours.

    Raises:
        OSError: the folder or a file in it cannot be used, belongs to another user, or is not a regular file; its
            ``filename`` says which.
    """
    make_private_folder(folder)
    ours = {CREDENTIALS, OBJECTS, *(OBJECTS + ending for ending in _BESIDE)}
    if all(path.name in ours for path in folder.iterdir()):
        folder.chmod(0o700)
    os.close(_tightened(folder / OBJECTS, os.O_CREAT))  # SQLite would create it by the umask
    for name in sorted(ours):
        try:
            os.close(_tightened(folder / name, 0))
        except FileNotFoundError:
            continue


def _tightened(path: Path, flags: int) -> int:
    descriptor = open_regular(path, os.O_RDWR | os.O_NOFOLLOW | flags)
    try:
        os.fchmod(descriptor, 0o600)
    except OSError as error:
        os.close(descriptor)
        raise OSError(error.errno, error.strerror, str(path)) from error
    return descriptor
