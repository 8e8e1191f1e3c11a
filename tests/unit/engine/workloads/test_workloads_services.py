"""The Services in front of target and primary: ports, metadata, and one that was there before its canary."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rig import DEFAULT, NAMESPACE, STRICT, Rig, canary, deployment

from canarytui.engine.decide.tick import ControllerSettings

HANDS_OFF = {
    "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
    "helm.toolkit.fluxcd.io/driftDetection": "disabled",
}
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def started(settings: ControllerSettings = DEFAULT, target: dict[str, Any] | None = None, **service: Any) -> Rig:
    rig = Rig(target or deployment(), canary(service=service), settings=settings)
    rig.until("Initialized")
    return rig


def ports(rig: Rig, name: str = "podinfo") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rig.get("Service", name)["spec"]["ports"]
    return found


def existing(**annotations: str) -> dict[str, Any]:
    """A Service of type NodePort that users call already."""
    port = {"name": "web", "protocol": "TCP", "port": 80, "targetPort": 9898, "nodePort": 30080}
    spec = {"type": "NodePort", "selector": {"app": "podinfo"}, "ports": [port], "sessionAffinity": "ClientIP"}
    metadata = {"name": "podinfo", "namespace": NAMESPACE, "labels": {"mine": "1"}, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def test_three_services_select_the_target_and_its_primary() -> None:
    rig = started()
    for name, selected in (("podinfo", "-primary"), ("podinfo-primary", "-primary"), ("podinfo-canary", "")):
        service = rig.get("Service", name)
        assert service["spec"]["type"] == "ClusterIP"
        assert service["spec"]["selector"] == {"app": f"podinfo{selected}"}
        assert service["spec"]["ports"] == [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": 9898}]
        assert service["metadata"]["labels"] == {"app": name}
        assert service["metadata"]["annotations"] == HANDS_OFF
        assert service["metadata"]["ownerReferences"][0]["name"] == "podinfo"


def test_name_of_the_service_is_not_that_of_the_workload() -> None:
    rig = started(name="shop")
    assert [rig.has("Service", name) for name in ("shop", "shop-primary", "shop-canary")] == [True] * 3
    assert not rig.has("Service", "podinfo")
    assert rig.has("Deployment", "podinfo-primary")


@pytest.mark.parametrize(
    ("given", "target"),
    [({}, 9898), ({"targetPort": 0}, 80), ({"targetPort": "http"}, "http"), ({"targetPort": "0"}, 80)],
)
def test_target_port_may_be_a_number_a_name_or_the_port_itself(given: dict[str, Any], target: int | str) -> None:
    assert ports(started(**given))[0]["targetPort"] == target


def test_port_can_be_named_and_typed_and_the_service_told_how_to_spread() -> None:
    rig = started(portName="grpc", appProtocol="kubernetes.io/h2c", trafficDistribution="PreferClose", headless=True)
    for name in ("podinfo", "podinfo-canary", "podinfo-primary"):
        assert ports(rig, name)[0]["name"] == "grpc"
        assert ports(rig, name)[0]["appProtocol"] == "kubernetes.io/h2c"
        spec = rig.get("Service", name)["spec"]
        assert (spec["trafficDistribution"], spec["clusterIP"]) == ("PreferClose", "None")


def containers(*made: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return deployment({"containers": [{"name": name, "image": "podinfo:v1", "ports": each} for name, each in made]})


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_port_discovery_adds_the_other_ports_of_the_containers(settings: ControllerSettings) -> None:
    app = [{"name": "http", "containerPort": 9898}, {"name": "metrics", "containerPort": 9797}, {"containerPort": 9999}]
    target = containers(("podinfod", app), ("istio-proxy", [{"name": "x", "containerPort": 15090}]))
    rig = started(settings, target, portDiscovery=True)
    assert [(port["name"], port["port"], port["targetPort"]) for port in ports(rig, "podinfo-canary")] == [
        ("http", 80, 9898),
        ("metrics", 9797, 9797),
        ("tcp-podinfod-2", 9999, 9999),
    ]
    rig = started(settings, target, portDiscovery=True, targetPort="http")
    assert [port["port"] for port in ports(rig)] == [80, 9797, 9999]


@pytest.mark.parametrize(("settings", "protocols"), [(STRICT, ["TCP", "TCP"]), (DEFAULT, ["TCP", "TCP", "UDP"])])
def test_discovered_ports_keep_their_protocol(settings: ControllerSettings, protocols: list[str]) -> None:
    dns = [{"name": "dns-tcp", "containerPort": 53}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]
    rig = started(settings, containers(("dns", dns)), portDiscovery=True)
    assert [port["protocol"] for port in ports(rig)] == protocols


def test_discovered_port_whose_name_or_number_is_taken_does_not_make_the_service_invalid() -> None:
    sidecar = [{"name": "http", "containerPort": 8080}, {"name": "other", "containerPort": 80}]
    rig = started(target=containers(("app", [{"containerPort": 9898}]), ("cache", sidecar)), portDiscovery=True)
    assert [(port["name"], port["port"]) for port in ports(rig)] == [("http", 80), ("tcp-cache-0", 8080)]


def test_metadata_of_each_service_is_kept_as_asked_for() -> None:
    asked = {
        "apex": {"labels": {"a": "1"}, "annotations": {"aa": "1"}},
        "canary": {"annotations": {"cc": "1"}},
        "primary": {"labels": {"p": "1"}},
        "unmanagedMetadata": {"labels": ["theirs"], "annotations": ["their/note"]},
    }
    rig = started(**asked)
    assert rig.get("Service", "podinfo")["metadata"]["labels"] == {"a": "1", "app": "podinfo"}
    assert rig.get("Service", "podinfo")["metadata"]["annotations"] == {"aa": "1", **HANDS_OFF}
    assert rig.get("Service", "podinfo-canary")["metadata"]["annotations"] == {"cc": "1", **HANDS_OFF}
    assert rig.get("Service", "podinfo-primary")["metadata"]["labels"] == {"p": "1", "app": "podinfo-primary"}
    assert rig.get("TraefikService", "podinfo")["metadata"]["labels"] == {"a": "1", "app": "podinfo"}

    drift = {"labels": {"theirs": "x", "foreign": "x", "a": "2"}, "annotations": {"their/note": "x", "foreign": "x"}}
    rig.change("Service", "podinfo", {"metadata": drift})
    rig.tick()
    assert rig.get("Service", "podinfo")["metadata"]["labels"] == {"a": "1", "app": "podinfo", "theirs": "x"}
    assert rig.get("Service", "podinfo")["metadata"]["annotations"] == {"aa": "1", **HANDS_OFF, "their/note": "x"}


def test_selector_and_ports_are_forced_the_rest_is_not() -> None:
    rig = started()
    rig.change("Service", "podinfo", {"spec": {"selector": {"app": "x"}, "ports": [], "sessionAffinity": "ClientIP"}})
    rig.tick()
    spec = rig.get("Service", "podinfo")["spec"]
    assert (spec["selector"], spec["sessionAffinity"]) == ({"app": "podinfo-primary"}, "ClientIP")
    assert ports(rig)[0]["port"] == 80
    writes = len(rig.writes)
    rig.tick(3)
    assert len(rig.writes) == writes


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_service_that_was_there_before_is_taken_over_as_it_is(settings: ControllerSettings) -> None:
    rig = Rig(deployment(), existing(note="mine"), canary(), settings=settings)
    rig.until("Initialized")
    service = rig.get("Service", "podinfo")
    assert service["spec"]["selector"] == {"app": "podinfo-primary"}
    assert (service["spec"]["type"], service["spec"]["sessionAffinity"]) == ("NodePort", "ClientIP")
    assert ports(rig)[0] == {"name": "http", "protocol": "TCP", "port": 80, "targetPort": 9898, "nodePort": 30080}
    assert service["metadata"]["labels"] == {"mine": "1"}
    assert service["metadata"]["annotations"] == {"note": "mine", **HANDS_OFF}
    assert "ownerReferences" not in service["metadata"]
    rig.change("Service", "podinfo", {"metadata": {"labels": {"more": "1"}}})
    rig.tick()
    assert rig.get("Service", "podinfo")["metadata"]["labels"] == {"mine": "1", "more": "1"}


def test_node_port_goes_with_the_name_of_its_port() -> None:
    live = existing()
    live["spec"]["ports"] = [{"name": "http", "protocol": "TCP", "port": 8080, "targetPort": 1, "nodePort": 30080}]
    rig = Rig(deployment(), live, canary())
    rig.until("Initialized")
    assert (ports(rig)[0]["port"], ports(rig)[0]["nodePort"]) == (80, 30080)


@pytest.mark.parametrize(("settings", "left"), [(STRICT, HANDS_OFF), (DEFAULT, {})])
def test_deletion_with_revert_gives_the_service_back(settings: ControllerSettings, left: dict[str, str]) -> None:
    asked = canary(revertOnDeletion=True)
    rig = Rig(deployment(), existing(), asked, settings=settings)
    rig.until("Initialized")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert rig.get("Service", "podinfo")["spec"]["selector"] == {"app": "podinfo"}
    assert rig.get("Service", "podinfo")["metadata"]["annotations"] == left, "Flux may keep it again"


def test_deletion_with_revert_restores_the_selector_that_was_applied() -> None:
    applied = {"metadata": {"annotations": HANDS_OFF}, "spec": {"selector": {"app": "podinfo", "tier": "web"}}}
    rig = Rig(deployment(), existing(**{APPLIED: json.dumps(applied)}), canary(revertOnDeletion=True))
    rig.until("Initialized")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    service = rig.get("Service", "podinfo")
    assert service["spec"]["selector"] == {"app": "podinfo", "tier": "web"}
    assert HANDS_OFF.keys() <= service["metadata"]["annotations"].keys(), "they were the user's own"


def test_service_of_ours_is_left_to_the_garbage_collector() -> None:
    rig = Rig(deployment(), canary(revertOnDeletion=True))
    rig.until("Initialized")
    rig.cluster_view.delete("Canary", NAMESPACE, "podinfo")
    rig.tick(3)
    assert rig.get("Service", "podinfo")["spec"]["selector"] == {"app": "podinfo-primary"}
