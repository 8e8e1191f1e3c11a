"""Deployments as targets: what the primary takes over, how many pods there are, and when they are ready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rig import DEFAULT, NAMESPACE, STRICT, Rig, canary, deployment

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.workloads.readiness import deployment_readiness

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WAITING = "waiting for rollout to finish: "


def started(target: dict[str, Any] | None = None, settings: ControllerSettings = DEFAULT, **spec: Any) -> Rig:
    rig = Rig(target or deployment(), canary(**spec), settings=settings)
    rig.until("Initialized")
    return rig


def condition(type_: str, status: str, reason: str, age_s: float = 0) -> dict[str, Any]:
    since = (NOW - timedelta(seconds=age_s)).isoformat()
    return {"type": type_, "status": status, "reason": reason, "lastUpdateTime": since}


def judged(
    *conditions: dict[str, Any], threshold: int = 100, wanted: int = 4, generation: int = 1, **counts: int
) -> tuple[bool, bool, str]:
    """(ready, retriable, text) of a Deployment with 4 replicas, all updated and available unless `counts` say else."""
    all_well = {"replicas": 4, "updatedReplicas": 4, "availableReplicas": 4, "observedGeneration": 1}
    found = deployment_readiness(
        {
            "metadata": {"name": "podinfo", "generation": generation},
            "spec": {"replicas": wanted},
            "status": {**all_well, **counts, "conditions": list(conditions)},
        },
        deadline_s=60,
        threshold=threshold,
        now=NOW,
    )
    return found.ready, found.retriable, found.text


PROGRESSING = condition("Progressing", "True", "ReplicaSetUpdated")
STUCK = condition("Available", "False", "MinimumReplicasUnavailable", age_s=61)
WITHIN = condition("Available", "False", "MinimumReplicasUnavailable", age_s=60)


def test_deployment_is_judged_by_the_first_rule_that_it_breaks() -> None:
    assert judged() == (True, True, "")
    assert judged(generation=2, updatedReplicas=0) == (
        False,
        True,
        WAITING + "observed deployment generation less than desired generation",
    )
    exceeded = condition("Progressing", "False", "ProgressDeadlineExceeded")
    assert judged(exceeded) == (False, False, 'deployment "podinfo" exceeded its progress deadline')
    assert judged(updatedReplicas=3) == (False, True, WAITING + "3 out of 4 new replicas have been updated")
    assert judged(replicas=6) == (False, True, WAITING + "2 old replicas are pending termination")
    assert judged(availableReplicas=3) == (
        False,
        True,
        WAITING + "3 of 4 (readyThreshold 100%) updated replicas are available",
    )


def test_threshold_is_a_share_of_the_updated_pods_rounded_down() -> None:
    assert judged(threshold=50, availableReplicas=2) == (True, True, "")
    assert judged(threshold=70, availableReplicas=1)[2] == (
        WAITING + "1 of 2 (readyThreshold 70%) updated replicas are available"
    )
    hundred = {"wanted": 100, "replicas": 100, "updatedReplicas": 100}
    assert judged(threshold=53, availableReplicas=52, **hundred)[0], "in single precision, as Flagger counts"


@pytest.mark.parametrize("counts", [{"updatedReplicas": 3}, {"replicas": 6}, {"availableReplicas": 3}])
def test_deadline_counts_only_below_the_minimum_availability(counts: dict[str, int]) -> None:
    assert judged(PROGRESSING, STUCK, **counts)[:2] == (False, False)
    assert judged(PROGRESSING, WITHIN, **counts)[:2] == (False, True)
    assert judged(STUCK, **counts)[:2] == (False, True), "without a Progressing condition there is no deadline"
    available = condition("Available", "True", "MinimumReplicasAvailable", age_s=9999)
    assert judged(PROGRESSING, available, **counts)[:2] == (False, True)


def test_no_pods_wanted_and_none_there_is_ready() -> None:
    assert judged(wanted=0, replicas=0, updatedReplicas=0, availableReplicas=0)[0]


def test_primary_is_a_copy_with_labels_of_its_own() -> None:
    target = deployment(
        metadata={
            "labels": {"app": "podinfo", "team": "a", "corp.io/x": "1", "kustomize.toolkit.fluxcd.io/name": "n"},
            "annotations": {"corp.io/owner": "me", "note": "2", "helm.toolkit.fluxcd.io/name": "n"},
        },
        progressDeadlineSeconds=77,
        strategy={"type": "Recreate"},
        paused=False,
    )
    pod = target["spec"]["template"]["metadata"]
    pod["labels"] |= {"app.kubernetes.io/name": "podinfo", "kustomize.toolkit.fluxcd.io/name": "n"}
    pod["annotations"] = {"prometheus.io/scrape": "true", "kustomize.toolkit.fluxcd.io/checksum": "c"}
    target["spec"]["selector"]["matchLabels"]["tier"] = "web"
    rig = started(target, ControllerSettings(include_label_prefixes=("corp.io/",)))
    primary = rig.get("Deployment", "podinfo-primary")
    assert primary["metadata"]["labels"] == {"app": "podinfo-primary", "corp.io/x": "1"}
    assert primary["metadata"]["annotations"] == {"corp.io/owner": "me", "note": "2"}, "all but Flux's, at first"
    assert primary["metadata"]["ownerReferences"] == [
        {
            "apiVersion": "flagger.app/v1beta1",
            "kind": "Canary",
            "name": "podinfo",
            "uid": "uid-canary",
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ]
    spec = primary["spec"]
    assert spec["selector"] == {"matchLabels": {"app": "podinfo-primary"}}
    assert (spec["progressDeadlineSeconds"], spec["strategy"], spec["replicas"]) == (77, {"type": "Recreate"}, 2)
    assert "paused" not in spec
    assert spec["template"]["metadata"]["labels"] == {"app": "podinfo-primary", "app.kubernetes.io/name": "podinfo"}
    annotations = spec["template"]["metadata"]["annotations"]
    assert annotations.pop("flagger-id")
    assert annotations == {"prometheus.io/scrape": "true"}

    rig.change("Deployment", "podinfo", {"metadata": {"labels": {"corp.io/x": "2"}}})
    rig.set_image("v2")
    rig.until("Succeeded")
    primary = rig.get("Deployment", "podinfo-primary")
    assert primary["metadata"]["labels"] == {"app": "podinfo-primary", "corp.io/x": "2"}
    assert primary["metadata"]["annotations"] == {"corp.io/owner": "me"}, "those with the prefix, from then on"


def test_star_copies_all_labels() -> None:
    rig = started(deployment(metadata={"labels": {"team": "a"}}), ControllerSettings(include_label_prefixes=("*",)))
    assert rig.get("Deployment", "podinfo-primary")["metadata"]["labels"] == {"team": "a", "app": "podinfo-primary"}


def test_first_selector_label_that_the_target_uses_tells_pods_apart() -> None:
    target = deployment()
    labels = {"app.kubernetes.io/name": "web", "name": "front"}
    target["spec"]["selector"]["matchLabels"] = labels
    target["spec"]["template"]["metadata"]["labels"] = dict(labels)
    rig = started(target, service={"name": "shop"})
    assert rig.get("Deployment", "podinfo-primary")["spec"]["selector"] == {"matchLabels": {"name": "front-primary"}}
    assert rig.get("Service", "shop")["spec"]["selector"] == {"name": "front-primary"}
    assert rig.get("Service", "shop-canary")["spec"]["selector"] == {"name": "front"}

    rig = started(target, ControllerSettings(selector_labels=("app.kubernetes.io/name",)))
    primary = rig.get("Deployment", "podinfo-primary")
    assert primary["spec"]["selector"] == {"matchLabels": {"app.kubernetes.io/name": "web-primary"}}


def test_every_promotion_restarts_the_primary_once() -> None:
    rig = started()
    ids = [flagger_id(rig)]
    for tag in ("v2", "v3"):
        rig.set_image(tag)
        rig.until("Progressing")
        rig.until("Succeeded")
        ids.append(flagger_id(rig))
    assert len(set(ids)) == 3


def flagger_id(rig: Rig) -> str:
    template = rig.get("Deployment", "podinfo-primary")["spec"]["template"]
    return str(template["metadata"]["annotations"]["flagger-id"])


def test_target_without_replicas_gets_as_many_as_the_primary() -> None:
    rig = started(deployment(replicas=0))
    assert rig.get("Deployment", "podinfo-primary")["spec"]["replicas"] == 1, "at least one"
    rig.change("Deployment", "podinfo-primary", {"spec": {"replicas": 5}})
    rig.set_image("v2")
    rig.until("Progressing")
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 5


def test_size_of_the_target_is_promoted_too() -> None:
    rig = started()
    rig.change("Deployment", "podinfo", {"spec": {"replicas": 7}})
    rig.set_image("v2")
    rig.until("Succeeded")
    assert rig.get("Deployment", "podinfo-primary")["spec"]["replicas"] == 7
    assert rig.get("Deployment", "podinfo")["spec"]["replicas"] == 0


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_target_scaled_to_zero_before_its_promotion_does_not_take_the_primary_down(
    settings: ControllerSettings,
) -> None:
    rig = started(settings=settings, skipAnalysis=True)
    rig.set_image("v2")
    rig.until("Progressing")
    rig.change("Deployment", "podinfo", {"spec": {"replicas": 0}})
    rig.tick(4)
    assert rig.get("Deployment", "podinfo-primary")["spec"]["replicas"] == 2


def test_primary_scaled_by_hand_stays_so_until_the_next_promotion() -> None:
    rig = started()
    rig.change("Deployment", "podinfo-primary", {"spec": {"replicas": 9}})
    rig.tick(3)
    assert rig.get("Deployment", "podinfo-primary")["spec"]["replicas"] == 9
    rig.set_image("v2")
    rig.until("Progressing")
    rig.change("Deployment", "podinfo", {"spec": {"replicas": 3}})
    rig.until("Succeeded")
    assert rig.get("Deployment", "podinfo-primary")["spec"]["replicas"] == 3


def test_primary_scaled_to_zero_takes_no_traffic_back() -> None:
    for settings in (STRICT, DEFAULT):
        rig = started(settings=settings)
        rig.set_image("v2")
        rig.until("Progressing")
        rig.tick()
        assert rig.weights() == {"primary": 50, "canary": 50}
        rig.change("Deployment", "podinfo-primary", {"spec": {"replicas": 0}})
        rig.tick(2)
        text = "podinfo-primary.test not ready: scaled to zero"
        assert (text in rig.said) is (settings is DEFAULT), "for Flagger, no pods at all are ready pods"
        if settings is DEFAULT:
            assert (rig.phase, rig.weights()["canary"]) == ("Progressing", 50)
            rig.change("Deployment", "podinfo-primary", {"spec": {"replicas": 2}})
            rig.until("Succeeded")


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_deleted_primary_is_made_anew(settings: ControllerSettings) -> None:
    rig = started(settings=settings)
    rig.cluster_view.delete("Deployment", NAMESPACE, "podinfo-primary")
    rig.tick()
    assert rig.get("Deployment", "podinfo-primary")["spec"]["replicas"] == 1, "the target has none"


SPREAD = [{"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "web"}}}]
APART = {
    "podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "host", "labelSelector": {"matchLabels": {"app": "podinfo", "tier": "podinfo"}}}
        ],
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {
                "weight": 1,
                "podAffinityTerm": {
                    "topologyKey": "zone",
                    "labelSelector": {
                        "matchExpressions": [{"key": "app", "operator": "In", "values": ["other", "podinfo"]}]
                    },
                },
            }
        ],
    },
    "podAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "host", "labelSelector": {"matchLabels": {"app": "podinfo"}}}
        ]
    },
}


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_pods_of_the_primary_keep_apart_from_each_other(settings: ControllerSettings) -> None:
    rig = started(deployment({"affinity": APART, "topologySpreadConstraints": SPREAD}), settings)
    pod = rig.get("Deployment", "podinfo-primary")["spec"]["template"]["spec"]
    rules = pod["affinity"]["podAntiAffinity"]
    required = rules["requiredDuringSchedulingIgnoredDuringExecution"][0]["labelSelector"]
    assert required["matchLabels"] == {"app": "podinfo-primary", "tier": "podinfo"}
    preferred = rules["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"]["labelSelector"]
    assert preferred["matchExpressions"][0]["values"] == ["other", "podinfo-primary"]
    assert pod["affinity"]["podAffinity"] == APART["podAffinity"]
    assert pod["topologySpreadConstraints"] == SPREAD, "of other pods"


@pytest.mark.parametrize(("settings", "value"), [(STRICT, "web"), (DEFAULT, "web-primary")])
def test_pods_keep_apart_where_the_label_is_not_the_targets_name(settings: ControllerSettings, value: str) -> None:
    target = deployment({"topologySpreadConstraints": SPREAD})
    target["spec"]["selector"]["matchLabels"] = {"app": "web"}
    target["spec"]["template"]["metadata"]["labels"] = {"app": "web"}
    pod = started(target, settings).get("Deployment", "podinfo-primary")["spec"]["template"]["spec"]
    assert pod["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"] == {"app": value}


def test_target_without_a_known_selector_label_is_said() -> None:
    target = deployment()
    target["spec"]["selector"]["matchLabels"] = {"tier": "web"}
    rig = Rig(target, canary())
    rig.tick()
    assert rig.said == [
        "getSelectorLabel failed: deployment podinfo.test spec.selector.matchLabels must contain one of "
        "[app name app.kubernetes.io/name]"
    ]
