"""Statuses as a Gateway API controller writes them."""

from __future__ import annotations

from typing import Any

from dataplane_fakes import gateway_class, gateway_object, http_route, to_backends

from canarytui.sandbox.gateway.configuration import ObjectStatus
from canarytui.sandbox.gateway.httproutes.provider import build
from canarytui.sandbox.gateway.httproutes.statuses import applied

THEN, NOW = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
ALL = {"namespaces": {"from": "All"}}


def statuses(*objects: dict[str, Any]) -> dict[str, ObjectStatus]:
    kinds = ("GatewayClass", "Gateway", "HTTPRoute")
    by_kind = [[each for each in objects if each["kind"] == kind] for kind in kinds]
    return {each.kind: each for each in build(*by_kind, lambda *_: ["127.0.0.1:1"]).statuses}


def test_class_gateway_and_route_are_accepted_for_their_generation() -> None:
    route = http_route(to_backends(("primary", 1)), generation=7)
    found = statuses(gateway_class(), gateway_object(), route)
    for kind, wanted in (("GatewayClass", {"Accepted"}), ("Gateway", {"Accepted", "Programmed"})):
        conditions = found[kind].parts["conditions"]
        assert {each["type"] for each in conditions if each["status"] == "True"} == wanted
        assert {each["observedGeneration"] for each in conditions} == {1}
    (listener,) = found["Gateway"].parts["listeners"]
    assert (listener["name"], listener["attachedRoutes"]) == ("web", 1)
    assert listener["supportedKinds"] == [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}]
    (parent,) = found["HTTPRoute"].parts["parents"]
    assert parent["parentRef"] == {"name": "gate", "namespace": "traefik"}
    assert parent["controllerName"] == "traefik.io/gateway-controller"
    assert [(each["type"], each["status"], each["observedGeneration"]) for each in parent["conditions"]] == [
        ("Accepted", "True", 7),
        ("ResolvedRefs", "True", 7),
    ]


def test_a_listener_that_is_not_served_says_why() -> None:
    good = {"name": "web", "port": 80, "protocol": "HTTP", "allowedRoutes": ALL}
    bad = {"name": "tls", "port": 443, "protocol": "HTTPS", "allowedRoutes": {**ALL, "kinds": [{"kind": "TCPRoute"}]}}
    some = statuses(gateway_class(), gateway_object(good, bad), http_route(to_backends()))["Gateway"].parts
    none = statuses(gateway_class(), gateway_object(bad))["Gateway"].parts
    assert [(each["status"], each["reason"]) for each in some["conditions"]] == [
        ("True", "ListenersNotValid"),
        ("True", "Programmed"),
    ]
    assert [(each["status"], each["reason"]) for each in none["conditions"]] == [
        ("False", "ListenersNotValid"),
        ("False", "Invalid"),
    ]
    assert none["addresses"] == []
    _, tls = some["listeners"]
    assert (tls["attachedRoutes"], tls["supportedKinds"]) == (0, [])
    assert {each["type"]: each["reason"] for each in tls["conditions"]} == {
        "Accepted": "UnsupportedProtocol",
        "Programmed": "UnsupportedProtocol",
        "ResolvedRefs": "InvalidRouteKinds",
    }


def test_a_condition_keeps_its_time_until_it_changes_and_other_controllers_keep_their_parents() -> None:
    status = statuses(gateway_class(), gateway_object(), http_route(to_backends(("primary", 1))))["HTTPRoute"]
    other = {"parentRef": {"name": "mesh"}, "controllerName": "example.net/other", "conditions": []}
    first = applied(status, {"parents": [other]}, THEN)
    assert first["parents"][0] == other
    assert {each["lastTransitionTime"] for each in first["parents"][1]["conditions"]} == {THEN}
    assert applied(status, first, NOW) == first
    first["parents"][1]["conditions"][0]["status"] = "False"
    changed = applied(status, first, NOW)["parents"][1]["conditions"]
    assert [each["lastTransitionTime"] for each in changed] == [NOW, THEN]


def test_a_gateway_s_listeners_keep_their_times_too() -> None:
    status = statuses(gateway_class(), gateway_object())["Gateway"]
    first = applied(status, {}, THEN)
    assert applied(status, first, NOW) == first


def test_what_a_route_no_longer_refers_to_is_taken_out() -> None:
    attached = statuses(gateway_class(), gateway_object(), http_route(to_backends()))["HTTPRoute"]
    gone = statuses(gateway_class(), gateway_object(), http_route(to_backends(), parentRefs=[]))["HTTPRoute"]
    assert applied(gone, applied(attached, {}, THEN), NOW) == {"parents": []}
