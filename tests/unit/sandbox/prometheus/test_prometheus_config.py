"""The Prometheus pod's configuration and command line, for the real binary and for ours."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from canarytui.sandbox.constants import EMBEDDED_ENV
from canarytui.sandbox.prometheus.config import command, render_config
from canarytui.sandbox.prometheus.scrape import read_config


def test_the_configuration_names_the_targets_file_and_the_interval(tmp_path: Path) -> None:
    text = render_config(targets_file=tmp_path / "targets.json", scrape_interval_s=0.5)
    assert yaml.safe_load(text)["global"]["scrape_interval"] == "500ms"
    path = tmp_path / "prometheus.yml"
    path.write_text(text)
    (job,) = read_config(path)
    assert (job.name, job.interval_s, job.files) == ("kubernetes-pods", 0.5, (tmp_path / "targets.json",))


def test_the_installed_program_is_used_unless_ours_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(EMBEDDED_ENV, raising=False)
    arguments = (tmp_path / "c", tmp_path / "d", "127.0.0.1:1")
    real = command(*arguments)
    assert real[0] == str(program)
    assert f"--storage.tsdb.path={tmp_path / 'd'}" in real
    monkeypatch.setenv(EMBEDDED_ENV, "1")
    ours = command(*arguments)
    assert ours[:3] == [sys.executable, "-m", "canarytui.sandbox.prometheus"]
    assert command(*arguments, embedded=False) == real
    assert set(ours[3:]) <= set(real)
