"""Files that a living process holds are its own; what a dead one left is found once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from canarytui.cluster.locked_files import HeldFiles

CONTENT = {"server": "https://a"}


def every(name: str, content: dict[str, Any]) -> bool:
    return True


def test_a_file_is_whole_private_and_held_when_it_is_begun(tmp_path: Path) -> None:
    files = HeldFiles(tmp_path / "journal", "a record")
    assert not files.holds_any
    files.begin("1a", CONTENT)
    assert files.holds_any
    path = tmp_path / "journal" / "1a.json"
    assert path.read_text() == '{"server": "https://a"}\n'
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(HeldFiles(tmp_path / "journal", "a record").adopt(every)) == []
    files.end("1a")
    assert not files.holds_any
    assert list(path.parent.iterdir()) == []


def test_what_is_released_goes_to_whoever_wants_it_first(tmp_path: Path) -> None:
    files, heir, late = (HeldFiles(tmp_path, "a record") for _ in range(3))
    files.begin("1a", CONTENT)
    files.begin("2b", {"server": "https://b"})
    files.release("1a")
    assert list(heir.adopt(lambda name, content: content["server"] == "https://b")) == []
    assert list(heir.adopt(lambda name, content: name == "1a")) == [CONTENT]
    assert list(late.adopt(every)) == []
    files.release()
    assert list(late.adopt(every)) == [{"server": "https://b"}]


def test_files_that_make_no_sense_are_reported_once(tmp_path: Path) -> None:
    (tmp_path / "1a.json").write_text("[]")
    (tmp_path / "2b.json").write_text("{")
    files = HeldFiles(tmp_path, "a record")
    assert list(files.adopt(every)) == []
    said = files.unusable()
    assert [str(tmp_path / name) in sentence for name, sentence in zip(("1a.json", "2b.json"), said, strict=True)]
    assert all("a record" in sentence for sentence in said)
    assert list(files.adopt(every)) == []
    assert files.unusable() == []


def test_an_unfinished_file_goes_when_it_is_old(tmp_path: Path) -> None:
    for name, age_s in (("1a.new", 0), ("2b.new", 3600)):
        (tmp_path / name).write_text("{")
        stamp = (tmp_path / name).stat().st_mtime - age_s
        os.utime(tmp_path / name, (stamp, stamp))
    assert list(HeldFiles(tmp_path, "a record").adopt(every)) == []
    assert [path.name for path in tmp_path.iterdir()] == ["1a.new"]


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.\./x"):
        HeldFiles(tmp_path / "journal", "a record").begin("../x", CONTENT)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    files = HeldFiles(tmp_path, "a record")
    (tmp_path / "1a.json").mkdir()
    with pytest.raises(OSError, match="1a"):
        files.begin("1a", CONTENT)
    assert not files.holds_any
    assert [path.name for path in tmp_path.iterdir()] == ["1a.json"]
