"""Kuma's record: weights, the phrase, an object without namespace, and the hosts of MeshGatewayRoutes."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import kuma

SPLIT = kuma.PROVIDER.split
assert SPLIT is not None
QUALIFIED = NAMES | {f"{name}.shop" for name in NAMES}


def part(name: str, weight: object = None, namespace: str = "shop") -> dict[str, Any]:
    return {"weight": weight, "destination": {"kuma.io/service": f"{name}_{namespace}_svc_80"}}


def router(*parts: Any) -> dict[str, Any]:
    return {"spec": {"conf": {"split": list(parts)}}}


@pytest.mark.parametrize(
    ("parts", "percent"),
    [
        ([part("cart-primary", 80), part("cart-canary", 20)], 20),
        ([part("cart-primary", 1), part("cart-canary", 3)], 75),
        ([part("cart-primary", 0), part("cart-canary", 0)], 0),
        ([part("cart-primary", 80, "other"), part("cart-canary", 20, "other")], None),
        ([{"weight": 3}, 7, None], None),
        ([], None),
    ],
)
def test_the_canarys_part_of_the_weights(parts: list[Any], percent: int | None) -> None:
    assert SPLIT.canary_percent(router(*parts), canary()) == percent


def test_it_tolerates_anything() -> None:
    for live in ({}, {"spec": None}, {"spec": {"conf": "x"}}, {"spec": {"conf": {"split": "x"}}}):
        assert SPLIT.canary_percent(live, canary()) is None
        assert SPLIT.shares(live) == ""


def test_who_gets_how_much_as_a_phrase() -> None:
    assert SPLIT.shares(router(part("cart-primary", 80), part("cart-canary", 20))) == "cart-primary 80, cart-canary 20"
    assert SPLIT.shares(router({"destination": "\x1b"})) == "unnamed 0"


def test_its_object_has_no_namespace_and_is_deleted_by_the_controller() -> None:
    assert SPLIT.place(canary()) == ("", "cart")
    assert SPLIT.object.resource.path("shop", "cart") == "/apis/kuma.io/v1alpha1/trafficroutes/cart"
    assert "delete" in SPLIT.object.verbs
    assert not kuma.PROVIDER.upstream.alive


def gateway_route(**rule: Any) -> dict[str, Any]:
    return {"conf": {"http": {"hostnames": ["a.example", "b.example"], "rules": [rule]}}}


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (gateway_route(backends=[part("cart")]), [("a.example", ""), ("b.example", "")]),
        (
            gateway_route(backends=[part("cart")], matches=[{"path": {"match": "PREFIX", "value": "/shop/"}}]),
            [("a.example", "/shop"), ("b.example", "/shop")],
        ),
        (gateway_route(backends=[part("cart", namespace="other")]), []),
        (gateway_route(backends=[part("other")]), []),
        (gateway_route(backends="none", matches=3), []),
        ({"conf": {"http": None}}, []),
        ({}, []),
    ],
)
def test_hosts_of_the_gateways_routes_that_lead_here(spec: dict[str, Any], found: list[tuple[str, str]]) -> None:
    [entrance] = [each for each in kuma.PROVIDER.entrances if kuma.MESH_GATEWAY_ROUTES in each.resources]
    assert [(each.host, each.prefix) for each in entrance.read(spec, QUALIFIED)] == found
