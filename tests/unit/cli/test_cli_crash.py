"""What nobody caught: one sentence, a file that only its owner can read, and an exit code that is never 0."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from canarytui.cli import crash, get
from canarytui.cli.main import main
from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences.crash import OUTPUT, OUTPUT_FULL
from canarytui.exit_codes import ExitCode


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "canarytui"


def broken(*_: object) -> int:
    raise RuntimeError("odd\x1b]52;c;eA==\x07\nsecond line")


def test_a_command_that_breaks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(get, "run", broken)
    assert main(["get"]) == ExitCode.CRASHED
    (written,) = folder.iterdir()
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "canarytui: Something unexpected went wrong (RuntimeError: odd\\x1b]52;c;eA==\\x07 second line): "
        f"the details are in {written}.\n"
    )
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert "in broken" in written.read_text()


def test_a_thread_that_breaks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(threading, "excepthook", crash._in_thread)
    thread = threading.Thread(target=broken)
    thread.start()
    thread.join()
    assert "Something unexpected went wrong" in capsys.readouterr().err
    assert len(list(folder.iterdir())) == 1


def test_a_state_folder_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert crash.report_crash(RuntimeError("odd")) == ExitCode.CRASHED
    assert "the details could not be written" in capsys.readouterr().err


def test_only_the_last_ones_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    for number in range(15):
        (folder / f"crash-20200101-0000{number:02}-1-1.txt").write_text("")
    newest = crash.written(RuntimeError("odd"))
    kept = sorted(folder.glob("crash-*"))
    assert len(kept) == 10
    assert kept[-1] == newest


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, OUTPUT_FULL), (errno.EDQUOT, OUTPUT_FULL), (errno.EIO, OUTPUT)]
)
def test_an_output_that_breaks_asks_for_space_only_where_it_is_lacking(
    number: int, said: Sentence, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(crash, "lose_reader", lambda: None)
    assert crash._unwritable(OSError(number, os.strerror(number))) == 1
    assert capsys.readouterr().err == f"canarytui: {said.text(reason=os.strerror(number))}\n"
