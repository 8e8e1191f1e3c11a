"""Recorded runs of genuine Flagger, played through the engine's core: what it said, did, asked and called is equal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from recorded_rollouts import PLAYED, RECORDINGS, proved

from canarytui.engine.replay.conformance import judge
from canarytui.engine.replay.difference import differences
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import load


@pytest.mark.parametrize("name", PLAYED, ids=str)
def test_engine_does_what_flagger_did(name: Path, record_property: Callable[[str, object], None]) -> None:
    verdict = judge(RECORDINGS / f"{name}.jsonl")
    record_property("recording", str(verdict))  # listed at the end of the run, by tests/conftest.py
    assert verdict.equal, verdict
    assert "messages" in verdict.facts, "an empty recording would prove nothing"
    for provider, what in proved(load(RECORDINGS / f"{name}.jsonl")):
        record_property("traffic provider", (provider, what, "R", str(name)))


def test_a_recording_that_says_otherwise_is_noticed() -> None:
    recording = load(RECORDINGS / "all-hooks.jsonl")
    played, expected = RecordingPlayer(recording).play(), recording.outcome
    expected.messages[5] = expected.messages[5]._replace(tick=expected.messages[5].tick + 1)
    expected.statuses.pop()
    expected.routes.pop()
    expected.hooks[3] = expected.hooks[3]._replace(payload="{}")
    expected.queries.pop(0)
    expected.objects["Deployment all-hooks"].pop()
    expected.severities["Routing all traffic to primary"] = "Warning"
    found = differences(expected, played)
    assert {difference.what.split("[")[0] for difference in found} == {
        "messages",
        "statuses",
        "routes",
        "hooks",
        "queries",
        "Deployment all-hooks",
        "severity of 'Routing all traffic to primary'",
    }
    assert [difference.tick for difference in found] == sorted(difference.tick for difference in found)


def run(*paths: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "canarytui", "conformance", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_command_tells_each_recording_and_the_first_difference(tmp_path: Path) -> None:
    good = (RECORDINGS / "promote.jsonl").read_text()
    (tmp_path / "good.jsonl").write_text(good)
    assert run(tmp_path).returncode == 0
    (tmp_path / "other.jsonl").write_text(good.replace("canary weight 20", "canary weight 21"))
    found = run(tmp_path)
    assert found.returncode == 1
    lines = found.stdout.splitlines()
    assert lines[0].startswith("good.jsonl: equal (11 ticks, 14 messages, ")
    assert (
        "other.jsonl: differs: tick 4, messages[7]: recorded ('info', 'Advance promote.r1 canary weight 21')"
        in lines[1]
    )
    assert lines[2] == "1 of 2 recordings equal"


def test_what_is_no_recording_is_one_sentence(tmp_path: Path) -> None:
    missing = run(tmp_path / "gone.jsonl")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.startswith("canarytui: There is no recording ")
    (tmp_path / "poem.jsonl").write_text("tyger tyger\n")
    poem = run(tmp_path)
    assert poem.returncode == 1
    assert poem.stdout.startswith("poem.jsonl: cannot be played: its line 1 is no JSON: ")
    assert poem.stderr == ""
