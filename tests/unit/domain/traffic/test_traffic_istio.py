"""Istio's record: weights of the last rule with both sides, the phrase, names, and the hosts of VirtualServices."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import istio

SPLIT = istio.PROVIDER.split
assert SPLIT is not None


def rule(**weights: Any) -> dict[str, Any]:
    hosts = {"primary": "cart-primary", "canary": "cart-canary.shop.svc.cluster.local"}
    routes = [{"destination": {"host": hosts[side]}, "weight": weight} for side, weight in weights.items()]
    return {"route": routes}


@pytest.mark.parametrize(
    ("spec", "percent"),
    [
        ({"http": [rule(primary=70, canary=30)]}, 30),
        ({"tcp": [rule(primary=60, canary=40)]}, 40),
        ({"http": [rule(primary=0, canary=100), rule(primary=50, canary=50)]}, 50),
        ({"http": [rule(primary=20, canary=80), rule(primary=100)]}, 80),
        ({"http": [rule(primary=100)]}, None),
        ({"http": "none"}, None),
        (None, None),
    ],
)
def test_the_canarys_part_of_the_weights(spec: Any, percent: int | None) -> None:
    assert SPLIT.canary_percent({"spec": spec}, canary()) == percent


def test_who_gets_how_much_as_a_phrase() -> None:
    alone, second = {"route": [{"destination": {"host": "a"}}]}, {"route": [*rule(primary=70)["route"], {}]}
    assert SPLIT.shares({"spec": {"http": [alone]}}) == "a 100"
    assert SPLIT.shares({"spec": {"http": [{}, second, alone]}}) == "cart-primary 70, unnamed 0"


def test_names_of_its_objects() -> None:
    assert [each.names(canary()) for each in istio.PROVIDER.objects] == [
        ("cart",), ("cart-primary", "cart-canary"),
    ]  # fmt: skip


def test_hosts_of_a_service_that_leads_here() -> None:
    [entrance] = istio.PROVIDER.entrances
    spec = {"hosts": ["a.example", 7], "http": [rule(canary=100)]}
    assert [each.host for each in entrance.read(spec, NAMES)] == ["a.example"]
    assert entrance.read(spec, frozenset({"other"})) == []
