"""The Services in front of target and primary; the whole rollout's view of them is in ../workloads."""

from __future__ import annotations

from typing import Any

from router_rig import NAMESPACE, RouterRig

from canarytui.engine.routers import services


def test_the_tracks_select_canary_and_primary() -> None:
    rig = RouterRig({"service": {"canary": {"labels": {"track": "canary"}}, "primary": {"annotations": {"a": "b"}}}})
    rig.do(services.reconcile_tracks(rig.tick))
    canary, primary = rig.get("Service", "podinfo-canary"), rig.get("Service", "podinfo-primary")
    assert canary["spec"]["selector"] == {"app": "podinfo"}
    assert canary["metadata"]["labels"] == {"track": "canary", "app": "podinfo-canary"}
    assert primary["spec"]["selector"] == {"app": "podinfo-primary"}
    assert primary["metadata"]["annotations"] == {"a": "b", **services.HANDS_OFF}
    assert rig.written == ["Create Service podinfo-canary", "Create Service podinfo-primary"]
    rig.do(services.reconcile_tracks(rig.tick))
    assert len(rig.written) == 2


def test_the_apex_selects_the_primary_and_is_repaired() -> None:
    rig = RouterRig()
    rig.do(services.reconcile_apex(rig.tick))
    assert rig.get("Service")["spec"]["selector"] == {"app": "podinfo-primary"}
    rig.change("Service", {"spec": {"selector": {"app": "podinfo"}}})
    rig.do(services.reconcile_apex(rig.tick))
    assert rig.get("Service")["spec"]["selector"] == {"app": "podinfo-primary"}


def test_the_routing_objects_metadata_is_the_apex_one() -> None:
    apex = {"labels": {"team": "shop"}, "annotations": {"a": "b"}}
    labels, annotations = services.apex_metadata(RouterRig({"service": {"apex": apex}}).tick)
    assert labels == {"team": "shop", "app": "podinfo"}
    assert annotations == {"a": "b", **services.HANDS_OFF}
    assert services.apex_metadata(RouterRig().tick)[0] == {}


def test_an_apex_that_outlives_its_canary_selects_the_target_again() -> None:
    spec = {"type": "ClusterIP", "selector": {"app": "podinfo-primary"}, "ports": [{"port": 80}]}
    annotations = dict(services.HANDS_OFF)
    theirs: dict[str, Any] = {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "podinfo", "namespace": NAMESPACE, "annotations": annotations}, "spec": spec,
    }  # fmt: skip
    rig = RouterRig({}, theirs)
    rig.do(services.release_apex(rig.tick))
    assert rig.get("Service")["spec"]["selector"] == {"app": "podinfo"}
    assert rig.get("Service")["metadata"]["annotations"] == {}


def test_an_apex_of_ours_is_left_to_the_garbage_collector() -> None:
    rig = RouterRig()
    rig.do(services.reconcile_apex(rig.tick))
    rig.do(services.release_apex(rig.tick))
    assert rig.get("Service")["spec"]["selector"] == {"app": "podinfo-primary"}


def test_metadata_is_forced_but_for_what_is_left_to_others() -> None:
    rig = RouterRig({"service": {"unmanagedMetadata": {"annotations": ["theirs"]}}})
    rig.do(services.reconcile_apex(rig.tick))
    rig.change("Service", {"metadata": {"labels": {"stray": "1"}, "annotations": {"theirs": "1", "stray": "1"}}})
    rig.do(services.reconcile_apex(rig.tick))
    assert rig.get("Service")["metadata"]["labels"] == {"app": "podinfo"}
    assert rig.get("Service")["metadata"]["annotations"] == {**services.HANDS_OFF, "theirs": "1"}
