"""Recorded runs of genuine Flagger, played through the engine's core: the same words, statuses and weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.engine.replay.player import Player, differences
from canarytui.engine.replay.recording import load

RECORDINGS = Path(__file__).parents[2] / "recordings"
PLAYED = (
    "all-hooks", "config-change", "delete-plain", "fail-then-fix", "force-failed-checks", "gate-promotion",
    "gate-rollout", "hpa", "max100", "new-revision-mid", "no-metrics", "no-target", "novalues", "post-hook",
    "pre-fail", "pre-fail-once", "prom-error", "promote", "rollback-hook", "rollback-success", "skip-analysis",
    "step-weights", "suspend-resume", "svc-meta", "template",
)  # fmt: skip


@pytest.mark.parametrize("name", PLAYED)
def test_engine_does_what_flagger_did(name: str) -> None:
    recording = load(RECORDINGS / f"{name}.jsonl")
    assert recording.outcome.messages, "an empty recording would prove nothing"
    assert differences(recording.outcome, Player(recording).play()) == []


def test_a_recording_that_says_otherwise_is_noticed() -> None:
    recording = load(RECORDINGS / "promote.jsonl")
    played = Player(recording).play()
    recording.outcome.messages.pop(5)
    recording.outcome.routes.pop()
    found = differences(recording.outcome, played)
    assert [difference.split("[")[0] for difference in found] == ["messages", "routes"]
