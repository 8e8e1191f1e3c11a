"""The user's Ingress: found by the canary's reference, and what is said when it is not there."""

from __future__ import annotations

import pytest
from router_rig import RouterRig, ingress

from canarytui.engine.decide.tick import EndTick
from canarytui.engine.routers.source_ingress import copy_name, source_ingress

REFERENCE = {"ingressRef": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}}


def test_the_copy_is_named_after_the_users_ingress() -> None:
    rig = RouterRig(REFERENCE, ingress())
    assert copy_name(rig.tick) == "front-canary"
    assert source_ingress(rig.tick, "ingress")["metadata"]["name"] == "front"


def test_without_a_reference_or_without_the_ingress_the_tick_ends() -> None:
    with pytest.raises(EndTick, match=r"^ingress selector is empty$"):
        copy_name(RouterRig().tick)
    missing = r'^apexIngress front\.test get query error: ingresses\.networking\.k8s\.io "front" not found$'
    with pytest.raises(EndTick, match=missing):
        source_ingress(RouterRig(REFERENCE).tick, "apexIngress")
