"""Skipper's record: weights from the annotation's JSON, and the predicate that switches the routes off."""

from __future__ import annotations

import json
from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import registry, skipper
from canarytui.domain.traffic.provider import Reached

SPLIT = skipper.PROVIDER.split
assert SPLIT is not None


def router(weights: object, predicate: str = "Weight(100)") -> dict[str, Any]:
    text = weights if isinstance(weights, str) else json.dumps(weights)
    annotations = {skipper.WEIGHTS: text, skipper.PREDICATE: predicate}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"annotations": annotations}}


HALF = {"cart-canary": 30, "cart-primary": 70}


@pytest.mark.parametrize(
    ("ingress", "percent"),
    [
        (router(HALF), 30),
        (router(HALF, 'Weight(100) && Method("GET")'), 30),
        (router(HALF, 'False() && Method("GET")'), 0),
        (router({"cart-canary": 0, "cart-primary": 100}), 0),
        (router({"cart-canary": 100, "cart-primary": 0}), 100),
        (router({"cart-canary": 3, "cart-primary": 9}), 25),
        (router({"other": 100}), None),
        (router({"cart-canary": float("nan"), "cart-primary": 1}), None),
        (router("[" * 5000), None),
        (router("[1, 2]"), None),
        (router("no JSON"), None),
        ({"metadata": {"annotations": {skipper.WEIGHTS: 3}}}, None),
        ({"metadata": None}, None),
    ],
)
def test_the_canarys_part(ingress: dict[str, Any], percent: int | None) -> None:
    assert SPLIT.canary_percent(ingress, canary()) == percent


def test_who_gets_what_as_a_phrase() -> None:
    assert SPLIT.shares(router(HALF)) == "cart-primary 70, cart-canary 30"
    assert SPLIT.shares(router(HALF, "False()")) == "no traffic to the canary"
    assert SPLIT.shares(router("no JSON")) == ""
    assert registry.shares(router(HALF)) == "cart-primary 70, cart-canary 30", "although nginx reads Ingresses, too"


def test_the_canary_ingress_has_the_name_of_the_users() -> None:
    assert SPLIT.place(canary(ingressRef={"kind": "Ingress", "name": "front"})) == ("shop", "front-canary")


def test_the_users_ingress_leads_from_a_host_to_the_canary() -> None:
    backend = {"service": {"name": "cart", "port": {"number": 80}}}
    spec = {"rules": [{"host": "shop.example", "http": {"paths": [{"path": "/", "backend": backend}]}}]}
    [entrance] = skipper.PROVIDER.entrances
    assert entrance.read(spec, NAMES) == [Reached("shop.example")]
