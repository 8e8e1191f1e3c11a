"""Skipper's router: the copy of the user's Ingress, its weights and predicates, repairs, deletion, what is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rollouts import UPDATE, iterated, phases, rollout
from router_rig import DEFAULT, STRICT, RouterRig, ingress

from canarytui.domain.traffic.skipper import PREDICATE, WEIGHTS
from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY, Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.routers.services import HANDS_OFF
from canarytui.engine.routers.skipper import SkipperRouter

ROUTER = SkipperRouter()
REFERENCE = {"ingressRef": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}}
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
BOTH = pytest.mark.parametrize("settings", [DEFAULT, STRICT], ids=["default", "strict"])


def reconciled(settings: ControllerSettings = DEFAULT, **annotations: str) -> RouterRig:
    rig = RouterRig(REFERENCE, ingress(**annotations), settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


def annotations(rig: RouterRig) -> dict[str, str]:
    found: dict[str, str] = rig.get("Ingress", "front-canary")["metadata"]["annotations"]
    return found


def services(rig: RouterRig, rule: int = 0) -> list[str]:
    paths = rig.get("Ingress", "front-canary")["spec"]["rules"][rule]["http"]["paths"]
    return [path["backend"]["service"]["name"] for path in paths]


def written(primary: int, canary: int) -> str:
    return f'{{"podinfo-canary":{canary},"podinfo-primary":{primary}}}'


@BOTH
def test_the_copy_leads_to_the_primary_before_the_first_rollout(settings: ControllerSettings) -> None:
    rig = reconciled(settings, **{"zalando.org/skipper-filter": "compress()"})
    assert services(rig) == ["podinfo-primary", "podinfo-canary"]
    assert rig.get("Ingress", "front-canary")["metadata"]["labels"] == {"team": "shop"}
    assert annotations(rig) == {
        "zalando.org/skipper-filter": "compress()", WEIGHTS: written(100, 0), PREDICATE: "Weight(100)",
    }  # fmt: skip
    assert rig.get("Ingress", "front") == {**ingress(**{"zalando.org/skipper-filter": "compress()"}),
                                           "metadata": rig.get("Ingress", "front")["metadata"]}  # fmt: skip
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == ["Create Ingress front-canary"]


@BOTH
def test_weights_while_it_rolls_out_and_after_a_rollback(settings: ControllerSettings) -> None:
    rig = reconciled(settings)
    assert ROUTER.read_weights(rig.tick) == ALL_TO_PRIMARY
    rig.do(ROUTER.set_weights(rig.tick, Weights(80, 20)))
    assert (annotations(rig)[WEIGHTS], annotations(rig)[PREDICATE]) == (written(80, 20), "Weight(100)")
    assert ROUTER.read_weights(rig.tick) == Weights(80, 20)
    rig.do(ROUTER.set_weights(rig.tick, ALL_TO_PRIMARY))
    assert (annotations(rig)[WEIGHTS], annotations(rig)[PREDICATE]) == (written(100, 0), "False()")
    assert ROUTER.read_weights(rig.tick) == ALL_TO_PRIMARY
    before = list(rig.written)
    rig.do(ROUTER.set_weights(rig.tick, ALL_TO_PRIMARY))
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == before, "the route stays off after a rollback"


@BOTH
def test_blue_green_gives_the_canary_everything_at_once(settings: ControllerSettings) -> None:
    rig = reconciled(settings)
    rig.do(ROUTER.set_weights(rig.tick, ALL_TO_CANARY))
    assert (annotations(rig)[WEIGHTS], annotations(rig)[PREDICATE]) == (written(0, 100), "Weight(100)")
    assert ROUTER.read_weights(rig.tick) == ALL_TO_CANARY


@BOTH
def test_the_users_predicates_stay_behind_ours(settings: ControllerSettings) -> None:
    rig = reconciled(settings, **{PREDICATE: 'Method("GET") && False() && QueryParam("v")'})
    assert annotations(rig)[PREDICATE] == 'Weight(100) && Method("GET") && QueryParam("v")'
    rig.do(ROUTER.set_weights(rig.tick, ALL_TO_PRIMARY))
    assert annotations(rig)[PREDICATE] == 'False() && Method("GET") && QueryParam("v")'


@pytest.mark.parametrize(
    ("settings", "kept"),
    [(DEFAULT, 'Weight(100) && Path("/a&&b") && Method("GET")'),
     (STRICT, 'Weight(100) && Path("/a && b") && Method("GET")')],
)  # fmt: skip
def test_a_predicates_text_may_have_the_separator(settings: ControllerSettings, kept: str) -> None:
    rig = reconciled(settings, **{PREDICATE: 'Path("/a&&b")&&Method("GET")'})
    assert annotations(rig)[PREDICATE] == kept


@BOTH
def test_paths_to_others_are_copied_as_they_are_and_the_canarys_come_last(settings: ControllerSettings) -> None:
    source = ingress()
    [path] = source["spec"]["rules"][0]["http"]["paths"]
    other = {**path, "path": "/other", "backend": {"service": {"name": "another", "port": {"number": 80}}}}
    source["spec"]["rules"] = [
        {"host": "a.example", "http": {"paths": [path, other]}},
        {"host": "b.example"},  # Flagger panics here
    ]
    rig = RouterRig(REFERENCE, source, settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    assert services(rig) == ["podinfo-primary", "another", "podinfo-canary"]
    assert rig.get("Ingress", "front-canary")["spec"]["rules"][1] == {"host": "b.example"}


@BOTH
def test_an_ingress_without_annotations_is_no_trouble(settings: ControllerSettings) -> None:
    source = ingress()
    del source["metadata"]["annotations"]
    rig = RouterRig(REFERENCE, source, settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    assert annotations(rig) == {WEIGHTS: written(100, 0), PREDICATE: "Weight(100)"}


@pytest.mark.parametrize(("settings", "copied"), [(DEFAULT, False), (STRICT, True)], ids=["default", "strict"])
def test_marks_of_kubectl_and_flux_are_copied_in_strict_mode_only(settings: ControllerSettings, copied: bool) -> None:
    source = ingress(**{APPLIED: "{}", "kustomize.toolkit.fluxcd.io/prune": "disabled"})
    source["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/name"] = "apps"
    rig = RouterRig(REFERENCE, source, settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    made = rig.get("Ingress", "front-canary")["metadata"]
    assert (APPLIED in made["annotations"]) is copied
    assert ("kustomize.toolkit.fluxcd.io/prune" in made["annotations"]) is copied
    assert ("kustomize.toolkit.fluxcd.io/name" in made["labels"]) is copied


def test_a_repair_keeps_the_live_weights() -> None:
    rig = reconciled(**{"example.com/owner": "edge"})
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    rig.change("Ingress", {"spec": {"rules": []}, "metadata": {"annotations": {"mine": "1"}}}, "front-canary")
    rig.do(ROUTER.reconcile(rig.tick))
    assert services(rig) == ["podinfo-primary", "podinfo-canary"]
    assert annotations(rig) == {
        "example.com/owner": "edge", "mine": "1", WEIGHTS: written(60, 40), PREDICATE: "Weight(100)",
    }  # fmt: skip


def test_in_strict_mode_a_repair_starts_over_from_the_users_ingress() -> None:
    rig = reconciled(STRICT, **{"example.com/owner": "edge"})
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    rig.change("Ingress", {"spec": {"rules": []}, "metadata": {"annotations": {"mine": "1"}}}, "front-canary")
    rig.do(ROUTER.reconcile(rig.tick))
    assert annotations(rig) == {
        "example.com/owner": "edge", WEIGHTS: written(100, 0), PREDICATE: "Weight(100)", **HANDS_OFF,
    }  # fmt: skip


@BOTH
def test_a_change_of_the_users_spec_is_taken_over(settings: ControllerSettings) -> None:
    rig = reconciled(settings)
    rig.change("Ingress", {"spec": {"ingressClassName": "skipper"}}, "front")
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.get("Ingress", "front-canary")["spec"]["ingressClassName"] == "skipper"
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == ["Create Ingress front-canary", "Replace Ingress front-canary"]


BAD = [("", "get backendWeights error: "), ("{", "get backendWeights error: "),
       ('{"podinfo-canary":5}', "could not get weights[primarySvcName]"),
       ('{"podinfo-primary":5}', "could not get weights[canarySvcName]"),
       ('{"podinfo-primary":95,"podinfo-canary":"5"}', "could not get weights[canarySvcName]"),
       ("7", "could not get weights[primarySvcName]")]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BAD)
def test_weights_that_nobody_can_read_are_repaired(text: str, said: str) -> None:
    rig = reconciled()
    rig.change("Ingress", {"metadata": {"annotations": {WEIGHTS: text}}}, "front-canary")
    rig.do(ROUTER.reconcile(rig.tick))
    assert annotations(rig)[WEIGHTS] == written(100, 0)
    strict = reconciled(STRICT)
    strict.change("Ingress", {"metadata": {"annotations": {WEIGHTS: text}}}, "front-canary")
    strict.do(ROUTER.reconcile(strict.tick))
    with pytest.raises(EndTick) as error:
        ROUTER.read_weights(strict.tick)
    assert str(error.value).startswith(f"ingress front-canary.test {said}")


@pytest.mark.parametrize(
    "edited", [None, "False()", "Weight(100) && False()", 'Method("GET")', 'False() && Method("GET")']
)
def test_a_route_that_was_switched_off_by_hand_is_switched_on_again(edited: str | None) -> None:
    rig = reconciled()
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    rig.change("Ingress", {"metadata": {"annotations": {PREDICATE: edited}}}, "front-canary")
    rig.do(ROUTER.reconcile(rig.tick))
    others = ' && Method("GET")' if edited and "Method" in edited else ""
    assert (annotations(rig)[WEIGHTS], annotations(rig)[PREDICATE]) == (written(60, 40), f"Weight(100){others}")


def test_nobody_may_be_left_without_a_backend() -> None:
    rig = reconciled()
    with pytest.raises(EndTick, match=r"RoutingRule podinfo\.test update failed: no valid weights"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    rig.change("Ingress", {"metadata": {"annotations": {WEIGHTS: written(0, 0)}}}, "front-canary")
    rig.do(ROUTER.reconcile(rig.tick))
    assert annotations(rig)[WEIGHTS] == written(100, 0)
    strict = reconciled(STRICT)
    strict.do(ROUTER.set_weights(strict.tick, Weights(0, 0)))
    assert json.loads(annotations(strict)[WEIGHTS]) == {"podinfo-canary": 0, "podinfo-primary": 0}
    assert annotations(strict)[PREDICATE] == "False()"


@BOTH
def test_a_deletion_gives_the_traffic_back_to_the_users_ingress(settings: ControllerSettings) -> None:
    rig = reconciled(settings)
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.written[-1] == "Delete Ingress front-canary"
    assert rig.cluster_view.get("Ingress", "test", "front-canary") is None
    assert rig.cluster_view.get("Ingress", "test", "front") is not None


def test_a_deletion_goes_on_without_the_copy_but_not_in_strict_mode() -> None:
    for spec in (REFERENCE, {}):
        rig = RouterRig(spec, ingress())
        rig.do(ROUTER.finalise(rig.tick))
        assert rig.written == []
    strict = RouterRig(REFERENCE, ingress(), settings=STRICT)
    with pytest.raises(EndTick, match=r"ingress front-canary\.test get query error"):
        strict.do(ROUTER.finalise(strict.tick))


@pytest.mark.parametrize(
    ("spec", "objects", "said"),
    [
        ({}, [], "ingress selector is empty"),
        (REFERENCE, [], 'apexIngress front.test get query error: ingresses.networking.k8s.io "front" not found'),
        ({**REFERENCE, "service": {"name": "other"}}, [ingress()], "backend other not found in ingress front"),
    ],
)
def test_what_is_missing_ends_the_tick(spec: dict[str, Any], objects: list[dict[str, Any]], said: str) -> None:
    rig = RouterRig(spec, *objects)
    with pytest.raises(EndTick) as error:
        rig.do(ROUTER.reconcile(rig.tick))
    assert str(error.value) == said


def test_in_strict_mode_an_ingress_of_others_is_copied_unchanged() -> None:
    rig = RouterRig({**REFERENCE, "service": {"name": "other"}}, ingress(), settings=STRICT)
    rig.do(ROUTER.reconcile(rig.tick))
    assert services(rig) == ["podinfo"]


def test_weights_of_a_copy_that_is_gone() -> None:
    rig = RouterRig(REFERENCE, ingress())
    for ask in (lambda: ROUTER.read_weights(rig.tick), lambda: rig.do(ROUTER.set_weights(rig.tick, ALL_TO_CANARY))):
        with pytest.raises(EndTick) as error:
            ask()
        missing = 'ingresses.networking.k8s.io "front-canary" not found'
        assert str(error.value) == f"ingress front-canary.test get query error: {missing}"


MATCH = [{"headers": {"x-canary": {"exact": "insider"}}}]


def played(settings: ControllerSettings, *actions: tuple[str, str], **given: Any) -> ReplayOutcome:
    spec = {"provider": "skipper", **REFERENCE, **given.pop("spec", {})}
    analysis = given.pop("analysis", {"stepWeight": 25})
    return RecordingPlayer(rollout(*actions, spec=spec, analysis=analysis, **given), settings).play()


def states(outcome: ReplayOutcome) -> list[tuple[int, str]]:
    """The canary's weight and the predicate in each state of the canary Ingress."""
    noted = [each["annotations"] for each in outcome.objects["Ingress front-canary"]]
    return [(json.loads(each[WEIGHTS])["promote-canary"], each[PREDICATE]) for each in noted]


@BOTH
def test_a_bad_canary_is_rolled_back_and_the_route_is_off(settings: ControllerSettings) -> None:
    outcome = played(settings, metric_answers={"success": [50]})
    assert phases(outcome)[-1] == "Failed"
    assert states(outcome) == [(0, "Weight(100)"), (25, "Weight(100)"), (0, "False()")]


@BOTH
def test_blue_green_switches_after_its_iterations(settings: ControllerSettings) -> None:
    outcome = played(settings, analysis=iterated(2))
    assert phases(outcome)[-1] == "Succeeded"
    assert states(outcome) == [(0, "Weight(100)"), (100, "Weight(100)"), (0, "False()")]


def test_a_match_is_blue_green_with_a_warning() -> None:
    outcome = played(DEFAULT, analysis=iterated(2, match=MATCH))
    assert outcome.texts.count("A/B testing is not supported when using the skipper provider") == 1
    assert states(outcome) == [(0, "Weight(100)"), (100, "Weight(100)"), (0, "False()")]
    assert "Routing all traffic to canary" in outcome.texts


def test_mirroring_is_said_not_to_be_supported() -> None:
    outcome = played(DEFAULT, analysis={"stepWeight": 25, "mirror": True})
    assert outcome.texts.count("Traffic mirroring is not supported when using the skipper provider") == 1
    assert phases(outcome)[-1] == "Succeeded"


@BOTH
def test_a_canary_with_revert_on_deletion_goes_with_its_copy(settings: ControllerSettings) -> None:
    recording = rollout(
        UPDATE, ("Succeeded", "delete"), spec={"provider": "skipper", **REFERENCE, "revertOnDeletion": True}
    )
    player = RecordingPlayer(recording, settings)
    assert player.play().texts[-1].startswith("Terminated canary ")
    left = [name for kind, _, name in player._cluster_view.objects if kind == "Ingress"]
    assert left == ["front"]
