"""Kuma's router: the TrafficRoute along whole rollouts, hand edits, deletion, and one name in two namespaces."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from rollouts import UPDATE, iterated, once, phases, rollout
from router_rig import DEFAULT, STRICT, RouterRig

from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.routers.kuma import KumaRouter

ROUTER = KumaRouter()
KIND = "TrafficRoute"
OBJECT = "TrafficRoute.kuma.io promote"
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])
UNREADABLE = "TrafficRoute podinfo does not contain routes for podinfo-primary and podinfo-canary"


def played(
    settings: ControllerSettings, *actions: tuple[str, str], spec: dict[str, Any] | None = None, **given: Any
) -> ReplayOutcome:
    given = {"analysis": {"stepWeight": 25}, **given}
    return RecordingPlayer(rollout(*actions, spec={"provider": "kuma", **(spec or {})}, **given), settings).play()


def splits(outcome: ReplayOutcome) -> list[tuple[int, ...]]:
    """(primary, canary) at each change."""
    found = [each["spec"]["conf"]["split"] for each in outcome.objects[OBJECT]]
    return [tuple(part["weight"] for part in split) for split in found]


def live(rig: RouterRig) -> dict[str, Any]:
    found = rig.cluster_view.get(KIND, "", "podinfo")
    assert found is not None
    return copy.deepcopy(dict(found))


def split(rig: RouterRig) -> list[tuple[str, object]]:
    parts = live(rig)["spec"]["conf"]["split"]
    return [(each["destination"]["kuma.io/service"], each["weight"]) for each in parts]


def change(rig: RouterRig, patch: dict[str, Any]) -> None:
    """Somebody merge-patches the TrafficRoute."""
    rig.cluster_view.patch(fx.Patch(KIND, "", "podinfo", patch))


def edit(rig: RouterRig, *weights: tuple[str, object]) -> None:
    """Somebody writes these parts."""
    parts = [{"weight": weight, "destination": {"kuma.io/service": name}} for name, weight in weights]
    change(rig, {"spec": {"conf": {"split": parts}}})


def reconciled(settings: ControllerSettings = DEFAULT, **spec: Any) -> RouterRig:
    rig = RouterRig(spec, settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


PRIMARY, CANARY = "podinfo-primary_test_svc_80", "podinfo-canary_test_svc_80"


@BOTH
def test_promotion_and_rollback(settings: ControllerSettings) -> None:
    promoted = played(settings)
    assert phases(promoted)[-1] == "Succeeded"
    assert splits(promoted) == [(100, 0), (75, 25), (50, 50), (100, 0)]
    failed = played(settings, metric_answers={"success": [50]})
    assert phases(failed)[-1] == "Failed"
    assert splits(failed) == [(100, 0), (75, 25), (100, 0)]


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        (STRICT, [(100, 0), (75, 25), (100, 0), (75, 25), (50, 50), (100, 0)]),
        (DEFAULT, [(100, 0), (75, 25), (50, 50), (100, 0)]),
    ],
)
def test_a_hand_edit_in_mid_rollout_sets_flagger_back_to_the_start(
    settings: ControllerSettings, steps: list[tuple[int, int]]
) -> None:
    edit = ("weight>=25", 'patch-trafficroute {"metadata": {"labels": {"team": "shop"}}, "spec": {"sources": []}}')
    outcome = played(settings, UPDATE, edit)
    assert phases(outcome)[-1] == "Succeeded"
    assert once(splits(outcome)) == steps
    last = outcome.objects[OBJECT][-1]
    assert last["spec"]["sources"] == [{"match": {"kuma.io/service": "*"}}]
    assert last["labels"] == ({} if settings.strict else {"team": "shop"})


@BOTH
def test_blue_green_moves_all_at_once(settings: ControllerSettings) -> None:
    assert splits(played(settings, analysis=iterated(2))) == [(100, 0), (0, 100), (100, 0)]


def test_ab_and_mirroring_are_not_supported_and_said_so_once() -> None:
    match = iterated(2, match=[{"headers": {"x-canary": {"exact": "insider"}}}])
    outcome = played(DEFAULT, analysis=match)
    assert outcome.texts.count("A/B testing is not supported when using the kuma provider") == 1
    assert "Routing all traffic to canary" in outcome.texts, "blue/green: only after the last iteration"
    outcome = played(DEFAULT, analysis={"stepWeight": 50, "mirror": True})
    assert outcome.texts.count("Traffic mirroring is not supported when using the kuma provider") == 1
    assert splits(outcome) == [(100, 0), (50, 50), (100, 0)]


@pytest.mark.parametrize(("settings", "stays"), [(STRICT, True), (DEFAULT, False)])
def test_a_deleted_canary_takes_its_route_along_which_flagger_leaves(settings: ControllerSettings, stays: bool) -> None:
    player = RecordingPlayer(
        rollout(UPDATE, ("Succeeded", "delete"), spec={"provider": "kuma", "revertOnDeletion": True}), settings
    )
    outcome = player.play()
    assert outcome.texts[-1].startswith("Terminated canary ")
    assert (player._cluster_view.get(KIND, "", "promote") is not None) is stays


def test_only_its_own_route_is_deleted() -> None:
    rig = RouterRig()
    rig.do(ROUTER.finalise(rig.tick))
    rig.do(ROUTER.reconcile(rig.tick))
    theirs = [{"match": {"kuma.io/service": "podinfo_other_svc_80"}}]
    change(rig, {"spec": {"destinations": theirs}})
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.written == [f"Create {KIND} podinfo"]


@BOTH
def test_it_has_no_namespace_and_no_owner_but_a_mesh(settings: ControllerSettings) -> None:
    rig = RouterRig({"service": {"apex": {"labels": {"team": "shop"}}}}, settings=settings)
    rig.change("Canary", {"metadata": {"annotations": {"kuma.io/mesh": "prod"}}})
    rig.do(ROUTER.reconcile(rig.tick))
    made = live(rig)
    assert made["mesh"] == "prod"
    assert made["metadata"].keys().isdisjoint({"namespace", "ownerReferences"})
    assert made["metadata"]["labels"] == {"team": "shop", "app": "podinfo"}
    assert made["spec"]["sources"] == [{"match": {"kuma.io/service": "*"}}]
    assert made["spec"]["destinations"] == [{"match": {"kuma.io/service": "podinfo_test_svc_80"}}]
    assert split(rig) == [(PRIMARY, 100), (CANARY, 0)]
    rig.do(ROUTER.reconcile(rig.tick))
    rig.do(ROUTER.set_weights(rig.tick, Weights(100, 0)))
    assert rig.written == [f"Create {KIND} podinfo"], "what is right is not written again"
    assert live(reconciled(settings))["mesh"] == "default"


def test_a_repair_keeps_live_weights_and_what_others_added() -> None:
    rig = reconciled()
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    balancer = {"roundRobin": {}}
    sources = [{"match": {"kuma.io/service": "web"}}]
    labels = {"team": "shop"}
    change(rig, {"metadata": {"labels": labels}, "spec": {"sources": sources, "conf": {"loadBalancer": balancer}}})
    rig.do(ROUTER.reconcile(rig.tick))
    repaired = live(rig)
    assert repaired["spec"]["sources"] == [{"match": {"kuma.io/service": "*"}}]
    assert repaired["spec"]["conf"]["loadBalancer"] == balancer
    assert repaired["metadata"]["labels"] == labels
    assert split(rig) == [(PRIMARY, 70), (CANARY, 30)]
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    assert live(rig)["spec"]["conf"]["loadBalancer"] == balancer
    rig.change("Canary", {"spec": {"service": {"port": 81}}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(rig) == [("podinfo-primary_test_svc_81", 60), ("podinfo-canary_test_svc_81", 40)]
    assert rig.logged[-1] == "TrafficRoute podinfo updated"


def test_strict_repairs_as_flagger_does_all_to_the_primary_and_nothing_of_others() -> None:
    rig = reconciled(STRICT)
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(rig) == [(PRIMARY, 70), (CANARY, 30)], "as long as nothing else differs"
    change(rig, {"metadata": {"labels": {"team": "shop"}}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(rig) == [(PRIMARY, 100), (CANARY, 0)]
    assert "labels" not in live(rig)["metadata"]
    change(rig, {"spec": {"conf": {"loadBalancer": {"roundRobin": {}}}}})
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    assert live(rig)["spec"]["conf"].keys() == {"split"}, "conf is written whole"


def test_weights_by_hand_are_read_as_shares() -> None:
    for settings, expected in ((STRICT, Weights(1, 99)), (DEFAULT, Weights(25, 75))):
        rig = reconciled(settings)
        edit(rig, (PRIMARY, 1), (CANARY, 3))
        assert ROUTER.read_weights(rig.tick) == expected


@pytest.mark.parametrize("weights", [(0, 0), ("x", None), (-3, 0)])
def test_a_split_that_serves_nobody_is_repaired(weights: tuple[object, object]) -> None:
    rig = reconciled()
    edit(rig, (PRIMARY, weights[0]), (CANARY, weights[1]))
    with pytest.raises(EndTick, match=f"^{UNREADABLE}$"):
        ROUTER.read_weights(rig.tick)
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(rig) == [(PRIMARY, 100), (CANARY, 0)]


def test_strict_writes_what_it_is_told_and_leaves_a_split_that_serves_nobody() -> None:
    rig = reconciled(STRICT)
    rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(rig) == [(PRIMARY, 0), (CANARY, 0)]
    with pytest.raises(EndTick, match=f"^{UNREADABLE}$"):
        ROUTER.read_weights(rig.tick)


def test_what_is_missing_or_would_serve_nobody_ends_the_tick() -> None:
    rig = RouterRig()
    for attempt in (
        lambda: ROUTER.read_weights(rig.tick),
        lambda: rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10))),
    ):
        with pytest.raises(EndTick) as missing:
            attempt()
        assert str(missing.value) == 'TrafficRoute podinfo get query error: trafficroutes.kuma.io "podinfo" not found'
    rig.do(ROUTER.reconcile(rig.tick))
    with pytest.raises(EndTick, match=r"^RoutingRule podinfo\.test update failed: no valid weights$"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))


def test_another_namespaces_route_of_that_name_is_left_alone() -> None:
    theirs = {
        "apiVersion": "kuma.io/v1alpha1",
        "kind": KIND,
        "mesh": "default",
        "metadata": {"name": "podinfo"},
        "spec": {"destinations": [{"match": {"kuma.io/service": "podinfo_other_svc_80"}}]},
    }
    rig = RouterRig({}, theirs)
    for attempt in (
        lambda: rig.do(ROUTER.reconcile(rig.tick)),
        lambda: ROUTER.read_weights(rig.tick),
        lambda: rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10))),
    ):
        with pytest.raises(EndTick, match=r"^TrafficRoute podinfo splits the traffic of podinfo\.other, and a Traffic"):
            attempt()
    assert rig.written == []
    strict = RouterRig({}, theirs, settings=STRICT)
    strict.do(ROUTER.reconcile(strict.tick))
    assert strict.written == [f"Replace {KIND} podinfo"], "Flaggers of two canaries fight over it"


def test_another_mesh_is_said_once_and_nothing_is_moved() -> None:
    rig = reconciled()
    rig.change("Canary", {"metadata": {"annotations": {"kuma.io/mesh": "prod"}}})
    said = [each.message for each in ROUTER.reconcile(rig.tick) if isinstance(each, fx.Say)]
    assert said == [
        "TrafficRoute podinfo is in mesh default, but the annotation kuma.io/mesh of canary podinfo.test says prod: "
        "delete the TrafficRoute, and it is made again"
    ]
    assert live(rig)["mesh"] == "default"
