"""A target that somebody deletes: what its users get meanwhile, and how its canary can go."""

from __future__ import annotations

from typing import Any

import pytest
from rig import DEFAULT, NAMESPACE, STRICT, Rig, canary, daemonset, deployment

from canarytui.engine.decide.tick import ControllerSettings

MISSING = 'deployment podinfo.test get query error: deployments.apps "podinfo" not found'


def at_half(settings: ControllerSettings, **spec: Any) -> Rig:
    """A rollout of v2 that sends half of the users to the canary."""
    rig = Rig(deployment(), canary(**spec), settings=settings)
    rig.until("Initialized")
    rig.set_image("v2")
    rig.until("Progressing")
    rig.tick()
    assert rig.weights() == {"primary": 50, "canary": 50}
    return rig


def test_users_of_a_deleted_target_get_the_primary() -> None:
    rig = at_half(DEFAULT)
    rig.cluster_view.delete("Deployment", NAMESPACE, "podinfo")
    rig.tick()
    assert rig.said[-2:] == ["Routing all traffic to primary, no pod of podinfo.test is available", MISSING]
    assert (rig.weights(), rig.status["canaryWeight"], rig.phase) == ({"primary": 100}, 0, "Progressing")
    rig.tick(3)
    assert rig.said[-3:] == [MISSING] * 3


def test_strictly_they_get_errors() -> None:
    rig = at_half(STRICT)
    rig.cluster_view.delete("Deployment", NAMESPACE, "podinfo")
    rig.tick(3)
    assert rig.said[-3:] == [MISSING] * 3
    assert rig.weights() == {"primary": 50, "canary": 50}


def test_users_stay_where_they_are_when_the_primary_could_not_serve_them() -> None:
    rig = at_half(DEFAULT)
    rig.cluster_view.delete("Deployment", NAMESPACE, "podinfo")
    rig.change("Deployment", "podinfo-primary", {"spec": {"replicas": 0}})
    rig.cluster_view.let_pods_start(rig.now)
    rig.tick()
    assert rig.weights() == {"primary": 50, "canary": 50}


@pytest.mark.parametrize(
    ("tag", "said"), [("v2", "Advance podinfo.test canary weight 50"), ("v3", "New revision detected!")]
)
def test_target_that_comes_back_is_analysed_from_the_beginning(tag: str, said: str) -> None:
    rig = at_half(DEFAULT)
    rig.cluster_view.delete("Deployment", NAMESPACE, "podinfo")
    rig.tick(2)
    back = deployment()
    back["spec"]["template"]["spec"]["containers"][0]["image"] = f"podinfo:{tag}"
    rig.cluster_view.put(back)
    rig.cluster_view.let_pods_start(rig.now)
    rig.said.clear()
    rig.tick()
    assert rig.said[0].startswith(said)
    rig.until("Succeeded")
    container = rig.get("Deployment", "podinfo-primary")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"podinfo:{tag}"


def test_deleted_daemonset_is_no_other() -> None:
    target = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "podinfo"}
    rig = Rig(daemonset(), canary(targetRef=target))
    rig.until("Initialized")
    rig.set_image("v2", "DaemonSet")
    rig.until("Progressing")
    rig.tick()
    rig.cluster_view.delete("DaemonSet", NAMESPACE, "podinfo")
    rig.tick()
    assert rig.weights() == {"primary": 100}
    assert rig.said[-1] == 'daemonset podinfo.test get query error: daemonsets.apps "podinfo" not found'


@pytest.mark.parametrize(("settings", "stays"), [(STRICT, True), (DEFAULT, False)])
def test_canary_whose_target_was_deleted_first_can_be_deleted(settings: ControllerSettings, stays: bool) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "podinfo", "namespace": NAMESPACE},
        "spec": {"selector": {"app": "podinfo"}, "ports": [{"port": 80}]},
    }
    rig = Rig(deployment(), service, canary(revertOnDeletion=True), settings=settings)
    rig.until("Initialized")
    rig.cluster_view.delete("Deployment", NAMESPACE, "podinfo")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert rig.has("Canary", "podinfo") is stays
    if not stays:
        assert rig.said[-1] == "Terminated canary podinfo.test"
        assert rig.get("Service", "podinfo")["spec"]["selector"] == {"app": "podinfo"}


def test_target_without_a_primary_takes_over_with_its_own_size() -> None:
    rig = Rig(deployment(replicas=4), canary(revertOnDeletion=True))
    rig.until("Initialized")
    rig.cluster_view.delete("Deployment", NAMESPACE, "podinfo-primary")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert not rig.has("Canary", "podinfo")
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 1, "at 0, and nobody knows how many there were"


def test_deletion_in_mid_analysis_gives_the_target_the_primarys_size() -> None:
    rig = at_half(DEFAULT, revertOnDeletion=True)
    rig.change("Deployment", "podinfo-primary", {"spec": {"replicas": 6}})
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert not rig.has("Canary", "podinfo")
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 6
