"""Recorded runs of genuine Flagger, played through the engine's core: what it said, did, asked and called is equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.engine.replay.difference import differences
from canarytui.engine.replay.player import Player
from canarytui.engine.replay.recording import load

RECORDINGS = Path(__file__).parents[2] / "recordings"
PLAYED = sorted(path.stem for path in RECORDINGS.glob("*.jsonl"))


@pytest.mark.parametrize("name", PLAYED)
def test_engine_does_what_flagger_did(name: str) -> None:
    recording = load(RECORDINGS / f"{name}.jsonl")
    assert recording.outcome.messages, "an empty recording would prove nothing"
    assert differences(recording.outcome, Player(recording).play()) == []


def test_a_recording_that_says_otherwise_is_noticed() -> None:
    recording = load(RECORDINGS / "all-hooks.jsonl")
    played, expected = Player(recording).play(), recording.outcome
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
