"""Files that a person names and that are no regular ones: every command says so at once, and none hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canarytui.cli.report_files import write_text
from canarytui.drills.guards import Limits, read_limits
from canarytui.errors import ConfigError

RUN = [sys.executable, "-m", "canarytui"]
KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: none
clusters: [{name: none, cluster: {server: "http://127.0.0.1:9"}}]
users: [{name: none, user: {}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".config" / "canarytui" / "drills").mkdir(parents=True)
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    return tmp_path


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    env = {**plain, "HOME": str(home), "KUBECONFIG": str(home / "kubeconfig")}
    return subprocess.run([*RUN, *arguments], env=env, capture_output=True, text=True, timeout=60, check=False)


CONFIG, LIMITS, DRILL, NAMED = (
    ".config/canarytui/config.yaml",
    ".config/canarytui/drill-limits.yaml",
    ".config/canarytui/drills/own.yaml",
    "named.yaml",
)


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        (CONFIG, []),
        (CONFIG, ["events"]),
        (DRILL, ["drill", "list"]),
        (DRILL, ["drill", "show", "own"]),
        (NAMED, ["drill", "show", "./named.yaml"]),
        (NAMED, ["drill", "run", "named.yaml"]),
        (NAMED, ["conformance", "named.yaml"]),
        (NAMED, ["sandbox", "up", "--kubeconfig", "named.yaml"]),
        (NAMED, ["sandbox", "up", "--data-dir", "named.yaml"]),
    ],
)
def test_fifo_is_refused_in_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, place: str, arguments: list[str]
) -> None:
    monkeypatch.chdir(home)
    os.mkfifo(home / place)
    ended = run(home, *arguments)
    said = [line for line in ended.stderr.splitlines() if line]
    assert ended.returncode not in (0, -9), ended
    assert len(said) == 1, ended.stderr
    assert Path(place).name in said[0]
    assert "FIFO" in said[0] or "not a folder" in said[0]


@pytest.mark.parametrize("name", ["objects.sqlite", "credentials.json"])
def test_data_folder_with_a_fifo_in_it(home: Path, name: str) -> None:
    (home / "data").mkdir()
    os.mkfifo(home / "data" / name)
    ended = run(home, "sandbox", "up", "--data-dir", str(home / "data"))
    assert ended.returncode == 2
    assert name in ended.stderr
    assert "it is not a regular file but a FIFO" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("option", ["--report", "--junit"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fifo", "it is not a regular file but a FIFO"),
        ("folder", "it is not a regular file but a folder"),
        ("none/report", "No such file"),
        ("file/x", "Not a dir"),
    ],
)
def test_report_that_cannot_be_written_is_refused_before_anything_is_done(
    home: Path, option: str, name: str, said: str
) -> None:
    os.mkfifo(home / "fifo")
    (home / "folder").mkdir()
    (home / "file").touch()
    ended = run(home, "drill", "run", "no-such-day.yaml", option, str(home / name))
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"canarytui: {home / name} cannot be written ({said}")
    assert len(ended.stderr.splitlines()) == 1


def test_report_is_written_whole_or_not_at_all(home: Path) -> None:
    write_text(home / "report.md", "old")
    (home / "report.md").chmod(0o640)
    write_text(home / "report.md", "new")
    assert (home / "report.md").read_text() == "new"
    assert (home / "report.md").stat().st_mode & 0o777 == 0o640
    os.mkfifo(home / "fifo")
    with pytest.raises(ConfigError, match="it is not a regular file but a FIFO"):
        write_text(home / "fifo", "text")


def test_limits_that_are_a_fifo_are_refused_and_none_are_the_defaults(home: Path) -> None:
    assert read_limits(home / LIMITS) == Limits()
    os.mkfifo(home / LIMITS)
    with pytest.raises(ConfigError, match="it is not a regular file but a FIFO"):
        read_limits(home / LIMITS)
