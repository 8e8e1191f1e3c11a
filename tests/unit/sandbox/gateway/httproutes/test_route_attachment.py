"""Which routes a Gateway serves, for which hosts, and the reason when it does not."""

from __future__ import annotations

from typing import Any

import pytest
from dataplane_fakes import gateway_class, gateway_object, http_route

from canarytui.sandbox.gateway.httproutes.attachment import gateway_of, intersection, our_classes, parents

GATE = {"name": "gate", "namespace": "traefik"}
ALL = {"namespaces": {"from": "All"}}


def listener(name: str = "web", **more: Any) -> dict[str, Any]:
    return {"name": name, "port": 80, "protocol": "HTTP", "allowedRoutes": ALL, **more}


def reason(*listeners: dict[str, Any], **spec: Any) -> str:
    gateway = gateway_of(gateway_object(*listeners))
    (parent,) = parents(http_route(**spec), {("traefik", "gate"): gateway})
    assert bool(parent.listeners) == (parent.reason == "Accepted")
    assert parent.message
    return parent.reason


@pytest.mark.parametrize(
    ("wanted", "offered", "common"),
    [
        ("", "", ""), ("a.example", "", "a.example"), ("", "a.example", "a.example"),
        ("A.example", "a.example", "a.example"),
        ("a.example", "*.example", "a.example"), ("a.b.example", "*.example", "a.b.example"),
        ("*.example", "a.example", "a.example"), ("*.b.example", "*.example", "*.b.example"),
        ("example", "*.example", None), ("a.example", "b.example", None), ("aexample", "*.example", None),
    ],
)  # fmt: skip
def test_hostnames_of_route_and_listener_meet(wanted: str, offered: str, common: str | None) -> None:
    assert intersection(wanted, offered) == common


@pytest.mark.parametrize(
    ("listeners", "spec", "why"),
    [
        ([listener()], {}, "Accepted"),
        ([listener(port=8000)], {}, "Accepted"),
        ([listener(hostname="*.example.com")], {}, "Accepted"),
        ([listener(hostname="*.example.org")], {}, "NoMatchingListenerHostname"),
        ([listener(allowedRoutes={"namespaces": {"from": "Same"}})], {}, "NotAllowedByListeners"),
        ([listener(allowedRoutes={})], {}, "NotAllowedByListeners"),
        ([listener(allowedRoutes={**ALL, "kinds": [{"kind": "GRPCRoute"}]})], {}, "NotAllowedByListeners"),
        ([listener(protocol="HTTPS")], {}, "NoMatchingParent"),
        ([listener(port=8443)], {}, "NoMatchingParent"),
        ([listener(allowedRoutes={"namespaces": {"from": "Selector"}})], {}, "NoMatchingParent"),
        ([listener()], {"parentRefs": [{**GATE, "sectionName": "b"}]}, "NoMatchingParent"),
        ([listener()], {"parentRefs": [{**GATE, "port": 8000}]}, "NoMatchingParent"),
        ([listener(), listener("b", hostname="b.example")],
         {"parentRefs": [{**GATE, "sectionName": "b"}]}, "NoMatchingListenerHostname"),
    ],
)  # fmt: skip
def test_a_route_is_accepted_or_told_why_not(listeners: list[dict[str, Any]], spec: dict[str, Any], why: str) -> None:
    assert reason(*listeners, **spec) == why


def test_parents_that_are_not_ours_are_not_spoken_of() -> None:
    others = [
        {"name": "elsewhere", "namespace": "traefik"},
        {"name": "gate"},  # in the route's own namespace
        {"group": "", "kind": "Service", "name": "gate", "namespace": "traefik"},
    ]
    gateway = gateway_of(gateway_object())
    assert parents(http_route(parentRefs=others), {("traefik", "gate"): gateway}) == []
    assert our_classes([gateway_class(controller="example.net/other")]) == []


def test_a_route_is_served_for_the_hosts_of_all_listeners_that_admit_it() -> None:
    gateway = gateway_of(gateway_object(listener(hostname="a.example"), listener("b", hostname="*.b.example")))
    route = http_route(hostnames=["a.example", "x.b.example", "c.example"])
    (parent,) = parents(route, {("traefik", "gate"): gateway})
    assert parent.hostnames == ("a.example", "x.b.example")
    assert [each.name for each in parent.listeners] == ["web", "b"]
