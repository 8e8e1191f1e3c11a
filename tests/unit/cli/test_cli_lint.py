"""``canarytui lint``: files, folders and standard input, three outputs, and an exit code that CI can use."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from canarytui.cli import lint
from canarytui.cli.candidates import candidates
from canarytui.cli.main import main

MANIFESTS = Path(__file__).parents[2] / "manifests" / "lint"
NOTE, WARNING, ERROR = "library", "reviews", "payment-api"
"""Published manifests whose worst finding is one of that severity."""


def published(name: str) -> str:
    return str(MANIFESTS / "published" / f"{name}.yaml")


@pytest.mark.parametrize(("name", "fail_on", "code"), [
    (ERROR, None, 1), (WARNING, None, 0), (NOTE, None, 0),
    (WARNING, "warning", 1), (NOTE, "warning", 0), (NOTE, "note", 1), (ERROR, "note", 1), (ERROR, "never", 0),
])  # fmt: skip
def test_the_exit_code_is_that_of_the_severity(
    name: str, fail_on: str | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [] if fail_on is None else ["--fail-on", fail_on]
    assert main(["lint", published(name), *options]) == code
    assert f"{name}.yaml:" in capsys.readouterr().out


def test_a_folder_is_read_whole_so_references_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (MANIFESTS / "healthy" / "traefik.yaml").read_text().split("---\n")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "broken.yaml").write_text("apiVersion: flagger.app/v1beta1\na: [")
    (tmp_path / "notes.txt").write_text("a: [")
    for index, text in enumerate(whole):
        (tmp_path / ("deep/er" if index else "") / f"{index}.yml").write_text(text)
    assert main(["lint", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "3 Flagger objects in 6 files: no findings\n"
    canary, alerts, template = (str(tmp_path / name) for name in ("0.yml", "deep/er/1.yml", "deep/er/2.yml"))
    assert main(["lint", canary, alerts, template, canary]) == 0
    assert capsys.readouterr().out == "3 Flagger objects in 3 files: no findings\n"


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = Path(published(ERROR)).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["lint", "-", "-o", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["rule"], each["file"], each["line"] > 1) for each in findings] == [("webhook-to-chat", "stdin", True)]


def test_sarif_is_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "-o", "sarif", published(WARNING)]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"


def test_the_provider_and_the_rate_may_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--mesh-provider", "linkerd", "--requests-per-second", "0.5"]
    assert main(["lint", published("service-b"), published("backend-a"), *options]) == 1
    out = capsys.readouterr().out
    assert "[retired-provider]" in out
    assert "[step-too-small]" in out


def test_nothing_to_lint_is_said_but_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(tmp_path)]) == 0
    assert capsys.readouterr().err == f"canarytui: No Canary, MetricTemplate or AlertProvider in {tmp_path}\n"


def test_files_that_cannot_be_read_are_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["lint", str(tmp_path / "no\x1b[31mne.yaml")]) == 2
    said = capsys.readouterr().err
    assert "No such file" in said
    assert "\x1b" not in said
    monkeypatch.setattr(lint, "BYTES_MOST", 20)
    assert main(["lint", published(ERROR)]) == 2
    monkeypatch.setattr(lint, "FILES_MOST", 3)
    assert main(["lint", str(MANIFESTS)]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("rate", ["x", "-1", "nan", "inf"])
def test_a_rate_is_a_number(rate: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["lint", "--requests-per-second", rate, "-"])
    assert ended.value.code == 2
    assert "is no rate" in capsys.readouterr().err


def test_it_is_completed() -> None:
    assert candidates(["lin"]) == ["lint"]
    assert candidates(["lint", "-o", ""]) == ["json", "sarif", "text"]
    assert candidates(["lint", "--fail-on", "n"]) == ["never", "note"]
    assert "traefik" in candidates(["lint", "--mesh-provider", ""])
