"""hey and curl in front of the real programs: they know the proxy, and never call another shim."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canarytui.sandbox.constants import DESTINATION_HEADER, EMBEDDED_ENV
from canarytui.sandbox.loadtester.shims import write_shims

PROXY = "http://127.0.0.1:9"


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_the_real_programs_are_called_with_the_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, real, shims = tmp_path / "other", tmp_path / "real", tmp_path / "shims"
    for name in ("hey", "curl"):
        program(other, name, "# CANARYTUI_SHIM\nexit 9")
        program(real, name, "printf '%s\\n' \"$@\"")
    monkeypatch.setenv("PATH", os.pathsep.join([str(shims), str(other), str(real), os.environ["PATH"]]))
    monkeypatch.delenv(EMBEDDED_ENV, raising=False)
    write_shims(shims, PROXY)
    write_shims(shims, PROXY)

    def said(*command: str) -> list[str]:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()

    assert said(str(shims / "curl"), "-s", "http://a b/") == [
        "--noproxy", "localhost,127.0.0.1", "--proxy", PROXY, "-s", "http://a b/",
    ]  # fmt: skip
    assert said(str(shims / "hey"), "-n", "1", "http://user@podinfo.test:80/x") == [
        "-x", PROXY, "-H", f"{DESTINATION_HEADER}: podinfo.test:80", "-n", "1", "http://user@podinfo.test:80/x",
    ]  # fmt: skip
    assert sorted(path.name for path in shims.iterdir()) == ["curl", "hey"]


def test_without_the_real_ones_ours_are_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EMBEDDED_ENV, "1")
    write_shims(tmp_path / "shims", PROXY)
    assert (
        f"{sys.executable} -m canarytui.sandbox.loadtester.hey -x {PROXY}" in (tmp_path / "shims" / "hey").read_text()
    )
