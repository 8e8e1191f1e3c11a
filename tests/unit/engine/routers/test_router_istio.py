"""Istio's router: the VirtualService and its DestinationRules, adoption and giving back, and what is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from router_rig import DEFAULT, NAMESPACE, STRICT, RouterRig

from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.istio import IstioRouter

ROUTER = IstioRouter()
ORIGINAL = "flagger.kubernetes.io/original-configuration"


def reconciled(service: dict[str, Any] | None = None, *objects: dict[str, Any], settings: Any = DEFAULT) -> RouterRig:
    rig = RouterRig({"service": service or {}}, *objects, settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


def users_service() -> dict[str, Any]:
    """A VirtualService that was there before its canary."""
    spec = {"hosts": ["app.example.com"], "http": [{"route": [{"destination": {"host": "podinfo"}}]}]}
    metadata = {"name": "podinfo", "namespace": NAMESPACE}
    return {"apiVersion": "networking.istio.io/v1beta1", "kind": "VirtualService", "metadata": metadata, "spec": spec}


def test_it_begins_with_all_traffic_on_the_primary() -> None:
    rig = reconciled({"hosts": ["app.example.com"], "trafficPolicy": {"tls": {"mode": "DISABLE"}}})
    spec = rig.get("VirtualService")["spec"]
    assert (spec["hosts"], spec["gateways"]) == (["app.example.com", "podinfo"], ["mesh"])
    assert spec["http"] == [
        {
            "route": [
                {"destination": {"host": "podinfo-primary"}, "weight": 100},
                {"destination": {"host": "podinfo-canary"}, "weight": 0},
            ]
        }
    ]
    for name in ("podinfo-primary", "podinfo-canary"):
        rule = rig.get("DestinationRule", name)
        assert rule["spec"] == {"host": name, "trafficPolicy": {"tls": {"mode": "DISABLE"}}}
    before = list(rig.written)
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == before


def test_weights_are_set_and_read_back() -> None:
    rig = reconciled()
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    assert ROUTER.read_weights(rig.tick) == Weights(60, 40)


@pytest.mark.parametrize(("settings", "weights"), [(DEFAULT, Weights(60, 40)), (STRICT, Weights(100, 0))])
def test_a_repair_keeps_live_weights_unless_strict(settings: ControllerSettings, weights: Weights) -> None:
    rig = reconciled(settings=settings)
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    rig.change("VirtualService", {"spec": {"hosts": ["edited.example.com"]}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.get("VirtualService")["spec"]["hosts"] == ["podinfo"]
    assert ROUTER.read_weights(rig.tick) == weights


def test_what_was_there_before_is_given_back() -> None:
    rig = reconciled({}, users_service())
    noted = rig.get("VirtualService")["metadata"]["annotations"][ORIGINAL]
    assert json.loads(noted) == users_service()["spec"]
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.get("VirtualService")["spec"] == users_service()["spec"]


def test_without_an_original_nothing_is_given_back() -> None:
    rig = reconciled()
    before = rig.get("VirtualService")["spec"]
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.get("VirtualService")["spec"] == before
    assert rig.logged[-1].endswith("original configuration not found, unable to revert")


def test_what_cannot_be_done_ends_the_tick() -> None:
    with pytest.raises(EndTick, match="cannot have hosts and gateways when delegation enabled"):
        reconciled({"delegation": True, "hosts": ["app.example.com"]})
    rig = RouterRig()
    missing = 'VirtualService podinfo.test get query error virtualservices.networking.istio.io "podinfo" not found'
    with pytest.raises(EndTick, match=f"^{re.escape(missing)}$"):
        ROUTER.read_weights(rig.tick)
    rig = RouterRig({}, users_service())
    with pytest.raises(EndTick, match="does not contain routes for podinfo-primary and podinfo-canary"):
        ROUTER.read_weights(rig.tick)
    with pytest.raises(EndTick, match="no valid weights"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
