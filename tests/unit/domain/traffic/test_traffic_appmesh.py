"""App Mesh's records: weighted virtual nodes of both versions, and the hosts that lead to a virtual service."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import appmesh, istio, registry
from canarytui.domain.traffic.provider import Reached
from canarytui.drills.target import find_target

V1, V2 = appmesh.V1BETA1.split, appmesh.V1BETA2.split
assert V1 is not None
assert V2 is not None


def v1beta1(*targets: tuple[object, object]) -> dict[str, Any]:
    """A VirtualService; the second route is A/B testing's, which leads others to the primary."""
    weighted = [{"virtualNodeName": node, "weight": weight} for node, weight in targets]
    others = [{"virtualNodeName": "cart-primary", "weight": 100}]
    routes = [{"http": {"action": {"weightedTargets": each}}} for each in (weighted, others)]
    spec = {"meshName": "global", "routes": routes}
    return {"apiVersion": "appmesh.k8s.aws/v1beta1", "kind": "VirtualService", "spec": spec}


def v1beta2(*targets: tuple[object, object]) -> dict[str, Any]:
    weighted = [{"virtualNodeRef": {"name": node}, "weight": weight} for node, weight in targets]
    spec = {"routes": [{"httpRoute": {"action": {"weightedTargets": weighted}}}]}
    return {"apiVersion": "appmesh.k8s.aws/v1beta2", "kind": "VirtualRouter", "spec": spec}


@pytest.mark.parametrize(
    ("targets", "percent"),
    [
        ((("cart-canary", 20), ("cart-primary", 80)), 20),
        ((("cart-canary", 0), ("cart-primary", 100)), 0),
        ((("cart-canary", 100), ("cart-primary", 0)), 100),
        ((("cart-canary", 1), ("cart-primary", 3)), 25),
        ((("cart-canary", 0), ("cart-primary", 0)), 0),
        ((("cart-primary", 100),), 0),
        ((("other", 100),), None),
        (((None, 100),), None),
        ((), None),
    ],
)
def test_the_canarys_part(targets: tuple[tuple[object, object], ...], percent: int | None) -> None:
    assert V1.canary_percent(v1beta1(*targets), canary()) == percent
    assert V2.canary_percent(v1beta2(*targets), canary()) == percent


@pytest.mark.parametrize("spec", [None, {}, {"routes": 3}, {"routes": [{}]}, {"routes": [{"http": {"action": 7}}]}])
def test_what_cannot_be_read_is_unknown(spec: object) -> None:
    assert V1.canary_percent({"spec": spec}, canary()) is None
    assert V2.canary_percent({"spec": spec}, canary()) is None
    assert V1.shares({"spec": spec}) == ""


def test_who_gets_what_as_a_phrase() -> None:
    halves = (("cart-canary", 20), ("cart-primary", 80))
    for router in (v1beta1(*halves), v1beta2(*halves)):
        assert registry.shares(router) == "cart-primary 80, cart-canary 20"
    assert registry.splits_of(v1beta1()) == (V1,), "it is not Istio's"
    assert registry.splits_of({"kind": "VirtualService", "apiVersion": "networking.istio.io/v1beta1"}) != (V1,)


def test_objects_and_their_names() -> None:
    assert [(each.resource.kind, each.names(canary())) for each in appmesh.V1BETA1.objects] == [
        ("VirtualService", ("cart.shop", "cart-canary.shop")),
        ("VirtualNode", ("cart", "cart-primary", "cart-canary")),
    ]
    assert [(each.resource.kind, each.names(canary())) for each in appmesh.V1BETA2.objects] == [
        ("VirtualRouter", ("cart", "cart-canary")),
        ("VirtualNode", ("cart-primary", "cart-canary")),
        ("VirtualService", ("cart", "cart-canary")),
    ]


def test_kinds_are_told_apart_by_their_group() -> None:
    for resource in (appmesh.VIRTUAL_SERVICES, appmesh.VIRTUAL_SERVICES_V1BETA2, istio.VIRTUAL_SERVICES):
        assert registry.resource_of_kind(resource.kind_names[-1]) is resource
    assert registry.resource_of_kind("VirtualService") is istio.VIRTUAL_SERVICES


def service(name: str, **annotations: str) -> dict[str, Any]:
    noted = {f"gateway.appmesh.k8s.aws/{key}": value for key, value in annotations.items()}
    return {"metadata": {"name": name, "namespace": "shop", "annotations": noted}, "spec": {}}


@pytest.mark.parametrize(("record", "name"), [(appmesh.V1BETA1, "cart.shop"), (appmesh.V1BETA2, "cart")])
def test_a_virtual_service_is_reached_at_the_gateway_and_in_the_mesh(record: Any, name: str) -> None:
    entrance = record.entrances[-1]
    exposed = service(name, domain="a.example,b.example,", expose="true")
    assert entrance.read(exposed, NAMES) == [Reached("a.example"), Reached("b.example"), Reached("cart.shop")]
    assert entrance.read(service(name.replace("cart", "cart-canary")), NAMES) == [], "no user calls the canary's"
    assert entrance.read(service("other.shop"), NAMES) == []
    assert entrance.read({"metadata": 3}, NAMES) == []


def gateway_route(name: str, **match: Any) -> dict[str, Any]:
    target = {"virtualService": {"virtualServiceRef": {"name": name}}}
    return {"httpRoute": {"match": match, "action": {"target": target}}}


def test_a_gateway_route_leads_to_a_virtual_service() -> None:
    [entrance, _] = appmesh.V1BETA2.entrances
    route = gateway_route("cart", hostname={"exact": "a.example"}, prefix="/api/")
    assert entrance.read(route, NAMES) == [Reached("a.example", "/api")]
    assert entrance.read(gateway_route("cart", prefix="/"), NAMES) == [], "no host, no place"
    assert entrance.read(gateway_route("other", hostname={"exact": "a.example"}), NAMES) == []
    assert entrance.read({"httpRoute": None}, NAMES) == []


def test_drills_find_the_hosts() -> None:
    spec = {"targetRef": {"kind": "Deployment", "name": "cart"}, "service": {"port": 80}, "analysis": {}}
    found = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})
    kind = {"apiVersion": "appmesh.k8s.aws/v1beta1", "kind": "VirtualService"}
    target = find_target(found, [{**kind, **service("cart.shop", domain="a.example,")}])
    assert [(place.host, place.source) for place in target.places] == [
        ("a.example", "VirtualService cart.shop"), ("cart.shop", "VirtualService cart.shop"),
    ]  # fmt: skip


def test_both_are_retired_and_come_before_the_primary() -> None:
    for record in (appmesh.V1BETA1, appmesh.V1BETA2):
        assert not record.upstream.alive
        assert record.routed_first
    assert not istio.PROVIDER.routed_first
