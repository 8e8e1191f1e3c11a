"""Gloo's record: the weights of a RouteTable's Upstreams, their names, and the hosts of Gloo's VirtualServices."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import gloo, registry
from canarytui.drills.target import find_target

SPLIT = gloo.PROVIDER.split
assert SPLIT is not None


def table(*destinations: Any) -> dict[str, Any]:
    route = {"routeAction": {"multi": {"destinations": list(destinations)}}}
    return {"apiVersion": "gateway.solo.io/v1", "kind": "RouteTable", "spec": {"routes": [route]}}


def destination(side: str, port: int = 80, **weight: Any) -> dict[str, Any]:
    upstream = {"name": f"shop-cart-{side}upstream-{port}", "namespace": "shop"}
    return {"destination": {"upstream": upstream}, **weight}


@pytest.mark.parametrize(
    ("destinations", "percent"),
    [
        ([destination("primary", weight=80), destination("canary", weight=20)], 20),
        ([destination("primary", weight=100), destination("canary")], 0),
        ([destination("primary"), destination("canary", weight=100)], 100),
        ([destination("primary", 8080, weight=60), destination("canary", 8080, weight=40)], 40),
        ([destination("canary", weight=20)], None),
        ([{"destination": {"upstream": {"name": 7}}}, {"destination": "x"}, None], None),
        ([], None),
    ],
)
def test_the_canarys_part_of_the_weights(destinations: list[Any], percent: int | None) -> None:
    assert SPLIT.canary_percent(table(*destinations), canary()) == percent


@pytest.mark.parametrize("router", [{}, {"spec": 3}, {"spec": {"routes": [{"routeAction": {"single": {}}}]}}])
def test_what_is_no_split_is_unknown(router: dict[str, Any]) -> None:
    assert SPLIT.canary_percent(router, canary()) is None
    assert SPLIT.shares(router) == ""


def test_who_gets_how_much_as_a_phrase() -> None:
    split = table(destination("primary", weight=80), destination("canary", weight=20))
    assert registry.shares(split) == "shop-cart-primaryupstream-80 80, shop-cart-canaryupstream-80 20"


def test_names_of_its_objects() -> None:
    web = canary(service={"port": 8080, "name": "web"})
    assert [(each.resource.full_name, each.names(web)) for each in gloo.PROVIDER.objects] == [
        ("routetables.gateway.solo.io", ("web",)),
        ("upstreams.gloo.solo.io", ("shop-web-primaryupstream-8080", "shop-web-canaryupstream-8080")),
    ]


@pytest.mark.parametrize(
    ("route", "reached"),
    [
        ({"delegateAction": {"ref": {"name": "cart", "namespace": "shop"}}}, [("a.example", "", False)]),
        (
            {"matchers": [{"prefix": "/api/"}], "delegateAction": {"name": "cart", "namespace": "shop"}},
            [("a.example", "/api", False)],
        ),
        ({"delegateAction": {"ref": {"name": "other"}}}, []),
        ({"delegateAction": {"ref": {"name": ["cart"]}}}, []),
        ({"routeAction": {"single": {}}}, []),
    ],
)
def test_hosts_that_lead_to_the_canary(route: dict[str, Any], reached: list[tuple[str, str, bool]]) -> None:
    [entrance] = gloo.PROVIDER.entrances
    found = entrance.read({"virtualHost": {"domains": ["a.example"], "routes": [route, None]}}, NAMES)
    assert [(each.host, each.prefix, each.tls) for each in found] == reached


def test_a_drill_finds_the_virtual_services_host_and_takes_it_for_none_of_istios() -> None:
    route = {"delegateAction": {"ref": {"name": "cart", "namespace": "shop"}}}
    spec = {"virtualHost": {"domains": ["cart.example", "*"], "routes": [route]}, "sslConfig": {"secretRef": {}}}
    virtual = {"apiVersion": "gateway.solo.io/v1", "kind": "VirtualService", "metadata": {"name": "edge"}, "spec": spec}
    target = find_target(canary(), [virtual])
    assert [(each.host, each.tls, each.source) for each in target.places] == [
        ("cart.example", True, "VirtualService edge"),
    ]  # fmt: skip
