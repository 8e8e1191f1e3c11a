"""How rollouts end that recordings do not show: pods that never start, promotions that fail, deletion, retries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from replacing import replace

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load

PROMOTE = load(Path(__file__).parents[2] / "recordings" / "promote.jsonl")
UPDATE = ("Initialized", "set-image v2")
STRICT = ControllerSettings(strict=True)
DEFAULT = ControllerSettings()


def scenario(*actions: tuple[str, str], ticks: int = 30, spec: dict[str, Any] | None = None, **given: Any) -> Recording:
    canary = merged(PROMOTE.canary, {"spec": spec or {}})
    return replace(PROMOTE, canary=canary, actions=list(actions), ticks=ticks, **given)


def phases(outcome: ReplayOutcome) -> list[str]:
    found: list[str] = []
    for status in outcome.statuses:
        if not found or found[-1] != status[0]:
            found.append(status[0])
    return found


def primary_images(outcome: ReplayOutcome) -> list[str]:
    return [str(spec["image"]).rpartition(":")[2] for spec in outcome.objects["Deployment promote-primary"]]


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_canary_that_never_starts_is_rolled_back_at_the_deadline(settings: ControllerSettings) -> None:
    played = RecordingPlayer(scenario(UPDATE), settings, broken={"v2"}).play()
    assert phases(played) == ["Initializing", "Initialized", "Progressing", "Failed"]
    waits = [said for said in played.messages if said.text.startswith("canary deployment promote.r1 not ready")]
    assert {said.text for said in waits} == {
        "canary deployment promote.r1 not ready: waiting for rollout to finish: 0 of 2 (readyThreshold 100%) "
        "updated replicas are available"
    }
    began = next(said.tick for said in played.messages if said.text.startswith("New revision detected!"))
    assert waits[-1].tick - began == 7, "progressDeadlineSeconds 60, a tick each 10 s, and strictly past it"
    assert played.texts[-1] == "Canary failed! Scaling down promote.r1"
    assert not any("threshold reached" in text for text in played.texts)
    assert played.routes == [(("promote-primary", 100),)]
    assert played.objects["Deployment promote"][-1]["replicas"] == 0
    assert primary_images(played) == ["v1"]


@pytest.mark.parametrize(("settings", "weight"), [(STRICT, None), (DEFAULT, 0)])
def test_primary_that_cannot_start_leaves_everything_on_the_canary(
    settings: ControllerSettings, weight: int | None
) -> None:
    class PrimaryBreaks(RecordingPlayer):
        """v2 starts as a canary; from the promotion on nothing new starts."""

        def _tick(self, *args: Any) -> None:
            super()._tick(*args)
            if self._outcome.statuses[-1][0] == "Promoting":
                self._broken = frozenset({"promote-primary:v2"})
            if self._outcome.statuses[-1][0] == "Failed":
                self._broken = frozenset()

    recording = scenario(UPDATE, spec={"progressDeadlineSeconds": 15})
    played = PrimaryBreaks(recording, settings).play()
    assert "Copying promote.r1 template spec to promote-primary.r1" in played.texts
    assert phases(played)[-1] == "Failed"
    assert played.statuses[-1][1] == 100, "canaryWeight"
    assert played.routes[-1] == (("promote-primary", weight), ("promote-canary", 100))
    assert played.objects["Deployment promote"][-1]["replicas"] == 2, "it serves everything"
    why = played.texts[-2]
    assert why.startswith("promote-primary.r1 not ready: waiting for rollout to finish: 0 of 2")
    assert played.texts[-1] == f"Promotion of promote.r1 failed, primary not ready: {why}"


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_failed_revision_can_be_tried_again_after_going_back(settings: ControllerSettings) -> None:
    actions = [UPDATE, ("Failed", "set-image v1"), ("+25", "set-image v2")]
    played = RecordingPlayer(scenario(*actions, metric_answers={"success": [50, 50, 50, 100]}), settings).play()
    begun = [text for text in played.texts if text == "New revision detected! Scaling up promote.r1"]
    assert len(begun) == 2, "going back is no new revision; trying the failed one again is"
    assert phases(played)[-4:] == ["Progressing", "Promoting", "Finalising", "Succeeded"]
    assert primary_images(played) == ["v1", "v2"]


def test_only_strictly_is_a_failed_canary_written_at_every_tick() -> None:
    class Counting(RecordingPlayer):
        writes = 0

        def _note(self, obj: Any) -> None:
            super()._note(obj)
            if obj["kind"] == "Canary" and (obj["status"] or {}).get("phase") == "Failed":
                self.writes += 1

    given: dict[str, Any] = {"metric_answers": {"success": [50]}}
    strict, default = (Counting(scenario(UPDATE, **given), settings) for settings in (STRICT, DEFAULT))
    strict.play()
    default.play()
    assert default.writes == 1
    assert strict.writes > 10


def test_deletion_with_revert_hands_over_to_the_target() -> None:
    recording = scenario(("Initialized", "delete"), spec={"revertOnDeletion": True})
    played = RecordingPlayer(recording, DEFAULT).play()
    assert played.texts[-3:] == [
        "Terminating canary promote.r1",
        "canary deployment promote.r1 not ready: waiting for rollout to finish: "
        "observed deployment generation less than desired generation",
        "Terminated canary promote.r1",
    ]
    assert played.severities["Terminating canary promote.r1"] == "Normal"
    assert phases(played) == ["Initializing", "Initialized", "Terminating"]
    assert played.objects["Deployment promote"][-1]["replicas"] == 2


def test_deletion_with_revert_waits_for_a_target_that_does_not_start() -> None:
    actions = [("Initialized", "set-image v2"), ("Initialized", "delete")]
    recording = scenario(*actions, ticks=8, spec={"revertOnDeletion": True})
    played = RecordingPlayer(recording, DEFAULT, broken={"v2"}).play()
    assert played.texts.count("Terminating canary promote.r1") == 1
    assert "Terminated canary promote.r1" not in played.texts
    assert played.texts[-1].startswith("canary deployment promote.r1 not ready: ")


def test_taking_revert_on_deletion_back_lets_the_canary_go_at_once() -> None:
    actions = [("Initialized", 'patch {"spec": {"revertOnDeletion": false}}'), ("+15", "delete")]
    recording = scenario(*actions, spec={"revertOnDeletion": True})
    played = RecordingPlayer(recording, DEFAULT).play()
    assert not any(text.startswith("Termina") for text in played.texts)
    assert phases(played) == ["Initializing", "Initialized"]
