"""Folders of sandboxes: private, gone at the end, after a SIGKILL at the next start; and nothing else ever goes."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from canarytui.sandbox.errors import UnusableOption
from canarytui.sandbox.supervisor.run_folder import remove_left_behind, run_folder, started

PREFIX = "canarytui-sandbox-"
HOLD = """
import sys
from canarytui.sandbox.supervisor.run_folder import run_folder
with run_folder(sys.argv[1]) as folder:
    (folder / "secret").write_text("token")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, for us and for our children."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def holder() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, PREFIX], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def left(temporary: Path, owner: object, mode: int = 0o700) -> Path:
    """A folder as one that was killed leaves it, with this in its owner's file."""
    folder = temporary / f"{PREFIX}left"
    folder.mkdir(mode=mode)
    folder.chmod(mode)
    (folder / "owner.json").write_text(owner if isinstance(owner, str) else json.dumps(owner))
    return folder


def test_it_is_private_and_goes_with_its_end(temporary: Path) -> None:
    with run_folder(PREFIX) as folder:
        assert folder.parent == temporary
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "owner.json").stat().st_mode) == 0o600
    assert list(temporary.iterdir()) == []


def test_no_place_for_it_is_one_sentence(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(**_: str) -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "mkdtemp", nowhere)
    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    with (
        pytest.raises(UnusableOption, match=r"No temporary folder can be made \(No usable .*\): set \$TMPDIR"),
        run_folder(PREFIX),
    ):
        pass


def test_what_a_killed_process_left_goes_at_the_next_start_and_what_a_live_one_has_stays(temporary: Path) -> None:
    killed, first = holder()
    live, second = holder()
    try:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert (first / "secret").exists()
        with run_folder(PREFIX) as own:
            assert sorted(temporary.iterdir()) == sorted([second, own])
            assert (second / "secret").read_text() == "token"
    finally:
        live.communicate(timeout=20)
        killed.communicate(timeout=20)
    assert list(temporary.iterdir()) == []


def test_another_process_with_the_old_ones_number_is_not_its_owner(temporary: Path) -> None:
    folder = left(temporary, {"pid": os.getpid(), "started": "long ago"})
    remove_left_behind(PREFIX)
    assert not folder.exists()


def test_owner_whose_start_is_unknown_is_taken_for_gone_only_when_nobody_has_its_number(temporary: Path) -> None:
    folder = left(temporary, {"pid": os.getpid(), "started": ""})
    remove_left_behind(PREFIX)
    assert folder.exists()
    (folder / "owner.json").write_text(json.dumps({"pid": 2**22 + 1, "started": ""}))
    remove_left_behind(PREFIX)
    assert not folder.exists()


GONE = {"pid": 2**22 + 1, "started": "long ago"}


@pytest.mark.parametrize(
    "owner",
    ["", "{", "[]", "null", "{}", {"pid": "1", "started": "x"}, {"pid": True, "started": "x"}, {"pid": 5},
     {"pid": -1, "started": ""}, {"pid": 0, "started": ""}, {"pid": os.getpid(), "started": started(os.getpid())}],
)  # fmt: skip
def test_folder_whose_owner_is_not_known_to_be_gone_stays(temporary: Path, owner: object) -> None:
    folder = left(temporary, owner)
    remove_left_behind(PREFIX)
    assert folder.exists()


def _others_may_write(temporary: Path) -> Path:
    return left(temporary, GONE, mode=0o770)


def _without_owner(temporary: Path) -> Path:
    folder = left(temporary, GONE)
    (folder / "owner.json").unlink()
    return folder


def _owner_is_a_fifo(temporary: Path) -> Path:
    folder = _without_owner(temporary)
    os.mkfifo(folder / "owner.json")
    return folder


def _owner_is_a_link(temporary: Path) -> Path:
    folder = _without_owner(temporary)
    (temporary / "elsewhere.json").write_text(json.dumps(GONE))
    (folder / "owner.json").symlink_to(temporary / "elsewhere.json")
    return folder


def _other_name(temporary: Path) -> Path:
    return left(temporary, GONE).rename(temporary / "somebody-else")


def _link_to_a_folder(temporary: Path) -> Path:
    real = left(temporary, GONE).rename(temporary / "precious")
    (temporary / f"{PREFIX}link").symlink_to(real)
    return real


@pytest.mark.parametrize(
    "make",
    [_others_may_write, _without_owner, _owner_is_a_fifo, _owner_is_a_link, _other_name, _link_to_a_folder],
)
def test_what_is_not_ours_stays(temporary: Path, make: Callable[[Path], Path]) -> None:
    folder = make(temporary)
    before = sorted(each.name for each in temporary.rglob("*"))
    remove_left_behind(PREFIX)
    assert sorted(each.name for each in temporary.rglob("*")) == before
    assert folder.is_dir()


def test_folder_of_another_person_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = left(temporary, GONE)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    remove_left_behind(PREFIX)
    assert folder.exists()


def test_links_in_a_folder_that_goes_are_not_followed(temporary: Path) -> None:
    (temporary / "precious").mkdir()
    (temporary / "precious" / "file").write_text("keep")
    folder = left(temporary, GONE)
    (folder / "link").symlink_to(temporary / "precious", target_is_directory=True)
    remove_left_behind(PREFIX)
    assert not folder.exists()
    assert (temporary / "precious" / "file").read_text() == "keep"
