"""Knative: weights in the target's own traffic list, whole rollouts, repairs, and what deletion leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from knative_service import FIRST, SECOND, entry, knative_service, split_service
from replacing import replace
from rollouts import phases
from router_rig import DEFAULT, STRICT, RouterRig

from canarytui.domain.spec.revision import spec_hash
from canarytui.domain.traffic.knative import PRIMARY_REVISION, primary_revision
from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load
from canarytui.engine.routers.knative import KnativeRouter

SERVICE = "Service.serving.knative.dev"
TARGET = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "podinfo"}
PROMOTION = load(Path(__file__).parents[3] / "recordings" / "providers" / "knative-promotion.jsonl")
ROUTER = KnativeRouter()
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT])


def rig(service: dict[str, Any], settings: ControllerSettings = DEFAULT, **status: Any) -> RouterRig:
    made = RouterRig({"provider": "knative", "targetRef": TARGET}, service, settings=settings)
    made.change("Canary", {"status": status})
    return made


def traffic(found: RouterRig) -> list[dict[str, Any]]:
    return list(found.get(SERVICE)["spec"]["traffic"])


def rollout(*actions: tuple[str, str], analysis: dict[str, Any] | None = None, **given: Any) -> Recording:
    """The recorded one with other actions, answers, or fields of its analysis."""
    canary = merged(PROMOTION.canary, {"spec": given.pop("spec", {})})
    canary = merged(canary, {"spec": {"analysis": analysis or {}}})
    actions = actions or (("Initialized", "set-image v2"),)
    given = {"outcome": ReplayOutcome(), "acted_s": [], "ticks": 30, **given}
    return replace(PROMOTION, canary=canary, actions=list(actions), **given)


def splits(outcome: ReplayOutcome) -> list[tuple[int, int]]:
    """(primary, canary) that the Service asked for."""
    found: list[tuple[int, int]] = []
    for seen in outcome.objects[f"{SERVICE} knative-promotion"]:
        latest, *named = seen["spec"].get("traffic") or [None]
        if latest is not None:
            split = (sum(each["percent"] for each in named), latest["percent"])
            found += [split] if found[-1:] != [split] else []
    return found


@BOTH
def test_a_revision_is_promoted_in_steps(settings: ControllerSettings) -> None:
    played = RecordingPlayer(rollout(), settings).play()
    assert phases(played)[-1] == "Succeeded"
    assert splits(played) == [(100, 0), (80, 20), (60, 40), (40, 60), (100, 0)]
    last = played.objects[f"{SERVICE} knative-promotion"][-1]
    assert last["annotations"] == {PRIMARY_REVISION: "knative-promotion-00002"}


@BOTH
def test_failed_checks_give_the_primarys_revision_everything(settings: ControllerSettings) -> None:
    played = RecordingPlayer(rollout(metric_answers={"success": [100, 50]}), settings).play()
    assert phases(played)[-1] == "Failed"
    assert splits(played)[-1] == (100, 0)
    last = played.objects[f"{SERVICE} knative-promotion"][-1]
    assert last["annotations"] == {PRIMARY_REVISION: "knative-promotion-00001"}, "the new one stays the latest, at 0"


@BOTH
def test_blue_green_moves_everything_after_the_last_iteration(settings: ControllerSettings) -> None:
    analysis = {"stepWeight": None, "maxWeight": None, "iterations": 2}
    played = RecordingPlayer(rollout(analysis=analysis), settings).play()
    assert phases(played)[-1] == "Succeeded"
    assert splits(played) == [(100, 0), (0, 100), (100, 0)]


def test_ab_testing_is_blue_green_unless_strict() -> None:
    analysis = {"stepWeight": None, "maxWeight": None, "iterations": 2, "match": [{"headers": {"x": {"exact": "1"}}}]}
    played = RecordingPlayer(rollout(analysis=analysis), DEFAULT).play()
    assert "A/B testing is not supported when using the knative provider" in played.texts
    assert played.texts.index("Routing all traffic to canary") > played.texts.index(
        "Advance knative-promotion.knative canary iteration 2/2"
    )


@BOTH
def test_mirroring_is_not_to_be_had(settings: ControllerSettings) -> None:
    played = RecordingPlayer(rollout(analysis={"mirror": True}), settings).play()
    if settings.strict:
        assert phases(played)[-1] == "Progressing", "at weight 0 for ever"
        assert splits(played) == [(100, 0)]
    else:
        assert "Traffic mirroring is not supported when using the knative provider" in played.texts
        assert phases(played)[-1] == "Succeeded"


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        (STRICT, [{"latestRevision": True, "percent": 20}, {"revisionName": "knative-promotion-00001", "percent": 80}]),
        (DEFAULT, [{"latestRevision": True, "percent": 100}]),
    ],
)
def test_a_deleted_canary_gives_the_service_back(settings: ControllerSettings, left: list[dict[str, Any]]) -> None:
    actions = (("Initialized", "set-image v2"), ("weight>=20", "delete"))
    played = RecordingPlayer(rollout(*actions, spec={"revertOnDeletion": True}), settings).play()
    assert "Terminated canary knative-promotion.knative" in played.texts
    last = played.objects[f"{SERVICE} knative-promotion"][-1]
    assert last["annotations"] == {}
    assert last["spec"]["traffic"] == left


def test_a_traffic_list_that_somebody_removed_comes_back_and_the_rollout_goes_on() -> None:
    actions = (("Initialized", "set-image v2"), ("weight>=20", 'patch-service {"spec": {"traffic": null}}'))
    played = RecordingPlayer(rollout(*actions), DEFAULT).play()
    assert phases(played)[-1] == "Succeeded"
    seen = [each["spec"].get("traffic") for each in played.objects[f"{SERVICE} knative-promotion"]]
    removed = seen.index(None, 1)
    assert [each["percent"] for each in seen[removed - 1]] == [20, 80]
    assert seen[removed + 1] == [
        {"latestRevision": True, "percent": 0},
        {"revisionName": "knative-promotion-00001", "percent": 100},
    ]


def test_weights_that_somebody_set_are_kept_and_reported() -> None:
    edited = [{"latestRevision": True, "percent": 30}, {"revisionName": "knative-promotion-00001", "percent": 70}]
    patch = json.dumps({"spec": {"traffic": edited}})
    actions = (("Initialized", "set-image v2"), ("weight>=20", f"patch-service {patch}"))
    played = RecordingPlayer(rollout(*actions), DEFAULT).play()
    assert splits(played) == [(100, 0), (80, 20), (70, 30), (50, 50), (30, 70), (100, 0)]
    assert phases(played)[-1] == "Succeeded"


def test_an_annotation_that_somebody_removed_comes_back_with_the_promoted_revision() -> None:
    service = split_service(20, primary="")
    found = rig(service, lastPromotedSpec=spec_hash(FIRST), phase="Progressing")
    found.do(ROUTER.reconcile(found.tick))
    assert primary_revision(found.get(SERVICE)) == FIRST
    assert [each["percent"] for each in traffic(found)] == [20, 80]
    strict = rig(service, STRICT, lastPromotedSpec=spec_hash(FIRST), phase="Progressing")
    strict.do(ROUTER.reconcile(strict.tick))
    assert primary_revision(strict.get(SERVICE)) == SECOND, "Flagger takes the one that is under analysis"


def test_no_other_revision_is_taken_for_the_primary() -> None:
    found = rig(split_service(20, primary=""), lastPromotedSpec=spec_hash("podinfo-00007"), phase="Progressing")
    with pytest.raises(EndTick, match=r"annotate it with flagger\.app/primary-revision=REVISION"):
        found.do(ROUTER.reconcile(found.tick))
    assert found.written == []


def test_a_repair_names_the_primary_again_and_keeps_weights_and_tags() -> None:
    service = split_service(40)
    service["spec"]["traffic"] = [
        {"latestRevision": True, "percent": 40, "tag": "next"},
        {"revisionName": "podinfo-00000", "percent": 60},
        {"revisionName": "podinfo-00000", "tag": "old"},
    ]
    found = rig(service, phase="Progressing")
    found.do(ROUTER.reconcile(found.tick))
    assert traffic(found) == [
        {"tag": "next", "latestRevision": True, "percent": 40},
        {"revisionName": FIRST, "percent": 60},
        {"revisionName": "podinfo-00000", "tag": "old"},
    ]
    found.do(ROUTER.reconcile(found.tick))
    assert found.written == ["Replace Service podinfo"], "once is enough"


def test_while_a_revision_is_promoted_its_predecessor_keeps_its_share() -> None:
    found = rig(split_service(60, primary=SECOND), phase="Promoting")
    found.do(ROUTER.reconcile(found.tick))
    assert found.written == []
    assert ROUTER.read_weights(found.tick) == Weights(40, 60)
    assert ROUTER.read_weights(rig(split_service(60, primary=SECOND), STRICT).tick) == Weights(60, 60), "as Flagger"


@BOTH
def test_weights_are_what_knative_says_it_does(settings: ControllerSettings) -> None:
    service = knative_service(
        SECOND,
        FIRST,
        [{"latestRevision": True, "percent": 60}, {"revisionName": FIRST, "percent": 40}],
        [entry(20, SECOND, latest=True), entry(80, FIRST)],
    )
    assert ROUTER.read_weights(rig(service, settings).tick) == Weights(80, 20)
    service["metadata"]["generation"] = 2  # Knative has not looked at it yet
    assert ROUTER.read_weights(rig(service, settings).tick) == (Weights(80, 20) if settings.strict else Weights(40, 60))


@pytest.mark.parametrize(
    ("service", "text"),
    [
        (split_service(20, primary=""), "service podinfo.test annotation not found"),
        (knative_service(status=[]), "Knative Service podinfo.test traffic spec invalid"),
        (
            knative_service(status=[entry(100, FIRST)]),
            "Knative Service podinfo.test canary revision traffic percent does not exist",
        ),
        (
            knative_service(SECOND, FIRST, status=[entry(100, SECOND, latest=True)]),
            "Knative Service podinfo.test primary revision traffic percent does not exist",
        ),
        (
            knative_service(SECOND, FIRST, status=[{"percent": 100, "revisionName": FIRST}]),
            "Knative Service podinfo.test canary revision traffic percent does not exist",
        ),
    ],
)
def test_what_cannot_be_read_is_said_as_flagger_says_it(service: dict[str, Any], text: str) -> None:
    with pytest.raises(EndTick) as error:
        ROUTER.read_weights(rig(service, STRICT).tick)
    assert str(error.value) == text


def test_a_split_that_serves_nobody_is_refused_unless_strict() -> None:
    found, strict = rig(split_service(20)), rig(split_service(20), STRICT)
    with pytest.raises(EndTick, match="no valid weights"):
        found.do(ROUTER.set_weights(found.tick, Weights(0, 0)))
    strict.do(ROUTER.set_weights(strict.tick, Weights(0, 0)))
    assert [each["percent"] for each in traffic(strict)] == [0, 0]


def test_a_service_that_is_gone_is_given_back_without_a_word() -> None:
    found = rig(split_service(20))
    found.cluster_view.delete(SERVICE, "test", "podinfo")
    found.do(ROUTER.finalise(found.tick))
    with pytest.raises(EndTick, match=r'get query error: services\.serving\.knative\.dev "podinfo" not found'):
        ROUTER.read_weights(found.tick)
