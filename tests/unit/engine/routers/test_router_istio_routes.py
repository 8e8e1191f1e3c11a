"""What is written into a VirtualService's routes, and what is read out of them."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import RouterRig

from canarytui.engine.decide.weights import ALL_TO_CANARY, Weights
from canarytui.engine.routers import istio_routes


def routes(spec: dict[str, Any], weights: Weights) -> dict[str, list[dict[str, Any]]]:
    return istio_routes.routes(RouterRig(spec).tick, weights)


def split(route: dict[str, Any]) -> list[int]:
    return [each["weight"] for each in route["route"]]


def test_the_services_fields_go_into_every_http_route() -> None:
    service = {
        "match": [{"uri": {"prefix": "/api"}}], "rewrite": {"uri": "/", "other": 1}, "timeout": "15s",
        "retries": {"attempts": 3}, "corsPolicy": {"allowMethods": ["GET"]}, "headers": {"request": {"remove": ["x"]}},
    }  # fmt: skip
    [route] = routes({"service": service}, Weights(70, 30))["http"]
    assert split(route) == [70, 30]
    assert route["match"] == service["match"]
    assert route["rewrite"] == {"uri": "/"}
    for field in ("timeout", "retries", "corsPolicy", "headers"):
        assert route[field] == service[field], field


def test_tcp_knows_ports_only() -> None:
    spec = {"service": {"appProtocol": "TCP", "match": [{"port": 5432}, {"uri": {"prefix": "/"}}]}}
    [route] = routes(spec, Weights(90, 10))["tcp"]
    assert route["match"] == [{"port": 5432}]
    assert split(route) == [90, 10]


def test_ab_test_splits_who_matches_within_the_services_match() -> None:
    chosen = {"headers": {"x-insider": {"exact": "yes"}}}
    spec = {"service": {"match": [{"uri": {"prefix": "/api"}}]}, "analysis": {"match": [chosen], "iterations": 2}}
    insiders, rest = routes(spec, ALL_TO_CANARY)["http"]
    assert insiders["match"] == [{"uri": {"prefix": "/api"}, **chosen}]
    assert split(insiders) == [0, 100]
    assert rest["match"] == [{"uri": {"prefix": "/api"}}]
    assert [each["destination"]["host"] for each in rest["route"]] == ["podinfo-primary"]


def test_mirroring_says_how_much() -> None:
    [route] = routes({"analysis": {"mirror": True, "mirrorWeight": 20}}, Weights(100, 0, mirrored=True))["http"]
    assert route["mirror"] == {"host": "podinfo-canary"}
    assert route["mirrorPercentage"] == {"value": 20.0}
    read = istio_routes.read(RouterRig().tick.canary, {"http": [route]})
    assert read == Weights(100, 0, mirrored=True)


def test_session_affinity_puts_routes_for_cookies_first() -> None:
    affinity = {"cookieName": "version", "primaryCookieName": "stable", "maxAge": 60}
    found = routes({"analysis": {"sessionAffinity": affinity}}, Weights(50, 50))["http"]
    assert [each.get("name") for each in found] == ["sticky-route", "sticky-primary-route", None]
    assert [split(each) for each in found] == [[0, 100], [100, 0], [50, 50]]
    cookie = found[2]["route"][1]["headers"]["response"]["add"]["Set-Cookie"]
    assert cookie.startswith("version=")
    assert cookie.endswith("; Max-Age=60")


@pytest.mark.parametrize("spec", [{}, {"http": [{"route": [{"destination": {"host": "other"}}]}]}, {"http": None}])
def test_no_route_to_the_canary_reads_as_nothing(spec: dict[str, Any]) -> None:
    assert istio_routes.read(RouterRig().tick.canary, spec) == Weights(0, 0)


def test_the_port_is_named_only_where_a_gateway_asks_for_it() -> None:
    [route] = routes({"service": {"portDiscovery": True, "gateways": ["public"]}}, Weights(100, 0))["http"]
    assert route["route"][0]["destination"] == {"host": "podinfo-primary", "port": {"number": 80}}
    [route] = routes({"service": {"portDiscovery": True, "gateways": ["mesh"]}}, Weights(100, 0))["http"]
    assert "port" not in route["route"][0]["destination"]
