"""All records together: names, look-ups, and what every record must say."""

from __future__ import annotations

import re

import pytest
from replacing import replace
from traffic_canary import canary

from canarytui.domain.traffic import gatewayapi, istio, registry, traefik
from canarytui.domain.traffic.provider import TrafficProvider

ALL = registry.providers()
FIELDS = {"NS", "TARGET", "SERVICE", "INGRESS", "ROUTE", "ROUTED", "PODS", "INTERVAL", "PRIMARY_ROUTE"}
FIELDS |= {"W_NS", "W_SERVICE", "W_INGRESS"}


@pytest.mark.parametrize("record", ALL, ids=lambda record: record.name)
def test_every_record_is_whole(record: TrafficProvider) -> None:
    assert registry.named(record.name) is record
    assert re.search(r"\b20[12]\d\b", record.upstream.evidence) or record.name == "kubernetes", "evidence has a date"
    assert record.upstream.evidence.endswith(".")
    for query in (record.queries.success, record.queries.latency):
        assert set(re.findall(r"<([A-Z_]+)>", query)) <= FIELDS
        assert query.count("<INTERVAL>") >= 1
        assert query.count("{") == query.count("}")
        assert record.queries.primary is None or record.queries.primary[0] in query
    assert record.splits or not (record.matches or record.mirrors or record.keeps_sessions)
    for routing in record.objects:
        where = "shop" if routing.resource.namespaced else ""
        assert all(namespace == where and name for namespace, name in routing.places(canary()))


@pytest.mark.parametrize(
    ("name", "found"),
    [("traefik", "traefik"), ("gatewayapi:v1beta1", "gatewayapi:v1beta1"), ("gatewayapi", "gatewayapi:v1"),
     ("appmesh:v1beta2", "appmesh:v1beta2"), ("appmesh:v1beta1", "appmesh"),
     ("contour:service", "contour"), ("knative", "knative"), ("", None),
     ("smi:v1alpha2", "smi:v1alpha2"), ("smi:v1alpha3:istio", "smi:v1alpha3")],
)  # fmt: skip
def test_a_version_is_like_its_family(name: str, found: str | None) -> None:
    record = registry.like(name)
    assert (record.name if record is not None else None) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [("smi:v1alpha1", "smi:v1alpha1"), ("smi:v1alpha1:istio", "smi:v1alpha1"), ("smi:v1alpha3:linkerd", "smi:v1alpha3"),
     ("smi:v1alpha2:", "smi:v1alpha2"), ("smi:v1alpha9", None), ("smi:v1alpha9:istio", None), ("smi", None),
     ("smi:v1alpha1:istio:x", None), ("traefik:istio", None), ("linkerd:istio", None), (":", None)],
)  # fmt: skip
def test_a_mesh_may_follow_the_names_that_allow_it(name: str, found: str | None) -> None:
    record = registry.named(name)
    assert (record.name if record is not None else None) == found
    if record is not None:
        assert registry.routing_objects(name) == record.objects
        assert registry.splits(name)


def test_what_is_not_known_splits_and_has_no_objects() -> None:
    assert registry.splits("traefik")
    assert registry.splits("smi:v1alpha1")
    assert not registry.splits("kubernetes")
    assert registry.routing_objects("none-such") == registry.routing_objects("kubernetes") == ()
    assert [each.resource for each in registry.routing_objects("istio")] == [
        istio.VIRTUAL_SERVICES, istio.DESTINATION_RULES,
    ]  # fmt: skip


def test_a_name_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_BY_NAME", dict(registry._BY_NAME))
    with pytest.raises(ValueError, match="duplicate provider traefik"):
        registry.register(traefik.PROVIDER)
    registry.register(replace(traefik.PROVIDER, name="traefik:next"))
    assert registry.providers()[-1].name == "traefik:next"


def test_kinds_of_routing_objects_are_found_by_every_name() -> None:
    assert registry.resource_of_kind("TraefikService") is traefik.TRAEFIK_SERVICES
    assert registry.resource_of_kind("HTTPRoute.v1beta1") is gatewayapi.HTTP_ROUTES_V1BETA1
    assert registry.resource_of_kind("VirtualService.v1beta1.networking.istio.io") is istio.VIRTUAL_SERVICES
    assert registry.resource_of_kind("Deployment") is None


def test_splits_and_entrances_are_listed_once() -> None:
    resources = registry.split_resources()
    assert len(set(resources)) == len(resources)
    assert {each.kind for each in resources} >= {"TraefikService", "VirtualService", "Ingress", "HTTPRoute"}
    entrances = [resource for entrance in registry.entrances() for resource in entrance.resources]
    assert [each.kind for each in entrances][:6] == [
        "IngressRoute", "IngressRoute", "VirtualService", "Ingress", "HTTPRoute", "HTTPRoute",
    ]  # fmt: skip
    assert len(set(registry.entrances())) == len(registry.entrances())


def test_a_routing_object_is_read_by_its_kind_and_group() -> None:
    router = {"kind": "TraefikService", "spec": {"weighted": {"services": [{"name": "a", "weight": 3}]}}}
    assert registry.shares(router) == "a 3"
    assert registry.shares({**router, "apiVersion": "traefik.containo.us/v1alpha1"}) == "a 3"
    assert registry.shares({**router, "apiVersion": "other.example.com/v1"}) == ""
    assert registry.splits_of({"kind": "DestinationRule"}) == ()


@pytest.mark.parametrize("odd", [{}, [], 7, None], ids=repr)
def test_names_that_are_no_texts_lead_nowhere(odd: object) -> None:
    spec = {
        "rules": [{"http": {"paths": [{"backend": {"service": {"name": odd}}}]}, "backendRefs": [{"name": odd}]}],
        "routes": [{"match": "Host(`a.example`)", "services": [{"name": odd}]}],
        "backends": [{"service": odd}],
        "service": "a.example",
        "hosts": ["a.example"],
        "hostnames": ["a.example"],
    }
    for entrance in registry.entrances():
        assert entrance.read({"spec": spec} if entrance.whole else spec, frozenset({"cart"})) == []
