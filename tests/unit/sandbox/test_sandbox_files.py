"""Files at paths that a person names: regular ones only, and never half of one."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from canarytui.sandbox.files import (
    NotRegularFile,
    make_private_folder,
    open_regular,
    read_start,
    replace_private,
)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    socket.socket(socket.AF_UNIX).bind(str(path))


@pytest.mark.parametrize(("make", "kind"), [(Path.mkdir, "a folder"), (fifo, "a FIFO"), (listening, "a socket")])
def test_what_is_no_regular_file_is_refused_at_once(
    make: object, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    path = Path("x")
    make(path)  # type: ignore[operator]
    for use in (lambda: read_start(path, 10), lambda: replace_private(path, b"")):
        with pytest.raises(NotRegularFile, match=f"it is not a regular file but {kind}"):
            use()


def test_a_file_is_opened_and_its_start_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert read_start(path, 4) == b"0123"
    os.close(open_regular(tmp_path / "new", os.O_WRONLY | os.O_CREAT))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_a_private_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o644)
    link.symlink_to(path)
    with path.open("rb") as reader:
        replace_private(link, b"new")
        assert reader.read() == b"old"
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "link"]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_private(path, b"new")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]


def test_all_folders_that_are_made_are_private(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")] == [0o700, 0o700]
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="it is not a folder"):
        make_private_folder(tmp_path / "file")
