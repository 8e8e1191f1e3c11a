"""ingress-nginx' record: weights and matches from annotations, whatever their prefix, and the canary Ingress' name."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import canary

from canarytui.domain.traffic import nginx

SPLIT = nginx.PROVIDER.split
assert SPLIT is not None


def router(prefix: str = nginx.ANNOTATIONS, **annotations: Any) -> dict[str, Any]:
    named = {f"{prefix}/{name.replace('_', '-')}": value for name, value in annotations.items()}
    return {"metadata": {"annotations": named}}


@pytest.mark.parametrize(
    ("ingress", "percent"),
    [
        (router(canary="true", canary_weight="30"), 30),
        (router(canary="false", canary_weight="30"), 0),
        (router("custom.example.com", canary="true", canary_weight="5"), 5),
        (router(canary="true", canary_weight="250"), 100),
        (router(canary="true", canary_weight="-5"), None),
        (router(canary="true", canary_weight="many"), None),
        (router(canary="true", canary_weight=30), None),
        (router(canary="true"), None),
        ({"metadata": None}, None),
    ],
)
def test_the_canarys_part(ingress: dict[str, Any], percent: int | None) -> None:
    assert SPLIT.canary_percent(ingress, canary()) == percent


@pytest.mark.parametrize(
    ("ingress", "phrase"),
    [
        (router(canary="true", canary_weight="30"), "weight 30"),
        (router(canary="true", canary_by_header="x-insider", canary_by_cookie="beta"), "header x-insider, cookie beta"),
        (router(canary="true"), "no traffic to the canary"),
        (router(canary="false", canary_weight="30"), ""),
        ({}, ""),
    ],
)
def test_who_gets_the_canary_as_a_phrase(ingress: dict[str, Any], phrase: str) -> None:
    assert SPLIT.shares(ingress) == phrase


def test_the_canary_ingress_has_the_name_of_the_users() -> None:
    assert SPLIT.place(canary(ingressRef={"kind": "Ingress", "name": "front"})) == ("shop", "front-canary")
    assert SPLIT.place(canary()) == ("shop", "cart-canary")
