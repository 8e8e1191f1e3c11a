"""What recordings do not say outright and replays need: when ticks began, what was missing, which pods failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rollouts import PROMOTE, STRICT, UPDATE, phases, rollout, weights

from canarytui.engine.decide.tick import Settings
from canarytui.engine.replay.conformance import judge
from canarytui.engine.replay.player import Player
from canarytui.engine.replay.recording import Recording, load
from canarytui.errors import InvalidObject

RECORDINGS = Path(__file__).parents[2] / "recordings"
HPA = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": "promote"}


def written(path: Path, recording: Recording, *facts: dict[str, Any]) -> Recording:
    head = {"scenario": "x", "canary": recording.canary, "actions": recording.actions}
    path.write_text("\n".join(map(json.dumps, [head, *facts])))
    return load(path)


def message(at_s: float, text: str) -> dict[str, Any]:
    return {"t": at_s, "kind": "log", "level": "info", "caller": "controller/events.go", "message": text}


@pytest.mark.parametrize("later_s", [-3.1, 0.7, 5.9])
def test_ticks_are_counted_from_the_first_whenever_that_was(later_s: float, tmp_path: Path) -> None:
    head, *lines = (RECORDINGS / "all-hooks.jsonl").read_text().splitlines()
    facts = [{**fact, "t": fact["t"] + later_s * (fact["t"] > 9)} for fact in map(json.loads, lines)]
    (tmp_path / "all-hooks.jsonl").write_text("\n".join([head, *map(json.dumps, facts)]))
    verdict = judge(tmp_path / "all-hooks.jsonl")
    assert verdict.equal, verdict


def test_slow_action_is_done_in_the_tick_in_which_it_was(tmp_path: Path) -> None:
    actions = [UPDATE, ("Failed", "set-image v3")]
    facts = [
        {"t": 5.8, "kind": "status", "status": {"phase": "Initializing"}},
        message(9.4, "first"),
        {"t": 23.1, "kind": "action", "action": "set-image v2"},
        {"t": 112.0, "kind": "action", "action": "set-image v3"},
        message(149.0, "last"),
    ]
    recording = written(tmp_path / "slow.jsonl", rollout(*actions, ticks=14), *facts)
    recording.metric_answers["success"] = [50, 50, 50, 100]
    found = [
        said.tick
        for said in Player(with_target(recording), STRICT).play().messages
        if said.text == "New revision detected! Scaling up promote.r1"
    ]
    assert found == [2, 11]


def with_target(recording: Recording) -> Recording:
    recording.given[:] = PROMOTE.given
    return recording


def test_pods_that_never_started_do_not_start(tmp_path: Path) -> None:
    text = "canary deployment promote.r1 not ready: waiting for rollout to finish: 0 of 2 (readyThreshold 100%) updated"
    facts = [
        {"t": 5.8, "kind": "status", "status": {"phase": "Initializing"}},
        message(9.4, "first"),
        {"t": 23.1, "kind": "action", "action": "set-image v2"},
        *(message(39.4 + 10 * count, f"{text} replicas are available") for count in range(7)),
    ]
    recording = written(tmp_path / "deadline.jsonl", rollout(ticks=14), *facts)
    assert recording.broken == {"v2"}
    played = Player(with_target(recording), STRICT).play()
    assert phases(played) == ["Initializing", "Initialized", "Progressing", "Failed"]
    assert played.texts.count(f"{text} replicas are available") == 7


def test_what_flagger_missed_is_missing(tmp_path: Path) -> None:
    metrics = [{"name": "latency", "templateRef": {"name": "latency", "namespace": "other"}}]
    recording = rollout(spec={"autoscalerRef": HPA}, analysis={"metrics": metrics}, ticks=4)
    for kind, text in (
        ("HorizontalPodAutoscaler", "HorizontalPodAutoscaler promote.r1 get query error: not found"),
        ("MetricTemplate", "Metric template latency.other error: not found"),
    ):
        facts = [{"t": 5.8, "kind": "status", "status": {"phase": "Initializing"}}, message(9.4, text)]
        player = Player(with_target(written(tmp_path / "x.jsonl", recording, *facts)), STRICT)
        player.play()
        kinds = {key[0] for key in player._world.objects}
        assert kinds >= {"HorizontalPodAutoscaler", "MetricTemplate"} - {kind}
        assert kind not in kinds


@pytest.mark.parametrize("settings", [STRICT, Settings()])
def test_a_failed_revision_is_tried_again_when_its_pods_are_restarted(settings: Settings) -> None:
    canary = rollout(UPDATE, ("Failed", "restart"), metric_answers={"success": [50, 50, 50, 100]})
    assert phases(Player(canary, settings).play())[-1] == "Succeeded"


def test_objects_that_people_change(tmp_path: Path) -> None:
    entries = [{"name": "promote-primary", "weight": 60}, {"name": "promote-canary", "weight": 40}]
    services = [{**entry, "namespace": "r1", "port": 80} for entry in entries]
    edit = f"patch-traefikservice {json.dumps({'spec': {'weighted': {'services': services}}})}"
    played = Player(rollout(UPDATE, ("weight>=20", edit), ticks=7), STRICT).play()
    assert weights(played)[-3:] == [(80, 20), (60, 40), (50, 50)]
    scaled = 'patch-target {"spec":{"replicas":3}}'
    played = Player(rollout(("Initialized", scaled), ticks=4), STRICT).play()
    assert played.objects["Deployment promote"][-1]["replicas"] == 3
    with pytest.raises(InvalidObject, match="patch-moon cannot be replayed"):
        Player(rollout(("Initialized", "patch-moon {}")), STRICT).play()
    primary = Player(rollout(("Initialized", "delete-primary"), ticks=5), STRICT).play()
    assert "promote-primary.r1 not ready" not in " ".join(primary.texts[3:])
