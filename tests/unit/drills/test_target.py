"""Hosts, gateway and load tester from the canary's own objects; what is not its own is not offered."""

from __future__ import annotations

from typing import Any

import pytest
from drilled import ROUTE, canary_object, situation

from canarytui.domain.spec.canary import Canary
from canarytui.drills.target import TargetAddress, find_target


def test_the_seeds_target() -> None:
    target = find_target(situation().canary, [ROUTE])
    assert target.hosts == ("app.example.com",)
    assert target.place() == TargetAddress("app.example.com", source="IngressRoute podinfo")
    assert (target.gateway, target.tester_url) == ("traefik.traefik", "http://flagger-loadtester.test/")
    assert target.place("other.example.com") is None


@pytest.mark.parametrize(
    ("route", "place"),
    [
        ({"kind": "IngressRoute", "spec": {"tls": {}, "routes": [
            {"match": "Host(`a.example`) && PathPrefix(`/api/`)", "services": [{"name": "podinfo"}]}]}},
         ("a.example", "/api", True)),
        ({"kind": "VirtualService", "spec": {"hosts": ["a.example"], "http": [
            {"route": [{"destination": {"host": "podinfo-canary.test.svc"}}]}]}}, ("a.example", "", False)),
        ({"kind": "Ingress", "spec": {"tls": [{"hosts": ["a.example"]}], "rules": [{"host": "a.example", "http": {
            "paths": [{"path": "/", "backend": {"service": {"name": "podinfo"}}}]}}]}}, ("a.example", "", True)),
        ({"kind": "HTTPRoute", "spec": {"hostnames": ["a.example"], "rules": [
            {"backendRefs": [{"name": "podinfo-primary"}]}]}}, ("a.example", "", False)),
    ],
)  # fmt: skip
def test_routes_of_all_kinds(route: dict[str, Any], place: tuple[str, str, bool]) -> None:
    found = find_target(situation().canary, [route]).places[0]
    assert (found.host, found.prefix, found.tls) == place


@pytest.mark.parametrize(
    "spec",
    [
        {"routes": [{"match": "Host(`a.example`)", "services": [{"name": "other"}]}]},
        {"routes": [{"match": "Host(`a.example;id`)", "services": [{"name": "podinfo"}]}]},
        {"routes": [{"match": "HostRegexp(`.*`)", "services": [{"name": "podinfo"}]}]},
        {"routes": [{"match": "Host(`a.example`) && PathPrefix(`/$(id)`)", "services": [{"name": "podinfo"}]}]},
        {"routes": "none"},
        {"routes": [None, {"services": {}}, {"match": 7, "services": [{"name": "podinfo"}]}]},
        None,
    ],
)
def test_what_does_not_lead_here_is_no_place(spec: object) -> None:
    route = {"kind": "IngressRoute", "spec": spec}
    assert "a.example" not in find_target(situation().canary, [route]).hosts


def test_a_hostile_load_test_names_no_host() -> None:
    obj = canary_object()
    for command in ("hey -host 'a;id' http://traefik.traefik", "hey 'http://$(id)/'", "hey '", "hey", "curl x"):
        obj["spec"]["analysis"]["webhooks"][0]["metadata"]["cmd"] = command
        target = find_target(Canary.parse(obj), [])
        assert target.hosts == ()
        assert target.gateway == ""
