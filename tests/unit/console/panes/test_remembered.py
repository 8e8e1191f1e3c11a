"""The layout that was chosen last."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.console.panes.remembered import remember, remembered_preset
from canarytui.console.panes.screen_layout import LayoutPreset


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "canarytui"


def test_it_is_kept_for_the_next_start(state: Path) -> None:
    assert remembered_preset() is LayoutPreset.SPLIT
    remember(LayoutPreset.DETAIL)
    assert remembered_preset() is LayoutPreset.DETAIL
    assert (state / "layout.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"preset": 3}', b'{"preset": "odd"}', b"\xff" * 9000])
def test_a_damaged_file_counts_for_nothing(state: Path, content: bytes) -> None:
    state.mkdir()
    (state / "layout.json").write_bytes(content)
    assert remembered_preset() is LayoutPreset.SPLIT


def test_a_disk_that_refuses_costs_only_that(state: Path) -> None:
    state.parent.joinpath("canarytui").write_text("a file where the folder should be")
    remember(LayoutPreset.WALL)
    assert remembered_preset() is LayoutPreset.SPLIT
