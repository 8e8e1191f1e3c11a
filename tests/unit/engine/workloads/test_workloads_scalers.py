"""Autoscalers of targets: the primary gets a copy, and KEDA's rests while the target does."""

from __future__ import annotations

from typing import Any

import pytest
from rig import DEFAULT, NAMESPACE, STRICT, Rig, canary, deployment

from canarytui.engine.decide.tick import ControllerSettings

PAUSED = "autoscaling.keda.sh/paused-replicas"
QUERY = 'sum(rate(http_requests_total{app="podinfo",service=~"podinfo-canary|podinfo"}[1m]))'


def scaled_object(**spec: Any) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"}
    trigger = {"type": "prometheus", "name": "requests", "metadata": {"query": QUERY, "threshold": "100"}}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "podinfo-so", "namespace": NAMESPACE, "labels": {"team": "a"}},
        "spec": {
            "scaleTargetRef": target,
            "minReplicaCount": 3,
            "maxReplicaCount": 9,
            "triggers": [trigger],
            **spec,
        },
    }


def keda_canary(**reference: Any) -> dict[str, Any]:
    return canary(
        autoscalerRef={"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "podinfo-so", **reference}
    )


def hpa(**spec: Any) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "podinfo", "namespace": NAMESPACE, "labels": {"kustomize.toolkit.fluxcd.io/name": "x"}},
        "spec": {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 4, "metrics": [cpu(99)], **spec},
    }


def cpu(percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def hpa_canary(**reference: Any) -> dict[str, Any]:
    kind = "HorizontalPodAutoscaler"
    return canary(autoscalerRef={"apiVersion": "autoscaling/v2", "kind": kind, "name": "podinfo", **reference})


def paused(rig: Rig) -> str | None:
    annotations: dict[str, str] = rig.get("ScaledObject", "podinfo-so")["metadata"].get("annotations") or {}
    return annotations.get(PAUSED)


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_scaled_object_of_the_target_rests_while_the_target_does(settings: ControllerSettings) -> None:
    rig = Rig(deployment(), scaled_object(), keda_canary(), settings=settings)
    assert paused(rig) is None
    rig.until("Initialized")
    assert paused(rig) == "0"
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 0

    rig.set_image("v2")
    rig.until("Progressing")
    assert paused(rig) is None
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 3, "minReplicaCount"
    rig.until("Finalising")
    assert paused(rig) is None
    rig.until("Succeeded")
    assert paused(rig) == "0"
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 0

    rig.set_image("v3")
    rig.until("Progressing")
    rig.broken = frozenset({"v3"})
    rig.tick()
    rig.change("Canary", "podinfo", {"status": {"failedChecks": 3}})
    rig.until("Failed")
    assert paused(rig) == "0"


def test_scaled_object_rests_after_a_skipped_analysis() -> None:
    rig = Rig(deployment(), scaled_object(), keda_canary(), settings=STRICT)
    rig.until("Initialized")
    rig.change("Canary", "podinfo", {"spec": {"skipAnalysis": True}})
    rig.set_image("v2")
    rig.until("Succeeded")
    assert paused(rig) == "0"


def test_target_is_paused_before_it_is_scaled_down_and_resumed_before_it_is_scaled_up() -> None:
    rig = Rig(deployment(), scaled_object(), keda_canary())
    rig.until("Initialized")
    rig.set_image("v2")
    rig.until("Succeeded")
    touched = [write for write in rig.writes if write in ("Patch ScaledObject podinfo-so", "Patch Deployment podinfo")]
    assert touched == ["Patch ScaledObject podinfo-so", "Patch Deployment podinfo"] * 3


def test_primary_scaled_object_measures_the_primary() -> None:
    advanced = {"horizontalPodAutoscalerConfig": {"name": "podinfo-hpa"}}
    rig = Rig(deployment(), scaled_object(advanced=advanced), keda_canary())
    rig.until("Initialized")
    primary = rig.get("ScaledObject", "podinfo-so-primary")
    assert primary["spec"]["scaleTargetRef"]["name"] == "podinfo-primary"
    assert primary["spec"]["triggers"][0]["metadata"] == {
        "query": 'sum(rate(http_requests_total{app="podinfo-primary",service=~"podinfo-primary|podinfo-primary"}[1m]))',
        "threshold": "100",
    }
    assert primary["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["name"] == "podinfo-hpa-primary"
    assert (primary["spec"]["minReplicaCount"], primary["spec"]["maxReplicaCount"]) == (3, 9)
    assert primary["metadata"]["labels"] == {"team": "a"}
    assert primary["metadata"]["ownerReferences"][0]["kind"] == "Canary"
    assert rig.get("ScaledObject", "podinfo-so")["spec"]["triggers"][0]["metadata"]["query"] == QUERY


def test_primary_queries_and_replicas_can_be_given() -> None:
    other = {"type": "prometheus", "name": "latency", "metadata": {"query": "latency_of_podinfo"}}
    triggers = [*scaled_object()["spec"]["triggers"], other]
    given = {"primaryScalerQueries": {"requests": "up"}, "primaryScalerReplicas": {"minReplicas": 5, "maxReplicas": 20}}
    rig = Rig(deployment(), scaled_object(triggers=triggers), keda_canary(**given))
    rig.until("Initialized")
    spec = rig.get("ScaledObject", "podinfo-so-primary")["spec"]
    assert [trigger["metadata"]["query"] for trigger in spec["triggers"]] == ["up", "latency_of_podinfo"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (5, 20)


def test_new_settings_reach_the_primary_with_the_revision_that_is_promoted() -> None:
    rig = Rig(deployment(), scaled_object(), keda_canary())
    rig.until("Initialized")
    rig.change("ScaledObject", "podinfo-so", {"spec": {"maxReplicaCount": 50}})
    rig.tick(3)
    assert rig.get("ScaledObject", "podinfo-so-primary")["spec"]["maxReplicaCount"] == 9
    rig.set_image("v2")
    rig.until("Finalising")
    assert rig.get("ScaledObject", "podinfo-so-primary")["spec"]["maxReplicaCount"] == 50


@pytest.mark.parametrize(("settings", "pods"), [(STRICT, "0"), (DEFAULT, None)])
def test_primary_scaled_object_that_is_made_anew_does_not_rest(settings: ControllerSettings, pods: str | None) -> None:
    rig = Rig(deployment(), scaled_object(), keda_canary(), settings=settings)
    rig.until("Initialized")
    rig.cluster_view.delete("ScaledObject", NAMESPACE, "podinfo-so-primary")
    rig.tick()
    annotations = rig.get("ScaledObject", "podinfo-so-primary")["metadata"].get("annotations") or {}
    assert annotations.get(PAUSED) == pods


def test_missing_scaled_object_is_said() -> None:
    rig = Rig(deployment(), keda_canary(), settings=STRICT)
    rig.tick(3)
    assert rig.said[-1] == (
        'Keda ScaledObject podinfo-so.test get query error: scaledobjects.keda.sh "podinfo-so" not found'
    )
    assert rig.phase == "Initializing"


def test_deletion_with_revert_lets_the_scaled_object_work_again() -> None:
    asked = keda_canary()
    asked["spec"]["revertOnDeletion"] = True
    rig = Rig(deployment(), scaled_object(), asked)
    rig.until("Initialized")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert not rig.has("Canary", "podinfo")
    assert paused(rig) is None
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 2, "as many as the primary has"


@pytest.mark.parametrize(("settings", "stays"), [(STRICT, True), (DEFAULT, False)])
def test_canary_whose_scaled_object_was_deleted_first_can_be_deleted(settings: ControllerSettings, stays: bool) -> None:
    asked = keda_canary()
    asked["spec"]["revertOnDeletion"] = True
    rig = Rig(deployment(), scaled_object(), asked, settings=settings)
    rig.until("Initialized")
    rig.cluster_view.delete("ScaledObject", NAMESPACE, "podinfo-so")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert rig.has("Canary", "podinfo") is stays
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == (0 if stays else 2)


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_hpa_of_the_primary_follows_at_promotion_only(settings: ControllerSettings) -> None:
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 60}}
    rig = Rig(deployment(), hpa(behavior=behavior), hpa_canary(), settings=settings)
    rig.until("Initialized")
    primary = rig.get("HorizontalPodAutoscaler", "podinfo-primary")
    assert primary["spec"] == {**hpa(behavior=behavior)["spec"], "scaleTargetRef": primary["spec"]["scaleTargetRef"]}
    assert primary["spec"]["scaleTargetRef"]["name"] == "podinfo-primary"
    assert "labels" not in primary["metadata"], "Flux's are not copied"

    rig.change("HorizontalPodAutoscaler", "podinfo", {"spec": {"metrics": [cpu(50)], "behavior": None}})
    rig.tick(2)
    assert rig.get("HorizontalPodAutoscaler", "podinfo-primary")["spec"] == primary["spec"]
    rig.set_image("v2")
    rig.until("Finalising")
    assert rig.get("HorizontalPodAutoscaler", "podinfo-primary")["spec"]["metrics"] == [cpu(50)]
    assert "behavior" not in rig.get("HorizontalPodAutoscaler", "podinfo-primary")["spec"]


def test_primary_scaler_replicas_override_the_hpa() -> None:
    rig = Rig(deployment(), hpa(), hpa_canary(primaryScalerReplicas={"minReplicas": 10}))
    rig.until("Initialized")
    spec = rig.get("HorizontalPodAutoscaler", "podinfo-primary")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (10, 4)


def test_promotion_leaves_the_size_of_an_autoscaled_primary_alone() -> None:
    rig = Rig(deployment(), hpa(), hpa_canary())
    rig.until("Initialized")
    rig.change("Deployment", "podinfo-primary", {"spec": {"replicas": 4}})
    rig.set_image("v2")
    rig.until("Progressing")
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 2, "minReplicas"
    rig.until("Succeeded")
    assert rig.get("Deployment", "podinfo-primary")["spec"]["replicas"] == 4


def test_missing_hpa_is_said() -> None:
    rig = Rig(deployment(), hpa_canary(), settings=STRICT)
    rig.tick(3)
    assert rig.said[-1] == (
        'HorizontalPodAutoscaler podinfo.test get query error: horizontalpodautoscalers.autoscaling "podinfo" not found'
    )
