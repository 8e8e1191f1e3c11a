"""Traefik's router: the TraefikService from its creation to a split, its repair, and what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import DEFAULT, STRICT, RouterRig

from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.traefik import TraefikRouter

ROUTER = TraefikRouter()
KIND = "TraefikService"


def services(rig: RouterRig) -> list[tuple[str, int | None]]:
    return [(each["name"], each.get("weight")) for each in rig.get(KIND)["spec"]["weighted"]["services"]]


def reconciled(settings: ControllerSettings = DEFAULT, **service: Any) -> RouterRig:
    rig = RouterRig({"service": service}, settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


@pytest.mark.parametrize("settings", [DEFAULT, STRICT])
def test_it_begins_with_the_primary_alone(settings: ControllerSettings) -> None:
    rig = reconciled(settings, apex={"labels": {"team": "shop"}, "annotations": {"a": "b"}})
    made = rig.get(KIND)
    assert made["apiVersion"] == "traefik.io/v1alpha1"
    assert services(rig) == [("podinfo-primary", 100)]
    assert made["metadata"]["labels"] == {"team": "shop", "app": "podinfo"}
    assert made["metadata"]["annotations"]["a"] == "b"
    assert made["metadata"]["ownerReferences"][0]["uid"] == "uid-canary"
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == [f"Create {KIND} podinfo"], "what is right is not written again"


def test_weights_are_set_and_read_back() -> None:
    rig = reconciled()
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    assert services(rig) == [("podinfo-primary", 70), ("podinfo-canary", 30)]
    assert ROUTER.read_weights(rig.tick) == Weights(70, 30)
    rig.do(ROUTER.set_weights(rig.tick, Weights(100, 0)))
    assert services(rig) == [("podinfo-primary", 100)], "a Service without endpoints would take the whole route down"


@pytest.mark.parametrize(
    ("settings", "weights"),
    [
        (DEFAULT, {"podinfo-primary": 70, "podinfo-canary": 30}),
        (STRICT, {"podinfo-primary": 100, "podinfo-canary": 100}),
    ],
)
def test_a_repair_keeps_live_weights_unless_strict(settings: ControllerSettings, weights: dict[str, int]) -> None:
    rig = reconciled(settings)
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    rig.change("Canary", {"spec": {"service": {"port": 81}}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert dict(services(rig)) == weights
    assert {each["port"] for each in rig.get(KIND)["spec"]["weighted"]["services"]} == {81}


def test_what_cannot_be_read_or_would_serve_nobody_ends_the_tick() -> None:
    rig = RouterRig()
    for attempt in (
        lambda: ROUTER.read_weights(rig.tick),
        lambda: rig.do(ROUTER.set_weights(rig.tick, Weights(9, 91))),
    ):
        with pytest.raises(EndTick, match=r'TraefikService podinfo.test query error: traefikservices.traefik.io "podi'):
            attempt()
    rig.do(ROUTER.reconcile(rig.tick))
    with pytest.raises(EndTick, match=r"RoutingRule podinfo\.test update failed: no valid weights"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    rig.change(KIND, {"spec": {"weighted": {"services": []}}})
    with pytest.raises(EndTick, match=r"TraefikService podinfo\.test services not found"):
        ROUTER.read_weights(rig.tick)


def test_nothing_is_given_back() -> None:
    rig = reconciled()
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.written == [f"Create {KIND} podinfo"]
