"""Files that a person names: nothing but regular files is opened, nothing waits, and no write leaves half of itself."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from canarytui.cluster.regular_files import (
    NotRegular,
    append_lines,
    open_regular,
    private_folder,
    read_any,
    read_end,
    read_start,
    replace_file,
)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


def _link_to_fifo(path: Path) -> None:
    os.mkfifo(path.with_name("behind"))
    path.symlink_to("behind")


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "fifo": (os.mkfifo, "a FIFO"),
    "link to a fifo": (_link_to_fifo, "a FIFO"),
    "folder": (lambda path: path.mkdir(), "a folder"),
    "socket": (_socket, "a socket"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "a device"),
    "terminal": (lambda path: path.symlink_to("/dev/tty"), "a device"),
}


@pytest.fixture(params=ODD)
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    made, kind = ODD[request.param]
    made(tmp_path / "odd")
    return tmp_path / "odd", kind


def test_what_is_not_regular_is_neither_read_nor_written(odd: tuple[Path, str]) -> None:
    path, kind = odd
    before = path.lstat()
    for use in (
        lambda: read_start(path, 100),
        lambda: open_regular(path, os.O_RDWR | os.O_APPEND | os.O_CREAT),
        lambda: replace_file(path, b"x"),
    ):
        with pytest.raises(NotRegular) as caught:
            use()
        assert caught.value.strerror == f"it is not a regular file but {kind}"
    assert path.lstat() == before
    assert sorted(each.name for each in path.parent.iterdir() if each.name != "behind") == ["odd"]


def test_fifo_whose_other_end_is_open_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    other = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        with pytest.raises(NotRegular):
            read_start(path, 10)
    finally:
        os.close(other)


def test_missing_file_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_start(tmp_path / "none", 10)


def test_first_and_last_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    assert read_start(tmp_path / "file", 3) == b"012"
    assert read_end(tmp_path / "file", 3) == b"789"
    assert read_end(tmp_path / "file", 30) == b"0123456789"


@pytest.mark.parametrize(("mode", "expected"), [(0o666, 0o640), (0o600, 0o600)])
def test_replaced_file_keeps_its_rights_unless_it_is_to_be_private(tmp_path: Path, mode: int, expected: int) -> None:
    path = tmp_path / "report.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new", mode)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", expected)


def test_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    replace_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_disk_that_fills_up_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.md"
    path.write_bytes(b"old")
    write_some(monkeypatch, room=5)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"much more than five")
    assert [each.name for each in tmp_path.iterdir()] == ["report.md"]
    assert path.read_bytes() == b"old"


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_some(monkeypatch, room=1000)
    replace_file(tmp_path / "new", b"much more than three")
    assert (tmp_path / "new").read_bytes() == b"much more than three"


def test_full_disk_takes_no_part_of_a_line_and_the_next_line_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\nhal")  # a crash in the middle of the second
    descriptor = open_regular(path, os.O_RDWR | os.O_APPEND)
    try:
        with monkeypatch.context() as patched:
            write_some(patched, room=4)
            with pytest.raises(OSError, match="No space left"):
                append_lines(descriptor, b"three\n")
        assert path.read_bytes() == b"one\nhal"
        append_lines(descriptor, b"three\n")
        append_lines(descriptor, b"four\n")
    finally:
        os.close(descriptor)
    assert path.read_bytes() == b"one\nhal\nthree\nfour\n"


def test_readers_find_the_old_or_the_new_content(tmp_path: Path) -> None:
    path, contents = tmp_path / "file", [bytes([letter]) * 200_000 for letter in b"ab"]
    path.write_bytes(contents[0])
    ended = threading.Event()

    def write() -> None:
        for round_ in range(60):
            replace_file(path, contents[round_ % 2])
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not ended.is_set():
            assert path.read_bytes() in contents
    finally:
        writer.join()


def test_private_folder_and_all_that_is_made_above_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        private_folder(tmp_path / "a" / "b")
        private_folder(tmp_path / "a" / "b")
    finally:
        os.umask(old)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "a", tmp_path / "a" / "b")] == [0o700] * 2
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="it is not a folder"):
        private_folder(tmp_path / "file")


def write_some(patched: pytest.MonkeyPatch, *, room: int) -> None:
    """``os.write`` takes three bytes at a time, until the disk has no room for them."""
    real, left = os.write, [room]

    def write(descriptor: int, data: bytes) -> int:
        if left[0] < 3:
            raise OSError(28, "No space left on device")
        left[0] -= 3
        return real(descriptor, data[:3])

    patched.setattr("canarytui.cluster.regular_files.os.write", write)


def test_a_pipe_that_nobody_writes_into_is_not_waited_for_without_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TimeoutError, match=r"no output from it for 0\.05 s"):
        read_any(tmp_path / "pipe", 100, patience_s=0.05)


def test_what_comes_out_of_a_pipe_in_pieces_is_read_to_its_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["sh", "-c", 'exec >"$0"; printf two; sleep 0.05; printf three', tmp_path / "pipe"]) as child:
        assert read_any(tmp_path / "pipe", 100) == b"twothree"
        assert child.wait() == 0


def test_of_a_device_without_end_only_the_start_is_read() -> None:
    assert read_any(Path("/dev/zero"), 100_000) == bytes(100_000)
