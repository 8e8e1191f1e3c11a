"""``canarytui conformance``: a line for each recording, and an exit code that CI can use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canarytui.cli import conformance

RECORDING = Path(__file__).parents[2] / "recordings" / "no-target.jsonl"


def test_a_genuine_recording_is_equal(capsys: pytest.CaptureFixture[str]) -> None:
    assert conformance.run([str(RECORDING)]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("no-target.jsonl: equal (34 ticks")
    assert last == "1 of 1 recordings equal"


def test_a_recording_of_something_else_is_not_and_verbose_says_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.loads(line) for line in RECORDING.read_text().splitlines() if line]
    for line in lines:
        if line.get("kind") == "log":
            line["message"] = "Promotion completed!"
        if line.get("kind") == "status" and line["status"]:
            line["status"]["canaryWeight"] = 7
    forged = tmp_path / "forged.jsonl"
    forged.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert conformance.run([str(forged)]) == 1
    short = capsys.readouterr().out
    assert "0 of 1 recordings equal" in short
    assert conformance.run(["--verbose", str(forged)]) == 1
    long = capsys.readouterr().out
    assert len(long.splitlines()) > len(short.splitlines())
    assert "Promotion completed!" in long
