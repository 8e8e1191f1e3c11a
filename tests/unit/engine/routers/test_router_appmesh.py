"""App Mesh's router in both versions: nodes, splits and services, repairs, and what is missing."""

from __future__ import annotations

import pytest
from appmesh_rig import (
    APEX,
    CANARYS,
    MESH,
    MODES,
    RECORD,
    SERVICE,
    SPLIT,
    V1,
    V2,
    VERSIONS,
    both,
    reconciled,
    shares,
    split,
    weighted,
)
from rollouts import DEFAULT, STRICT
from router_rig import RouterRig

from canarytui.domain.traffic import istio
from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.appmesh import AppMeshRouter
from canarytui.engine.routers.services import HANDS_OFF


@VERSIONS
@MODES
def test_everything_is_made_once(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    made = [
        f"Create {each.resource.kind} {name}" for each in RECORD[router].objects for name in each.names(rig.tick.canary)
    ]
    assert sorted(rig.written) == sorted(made)
    assert shares(split(rig, router)) == both(100, 0)
    assert shares(split(rig, router, CANARYS[router])) == both(0, 100)
    rig.do(router.reconcile(rig.tick))
    assert len(rig.written) == len(made), "nothing differs, nothing is written"


@VERSIONS
@MODES
def test_weights_are_set_and_read_back(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    assert router.read_weights(rig.tick) == ALL_TO_PRIMARY
    for weights in (Weights(80, 20), ALL_TO_CANARY, ALL_TO_PRIMARY):
        rig.do(router.set_weights(rig.tick, weights))
        assert shares(split(rig, router)) == both(weights.primary, weights.canary)
        assert router.read_weights(rig.tick) == weights
        before = list(rig.written)
        rig.do(router.set_weights(rig.tick, weights))
        rig.do(router.reconcile(rig.tick))
        assert rig.written == before
    assert shares(split(rig, router, CANARYS[router])) == both(0, 100), "it always leads to the canary"


@VERSIONS
@MODES
def test_a_repair_keeps_the_live_weights(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    rig.do(router.set_weights(rig.tick, Weights(60, 40)))
    rig.change(SPLIT[router], {"spec": {"routes": [{**split(rig, router)["spec"]["routes"][0], "name": "mine"}]}},
               APEX[router])  # fmt: skip
    rig.do(router.reconcile(rig.tick))
    assert split(rig, router)["spec"]["routes"][0]["name"] == "podinfo"
    assert shares(split(rig, router)) == both(60, 40)


@VERSIONS
@MODES
def test_a_weight_set_by_hand_is_read(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    rig.change(SPLIT[router], weighted(router, *both(70, 30)), APEX[router])
    before = list(rig.written)
    rig.do(router.reconcile(rig.tick))
    assert router.read_weights(rig.tick) == Weights(70, 30)
    assert rig.written == before


@VERSIONS
@pytest.mark.parametrize(
    "entries",
    [both(0, 0), [("podinfo-primary", 100)], [("podinfo-primary", 50), ("other", 50)], []],
)
def test_a_split_that_serves_nobody_or_others_is_repaired(
    router: AppMeshRouter, entries: list[tuple[str, int]]
) -> None:
    rig = reconciled(router)
    rig.change(SPLIT[router], weighted(router, *entries), APEX[router])
    rig.do(router.reconcile(rig.tick))
    assert shares(split(rig, router)) == both(100, 0)


@VERSIONS
def test_in_strict_mode_it_is_said_in_flaggers_words(router: AppMeshRouter) -> None:
    rig = reconciled(router, STRICT)
    kind = RECORD[router].split.object.resource.kind if RECORD[router].split else ""
    said = {
        f"{kind} routes {APEX[router]} not found": [("podinfo-primary", 100)],
        f"{kind} {APEX[router]} does not contain routes for podinfo-primary and podinfo-canary": both(0, 0),
    }
    for text, entries in said.items():
        rig.change(SPLIT[router], weighted(router, *entries), APEX[router])
        rig.do(router.reconcile(rig.tick))
        with pytest.raises(EndTick) as error:
            router.read_weights(rig.tick)
        assert str(error.value) == text
    rig.change(SPLIT[router], {"spec": {"routes": []}}, APEX[router])
    for ask in (lambda: router.read_weights(rig.tick), lambda: rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))):
        with pytest.raises(EndTick, match=f"{kind} routes {APEX[router]} not found"):
            ask()


@VERSIONS
@MODES
def test_the_canarys_own_split_is_made_whole_again(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    rig.change(SPLIT[router], {"spec": {"routes": []}}, CANARYS[router])
    rig.do(router.reconcile(rig.tick))
    assert shares(split(rig, router, CANARYS[router])) == both(0, 100)


@VERSIONS
def test_nobody_may_be_left_without_a_node(router: AppMeshRouter) -> None:
    rig = reconciled(router)
    with pytest.raises(EndTick, match=r"RoutingRule podinfo\.test update failed: no valid weights"):
        rig.do(router.set_weights(rig.tick, Weights(0, 0)))
    strict = reconciled(router, STRICT)
    strict.do(router.set_weights(strict.tick, Weights(0, 0)))
    assert shares(split(strict, router)) == both(0, 0)


@VERSIONS
def test_what_is_missing_ends_the_tick(router: AppMeshRouter) -> None:
    rig = RouterRig(MESH)
    split_record = RECORD[router].split
    assert split_record is not None
    resource = split_record.object.resource
    for ask in (lambda: router.read_weights(rig.tick), lambda: rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))):
        with pytest.raises(EndTick) as error:
            ask()
        missing = f'{resource.full_name} "{APEX[router]}" not found'
        assert str(error.value) == f"{resource.kind} {APEX[router]} get query error: {missing}"


@VERSIONS
@MODES
def test_what_is_deleted_is_made_again(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings)
    node = RECORD[router].companions[0].resource.kind_names[-1]
    rig.cluster_view.delete(node, "test", "podinfo-primary")
    rig.cluster_view.delete(SPLIT[router], "test", APEX[router])
    rig.do(router.reconcile(rig.tick))
    assert rig.get(node, "podinfo-primary")["metadata"]["ownerReferences"][0]["kind"] == "Canary"
    assert shares(split(rig, router)) == both(100, 0)


@VERSIONS
@MODES
def test_a_node_changed_by_hand_is_repaired(router: AppMeshRouter, settings: ControllerSettings) -> None:
    rig = reconciled(router, settings, service={"meshName": "global", "apex": {"labels": {"team": "shop"}}})
    node = RECORD[router].companions[0].resource.kind_names[-1]
    before = rig.get(node, "podinfo-canary")
    rig.change(node, {"spec": {"listeners": [], "backends": [{"virtualService": {}}]}}, "podinfo-canary")
    rig.do(router.reconcile(rig.tick))
    after = rig.get(node, "podinfo-canary")
    assert after["spec"] == before["spec"]
    assert after["metadata"]["labels"] == {"team": "shop"}, "no selector label: Flagger makes nodes first"
    assert after["metadata"]["annotations"] == HANDS_OFF


@pytest.mark.parametrize(
    ("router", "settings", "labels"),
    [(V1, DEFAULT, {"mine": "1"}), (V2, DEFAULT, {"mine": "1"}), (V1, STRICT, {}), (V2, STRICT, {"mine": "1"})],
    ids=["v1beta1", "v1beta2", "v1beta1-strict", "v1beta2-strict"],
)
def test_labels_of_others_on_a_node(
    router: AppMeshRouter, settings: ControllerSettings, labels: dict[str, str]
) -> None:
    rig = reconciled(router, settings)
    node = RECORD[router].companions[0].resource.kind_names[-1]
    rig.change(node, {"metadata": {"labels": {"mine": "1"}, "annotations": {"note": "1"}}}, "podinfo-primary")
    rig.do(router.reconcile(rig.tick))
    metadata = rig.get(node, "podinfo-primary")["metadata"]
    assert metadata["labels"] == labels
    assert metadata["annotations"] == {**HANDS_OFF, **({"note": "1"} if labels else {})}


@VERSIONS
@MODES
def test_hosts_are_exposed_at_the_gateway(router: AppMeshRouter, settings: ControllerSettings) -> None:
    service = {"meshName": "global", "hosts": ["a.example", "b.example"], "timeout": "15s", "retries": {"attempts": 3}}
    rig = reconciled(router, settings, service=service)
    prefix = "gateway.appmesh.k8s.aws"
    kind = SPLIT[V1] if router is V1 else SERVICE
    assert rig.get(kind, APEX[router])["metadata"]["annotations"] == {
        f"{prefix}/expose": "true", f"{prefix}/domain": "a.example,b.example,",
        f"{prefix}/timeout": "15s", f"{prefix}/retries": "3",
    }  # fmt: skip
    assert "annotations" not in rig.get(kind, CANARYS[router])["metadata"]


@VERSIONS
def test_istios_virtual_service_is_another_one(router: AppMeshRouter) -> None:
    theirs = {"apiVersion": istio.VIRTUAL_SERVICES.api_version, "kind": "VirtualService",
              "metadata": {"name": "podinfo", "namespace": "test"}, "spec": {"hosts": ["a"]}}  # fmt: skip
    rig = RouterRig(MESH, theirs)
    rig.do(router.reconcile(rig.tick))
    rig.do(router.reconcile(rig.tick))
    assert rig.get("VirtualService")["spec"] == {"hosts": ["a"]}
