"""Contour's record: the weights of an HTTPProxy's first route, and the hosts of root HTTPProxies."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import contour, registry
from canarytui.drills.target import find_target

SPLIT = contour.PROVIDER.split
assert SPLIT is not None


def proxy(*services: Any, **spec: Any) -> dict[str, Any]:
    named = {"apiVersion": "projectcontour.io/v1", "kind": "HTTPProxy", "metadata": {"name": "cart"}}
    return {**named, "spec": {"routes": [{"services": list(services)}], **spec}}


def service(side: str, **weight: Any) -> dict[str, Any]:
    return {"name": f"cart-{side}", "port": 80, **weight}


@pytest.mark.parametrize(
    ("services", "percent"),
    [
        ([service("primary", weight=80), service("canary", weight=20)], 20),
        ([service("primary", weight=100), service("canary")], 0),
        ([service("primary"), service("canary", weight=100)], 100),
        ([service("primary"), service("canary")], 0),
        ([service("canary", weight=20)], None),
        ([service("primary", weight=float("nan"))], None),
        ([None, 3, {"name": 7}], None),
        ([], None),
    ],
)
def test_the_canarys_part_of_the_weights(services: list[Any], percent: int | None) -> None:
    assert SPLIT.canary_percent(proxy(*services), canary()) == percent


def test_of_several_routes_the_first_is_split() -> None:
    chosen = {"services": [service("primary"), service("canary", weight=100)]}
    rest = {"services": [service("primary", weight=100), service("canary")]}
    assert SPLIT.canary_percent(proxy(routes=[chosen, rest]), canary()) == 100


def test_who_gets_how_much_as_a_phrase() -> None:
    split = proxy(service("primary", weight=80), service("canary", weight=20))
    assert registry.shares(split) == "cart-primary 80, cart-canary 20"
    assert registry.shares(proxy(virtualhost={"fqdn": "a.example"}, routes=None)) == ""
    assert SPLIT.place(canary(service={"port": 80, "name": "web"})) == ("shop", "web")


@pytest.mark.parametrize(
    ("spec", "reached"),
    [
        ({"includes": [{"name": "cart", "namespace": "shop"}]}, [("a.example", "", False)]),
        (
            {"includes": [{"name": "cart", "conditions": [{"header": {"name": "x"}}, {"prefix": "/api/"}]}, None]},
            [("a.example", "/api", False)],
        ),
        ({"routes": [{"conditions": [{"prefix": "/"}], "services": [{"name": "cart"}]}]}, [("a.example", "", False)]),
        ({"includes": [{"name": "other"}], "routes": [{"services": [{"name": "other"}]}]}, []),
        ({"includes": "none", "routes": 3}, []),
    ],
)
def test_hosts_that_lead_to_the_canary(spec: dict[str, Any], reached: list[tuple[str, str, bool]]) -> None:
    [entrance] = contour.PROVIDER.entrances
    found = entrance.read({"virtualhost": {"fqdn": "a.example"}, **spec}, NAMES)
    assert [(each.host, each.prefix, each.tls) for each in found] == reached


def test_a_drill_finds_the_root_proxys_host() -> None:
    host = {"fqdn": "cart.example", "tls": {"secretName": "cart"}}
    root = proxy(virtualhost=host, routes=None, includes=[{"name": "cart", "namespace": "shop"}])
    root["metadata"]["name"] = "root"
    target = find_target(canary(), [root, proxy(service("primary", weight=100), service("canary"))])
    assert [(each.host, each.tls, each.source) for each in target.places] == [("cart.example", True, "HTTPProxy root")]
