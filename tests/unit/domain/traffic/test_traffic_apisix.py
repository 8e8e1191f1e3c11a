"""APISIX's record: the weights of an ApisixRoute, the name of the canary's own, and the hosts of its rules."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import apisix, registry
from canarytui.drills.target import find_target

SPLIT = apisix.PROVIDER.split
assert SPLIT is not None


def route(*backends: Any, **rule: Any) -> dict[str, Any]:
    named = {"apiVersion": "apisix.apache.org/v2", "kind": "ApisixRoute", "metadata": {"name": "front"}}
    return {**named, "spec": {"http": [{"backends": list(backends), **rule}]}}


def backend(side: str, **weight: Any) -> dict[str, Any]:
    return {"serviceName": f"cart{side}", "servicePort": 80, **weight}


@pytest.mark.parametrize(
    ("backends", "percent"),
    [
        ([backend("-primary", weight=80), backend("-canary", weight=20)], 20),
        ([backend("-primary", weight=100), backend("-canary", weight=0)], 0),
        ([backend("-primary", weight=0), backend("-canary", weight=0)], 0),
        ([backend("-primary"), backend("-canary", weight=100)], 50),
        ([backend("-canary", weight=20), backend("")], None),
        ([backend("")], None),
        ([None, {"serviceName": 7}, {"serviceName": None}], None),
        ([], None),
    ],
)
def test_the_canarys_part_of_the_weights(backends: list[Any], percent: int | None) -> None:
    assert SPLIT.canary_percent(route(*backends), canary()) == percent


def test_who_gets_how_much_as_a_phrase() -> None:
    split = route(backend("-primary", weight=80), backend("-canary", weight=20))
    assert registry.shares(split) == "cart-primary 80, cart-canary 20"
    assert registry.shares(route(backend(""))) == "", "the user's own divides nothing"
    assert SPLIT.shares({"spec": {"http": "none"}}) == ""


def test_the_canarys_route_has_the_names_of_the_users_and_of_the_service() -> None:
    assert SPLIT.place(canary(routeRef={"name": "front"})) == ("shop", "front-cart-canary")
    assert SPLIT.place(canary(service={"port": 80, "name": "web"})) == ("shop", "cart-web-canary")


@pytest.mark.parametrize(
    ("paths", "prefix"),
    [(["/*"], ""), (["/api/v1/*", "/api/*"], "/api"), (["/exact"], "/exact"), (["/a", "/b/*"], "/b"), (None, "")],
)
def test_hosts_of_the_rules_that_lead_to_the_canary(paths: Any, prefix: str) -> None:
    [entrance] = apisix.PROVIDER.entrances
    spec = route(backend(""), match={"hosts": ["a.example", 7], "paths": paths})["spec"]
    assert [(each.host, each.prefix) for each in entrance.read(spec, NAMES)] == [("a.example", prefix)]
    assert entrance.read(spec, frozenset({"other"})) == []


def test_a_drill_finds_the_users_host() -> None:
    user = route(backend(""), match={"hosts": ["cart.example"], "paths": ["/shop/*"]})
    target = find_target(canary(), [user])
    assert [(each.host, each.prefix, each.source) for each in target.places] == [
        ("cart.example", "/shop", "ApisixRoute front"),
    ]  # fmt: skip
