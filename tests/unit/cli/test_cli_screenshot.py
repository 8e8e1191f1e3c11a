"""``canarytui screenshot``: pictures of the screens, or one sentence where they cannot be written."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from canarytui.cli.main import main


def test_the_screens_are_drawn_as_svg(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "pictures"
    assert main(["screenshot", str(folder), "--only", "*-rolled-back-80x24"]) == 0
    drawn = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert {path.name for path in drawn} == {"list-rolled-back-80x24.svg", "detail-rolled-back-80x24.svg"}
    for path in drawn:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
        assert "cart was rolled back (failed checks" in path.read_text()


def test_a_pattern_that_no_picture_has_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["screenshot", str(tmp_path), "--only", "lits-*"]) == 2
    assert "No picture is called lits-*" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["screenshot", str(tmp_path / "file" / "pictures")]) == 2
    assert str(tmp_path / "file" / "pictures") in capsys.readouterr().err
