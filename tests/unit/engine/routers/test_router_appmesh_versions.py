"""App Mesh's router: what only one of its two versions has."""

from __future__ import annotations

import pytest
from appmesh_rig import MODES, SERVICE, SPLIT, V1, V2, reconciled
from rollouts import DEFAULT, STRICT
from router_rig import RouterRig

from canarytui.domain.traffic import appmesh
from canarytui.engine.decide.tick import ControllerSettings, EndTick


def test_v1beta1_needs_a_mesh() -> None:
    rig = RouterRig()
    with pytest.raises(EndTick, match=r"^mesh name cannot be empty$"):
        rig.do(V1.reconcile(rig.tick))
    assert rig.written == []
    rig.do(V2.reconcile(rig.tick))


@MODES
def test_what_app_meshs_controller_fills_in_stays(settings: ControllerSettings) -> None:
    rig = reconciled(V2, settings)
    filled = {"awsName": "podinfo_test", "meshRef": {"name": "global", "uid": "1"}}
    node = appmesh.VIRTUAL_NODES_V1BETA2.kind_names[-1]
    places = [(node, "podinfo-primary"), (SPLIT[V2], "podinfo"), (SERVICE, "podinfo")]
    for kind, name in places:
        rig.change(kind, {"spec": filled}, name)
    before = list(rig.written)
    rig.do(V2.reconcile(rig.tick))
    assert rig.written == before
    rig.change(node, {"spec": {"listeners": []}}, "podinfo-primary")
    rig.change(SPLIT[V2], {"spec": {"listeners": []}}, "podinfo")
    rig.do(V2.reconcile(rig.tick))
    for kind, name in places[:2]:
        spec = rig.get(kind, name)["spec"]
        assert spec["listeners"]
        assert {key: spec[key] for key in filled} == filled


@pytest.mark.parametrize(("settings", "repaired"), [(DEFAULT, True), (STRICT, False)], ids=["default", "strict"])
def test_a_virtual_service_of_v1beta2_is_looked_after_unless_strict(
    settings: ControllerSettings, repaired: bool
) -> None:
    rig = reconciled(V2, settings)
    rig.cluster_view.delete(SERVICE, "test", "podinfo")
    rig.do(V2.reconcile(rig.tick))
    assert (rig.cluster_view.get(SERVICE, "test", "podinfo") is not None) is repaired
    rig.change(SERVICE, {"spec": {"provider": {"virtualRouter": None}}}, "podinfo-canary")
    rig.do(V2.reconcile(rig.tick))
    assert ("virtualRouter" in rig.get(SERVICE, "podinfo-canary")["spec"]["provider"]) is repaired
