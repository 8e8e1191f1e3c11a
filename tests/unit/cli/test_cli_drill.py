"""``canarytui drill``: what answers without a cluster, and what is refused before one is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from canarytui.cli import drill
from canarytui.cli.main import main
from canarytui.errors import ConfigError, UsageError


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def test_the_drills_are_listed_with_what_they_provoke(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "list"]) == 0
    titles, *rows = capsys.readouterr().out.splitlines()
    assert titles.split() == ["NAME", "PROVOKES", "RATE", "WORKERS", "FOR", "TITLE"]
    assert any(row.startswith("errors-500") and "HTTP 500" in row for row in rows)


def test_a_drill_of_ones_own_that_is_wrong_is_named_and_fails_the_command(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_home / "canarytui" / "drills"
    folder.mkdir(parents=True)
    (folder / "odd.yaml").write_text("name: odd\n")
    assert main(["drill", "list"]) == 1
    heard = capsys.readouterr()
    assert "odd.yaml" in heard.err
    assert "errors-500" in heard.out


def test_a_drill_is_shown_as_yaml_to_copy_with_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "show", "errors-500"]) == 0
    text = capsys.readouterr().out
    content, _, command = text.rpartition("\n# ")
    assert yaml.safe_load(content)["streams"][0]["path"] == "/status/500"
    assert "hey -z 1.8s -c 5" in command


def test_nothing_is_sent_without_a_question_or_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["drill", "start", "cart", "--fault", "errors-500"]) == 2
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize("setting", ["code", "code=", "code=-1", "code=5x", "code=1234567", "code=٣"])
def test_a_parameter_is_a_small_number(setting: str) -> None:
    with pytest.raises(UsageError, match="--set"):
        drill.chosen("status", [setting])


def test_a_parameter_changes_the_drill() -> None:
    assert "503" in drill.chosen("status", []).phrase()
    assert "418" in drill.chosen("status", ["status=418"]).phrase()
    with pytest.raises((ConfigError, UsageError), match="nosuch"):
        drill.chosen("nosuch", [])
