"""Where commands of a pod run, and with what environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dataplane_rig import launch_of

from canarytui.sandbox.node.runtimes.commands import CommandPlace


def test_a_container_has_its_own_folder_and_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "x")
    monkeypatch.setenv("TZ", "UTC")
    place, launch = CommandPlace(tmp_path / "pods", tmp_path / "shims"), launch_of()
    folder = place.folder(launch)
    assert folder == tmp_path / "pods" / "uid-1" / "app"
    assert folder.is_dir()
    env = place.environment({"A": "b", "HOME": "/root"}, launch)
    assert env["PATH"].split(os.pathsep)[0] == str(tmp_path / "shims")
    assert (env["A"], env["HOME"], env["PWD"], env["TZ"]) == ("b", str(folder), str(folder), "UTC")
    assert "SECRET_OF_OURS" not in env
