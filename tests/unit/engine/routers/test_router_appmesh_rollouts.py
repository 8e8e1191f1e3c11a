"""App Mesh along whole rollouts, in both versions."""

from __future__ import annotations

from typing import Any

import pytest
from appmesh_rig import MODES
from rollouts import DEFAULT, UPDATE, iterated, phases, rollout

from canarytui.domain.traffic import appmesh
from canarytui.domain.traffic.appmesh import targets_of
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer


def played(
    record: TrafficProvider, settings: ControllerSettings, *actions: tuple[str, str], **given: Any
) -> ReplayOutcome:
    service = {"port": 80, "targetPort": 9898, "meshName": "global"}
    spec = {"provider": record.name, "service": service, **given.pop("spec", {})}
    analysis = given.pop("analysis", {"stepWeight": 25})
    return RecordingPlayer(rollout(*actions, spec=spec, analysis=analysis, **given), settings).play()


def canary_weights(record: TrafficProvider, outcome: ReplayOutcome) -> list[int]:
    """The canary's weight in each state of the apex' split."""
    what = "VirtualService promote.r1" if record is appmesh.V1BETA1 else "VirtualRouter.appmesh.k8s.aws promote"
    states = [each.get("spec", each) for each in outcome.objects[what]]
    return [int(targets_of(each["routes"][0])[0]["weight"]) for each in states]


RECORDS = pytest.mark.parametrize("record", [appmesh.V1BETA1, appmesh.V1BETA2], ids=lambda record: record.name)


@RECORDS
@MODES
def test_a_bad_canary_is_rolled_back(record: TrafficProvider, settings: ControllerSettings) -> None:
    outcome = played(record, settings, metric_answers={"success": [50]})
    assert phases(outcome)[-1] == "Failed"
    assert canary_weights(record, outcome) == [0, 25, 0]


@RECORDS
@MODES
def test_blue_green_switches_after_its_iterations(record: TrafficProvider, settings: ControllerSettings) -> None:
    outcome = played(record, settings, analysis=iterated(2))
    assert phases(outcome)[-1] == "Succeeded"
    assert canary_weights(record, outcome) == [0, 100, 0]


@RECORDS
def test_mirroring_is_said_not_to_be_supported(record: TrafficProvider) -> None:
    outcome = played(record, DEFAULT, analysis={"stepWeight": 25, "mirror": True})
    assert outcome.texts.count(f"Traffic mirroring is not supported when using the {record.name} provider") == 1
    assert phases(outcome)[-1] == "Succeeded"


@RECORDS
@MODES
def test_a_deletion_leaves_the_objects_to_their_owner(record: TrafficProvider, settings: ControllerSettings) -> None:
    outcome = played(record, settings, UPDATE, ("Succeeded", "delete"), spec={"revertOnDeletion": True})
    assert outcome.texts[-1].startswith("Terminated canary ")
    assert canary_weights(record, outcome)[-1] == 0


@RECORDS
def test_nodes_are_there_before_the_primary(record: TrafficProvider) -> None:
    order: list[str] = []
    player = RecordingPlayer(
        rollout(spec={"provider": record.name, "service": {"port": 80, "meshName": "global"}}), DEFAULT
    )
    note = player._cluster_view._tell
    player._cluster_view._tell = lambda obj: (order.append(f"{obj['kind']} {obj['metadata']['name']}"), note(obj))[1]
    player.play()
    assert order.index("VirtualNode promote-primary") < order.index("Deployment promote-primary")
    assert order.index("Service promote-primary") < order.index("VirtualNode promote-primary")
