"""Services as targets: their copies, what is promoted, and what becomes of them in the end."""

from __future__ import annotations

from typing import Any

import pytest
from rig import DEFAULT, NAMESPACE, STRICT, Rig, canary

from canarytui.engine.decide.tick import ControllerSettings

TARGET = {"apiVersion": "v1", "kind": "Service", "name": "podinfo"}
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
FLUX = "kustomize.toolkit.fluxcd.io/name"


def service(**spec: Any) -> dict[str, Any]:
    port = {"name": "http", "protocol": "TCP", "port": 80, "targetPort": 9898, "nodePort": 30080}
    given = {"type": "NodePort", "clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "selector": {"app": "v1"}}
    annotations = {"corp.io/note": "n", APPLIED: "{}"}
    metadata = {"labels": {"corp.io/team": "a", "other": "b", FLUX: "k"}, "annotations": annotations}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "podinfo", "namespace": NAMESPACE, "generation": 1, **metadata},
        "spec": {**given, "ports": [port], **spec},
    }


def started(settings: ControllerSettings = DEFAULT, **spec: Any) -> Rig:
    rig = Rig(service(), canary(targetRef=TARGET, **spec), settings=settings)
    rig.until("Initialized")
    return rig


def selected(rig: Rig, name: str) -> str:
    return str(rig.get("Service", name)["spec"]["selector"]["app"])


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_target_is_copied_without_what_is_its_own(settings: ControllerSettings) -> None:
    rig = started(settings)
    for name in ("podinfo-primary", "podinfo-canary"):
        copy = rig.get("Service", name)
        assert copy["spec"]["selector"] == {"app": "v1"}
        assert copy["spec"]["type"] == "NodePort"
        assert not {"clusterIP", "clusterIPs"} & copy["spec"].keys()
        assert copy["spec"]["ports"] == [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": 9898}]
        assert copy["metadata"]["annotations"] == {"corp.io/note": "n"}
        assert (FLUX in copy["metadata"]["labels"]) is settings.strict
        assert copy["metadata"]["labels"]["other"] == "b"
        assert copy["metadata"]["ownerReferences"][0]["kind"] == "Canary"
    assert rig.get("Service", "podinfo") == {**service(), "metadata": rig.get("Service", "podinfo")["metadata"]}
    assert [write for write in rig.writes if write.endswith("podinfo")] == ["Create TraefikService podinfo"]
    assert rig.said[-1] == "Initialization done! podinfo.test"
    assert rig.weights() == {"primary": 100}


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_canary_follows_at_once_and_the_primary_when_it_is_promoted(settings: ControllerSettings) -> None:
    rig = started(settings)
    rig.change("Service", "podinfo", {"spec": {"selector": {"app": "v2"}}})
    rig.tick()
    assert rig.said[-1] == "New revision detected! Scaling up podinfo.test"
    assert (selected(rig, "podinfo-canary"), selected(rig, "podinfo-primary")) == ("v2", "v1")
    rig.tick()
    assert rig.weights() == {"primary": 50, "canary": 50}
    assert selected(rig, "podinfo-primary") == "v1"
    rig.until("Succeeded")
    assert selected(rig, "podinfo-primary") == "v2"
    assert rig.weights() == {"primary": 100}
    assert rig.said[-1] == "Promotion completed! Scaling down podinfo.test"


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_bad_revision_never_reaches_the_primary(settings: ControllerSettings) -> None:
    rig = started(settings)
    rig.change("Service", "podinfo", {"spec": {"selector": {"app": "v2"}}})
    rig.until("Progressing")
    rig.tick()
    rig.change("Canary", "podinfo", {"status": {"failedChecks": 3}})
    rig.until("Failed")
    assert selected(rig, "podinfo-primary") == "v1"
    assert rig.weights() == {"primary": 100}


def test_it_is_measured_as_istio_measures() -> None:
    rig = started()
    rig.change("Service", "podinfo", {"spec": {"selector": {"app": "v2"}}})
    rig.until("Promoting")
    assert all("istio_requests_total" in query for query in rig.queries)


def test_promotion_keeps_the_labels_with_a_prefix_and_the_owner() -> None:
    rig = started(ControllerSettings(include_label_prefixes=("corp.io/",)))
    rig.change("Service", "podinfo", {"spec": {"selector": {"app": "v2"}}})
    rig.until("Progressing")
    rig.until("Succeeded")
    metadata = rig.get("Service", "podinfo-primary")["metadata"]
    assert metadata["labels"] == {"corp.io/team": "a"}
    assert metadata["annotations"] == {"corp.io/note": "n"}
    assert metadata["ownerReferences"][0]["name"] == "podinfo"


def test_address_of_the_primary_stays_when_it_is_promoted() -> None:
    rig = started()
    rig.change("Service", "podinfo-primary", {"spec": {"clusterIP": "10.0.0.9", "clusterIPs": ["10.0.0.9"]}})
    rig.change("Service", "podinfo", {"spec": {"selector": {"app": "v2"}}})
    rig.until("Progressing")
    rig.until("Succeeded")
    assert rig.get("Service", "podinfo-primary")["spec"]["clusterIP"] == "10.0.0.9"


def test_strictly_what_others_note_on_the_canarys_service_is_removed() -> None:
    rig = started(STRICT)
    rig.change("Service", "podinfo-canary", {"metadata": {"annotations": {"cloud/neg-status": "{}"}}})
    rig.tick()
    assert "cloud/neg-status" not in rig.get("Service", "podinfo-canary")["metadata"]["annotations"]


def test_what_others_note_on_the_canarys_service_costs_no_writes() -> None:
    rig = started()
    rig.change("Service", "podinfo-canary", {"metadata": {"annotations": {"cloud/neg-status": "{}"}}})
    rig.change("Service", "podinfo-canary", {"spec": {"clusterIP": "10.0.0.8"}})
    writes = len(rig.writes)
    rig.tick(3)
    assert len(rig.writes) == writes
    assert rig.get("Service", "podinfo-canary")["metadata"]["annotations"]["cloud/neg-status"] == "{}"


def test_traffic_distribution_is_the_canarys() -> None:
    rig = started(service={"trafficDistribution": "PreferSameZone"})
    for name in ("podinfo-primary", "podinfo-canary"):
        assert rig.get("Service", name)["spec"]["trafficDistribution"] == "PreferSameZone"


@pytest.mark.parametrize(("settings", "named"), [(STRICT, "podinfo-primary"), (DEFAULT, "podinfo")])
def test_missing_target_is_said(settings: ControllerSettings, named: str) -> None:
    rig = Rig(canary(targetRef=TARGET), settings=settings)
    rig.tick()
    assert rig.said[-1] == f'service {named}.test get query error: services "podinfo" not found'


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_deletion_with_revert_needs_nothing_of_the_target(settings: ControllerSettings) -> None:
    rig = started(settings, revertOnDeletion=True)
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick()
    assert rig.said[-2:] == ["Terminating canary podinfo.test", "Terminated canary podinfo.test"]
    assert not rig.has("Canary", "podinfo")
    assert selected(rig, "podinfo") == "v1"
