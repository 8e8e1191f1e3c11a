"""Gateway API: the GRPCRoute that an annotation asks for, and what it cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from gateway_routes import HEADER, SERVICE, canary, split
from rollouts import DEFAULT, STRICT
from router_rig import RouterRig

from canarytui.domain.traffic.selection import provider_of
from canarytui.engine.decide.tick import EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.providers import router_of


def annotated(kind: str, settings: Any = DEFAULT, *objects: dict[str, Any], **given: Any) -> RouterRig:
    rig = RouterRig({**canary(), **given}, *objects, settings=settings)
    rig.change("Canary", {"metadata": {"annotations": {"canarytui.io/route": kind}}})
    return rig


def test_an_annotation_asks_for_a_grpc_route() -> None:
    service = {**SERVICE, "match": [{"uri": {"prefix": "/shop.Cart/"}}], "hosts": ["cart.example.com"]}
    rig = annotated("GRPCRoute", service=service, analysis={"match": HEADER, "iterations": 3})
    assert rig.tick.provider == "gatewayapi:grpc"
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert rig.written == ["Create GRPCRoute podinfo"]
    made = rig.get("GRPCRoute")
    assert made["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert made["spec"]["hostnames"] == ["cart.example.com"]
    chosen, rest = made["spec"]["rules"]
    method = {"type": "Exact", "service": "shop.Cart"}
    header = {"name": "x-canary", "type": "Exact", "value": "insider"}
    assert chosen["matches"] == [{"method": method, "headers": [header]}]
    assert rest["matches"] == [{"method": method}]
    assert (split(chosen), split(rest)) == ((100, 0), (100,))
    rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(0, 100)))
    assert [split(rule) for rule in rig.get("GRPCRoute")["spec"]["rules"]] == [(0, 100), (100,)]
    assert router_of(rig.tick).read_weights(rig.tick)[:2] == (0, 100)


def test_a_grpc_route_that_says_nothing_has_no_matches_and_can_mirror() -> None:
    rig = annotated("GRPCRoute")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(80, 20, mirrored=True)))
    [rule] = rig.get("GRPCRoute")["spec"]["rules"]
    assert "matches" not in rule
    assert split(rule) == (80, 20)
    assert [each["type"] for each in rule["filters"]] == ["RequestMirror"]
    assert router_of(rig.tick).read_weights(rig.tick) == Weights(80, 20, mirrored=True)


def test_repair_keeps_the_weights_of_a_grpc_route() -> None:
    rig = annotated("GRPCRoute")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.do(router_of(rig.tick).set_weights(rig.tick, Weights(80, 20)))
    rig.change("GRPCRoute", {"spec": {"hostnames": ["other"]}})
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    repaired = rig.get("GRPCRoute")["spec"]
    assert "hostnames" not in repaired
    assert split(repaired["rules"][0]) == (80, 20)


def test_a_grpc_route_that_its_gateway_has_not_accepted_holds_the_rollout_up() -> None:
    rig = annotated("GRPCRoute")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    made = rig.get("GRPCRoute")["spec"]
    rig.change("GRPCRoute", {"status": {"parents": [{"parentRef": made["parentRefs"][0], "conditions": []}]}})
    with pytest.raises(EndTick, match=r"GRPCRoute podinfo\.test parent web is not ready"):
        router_of(rig.tick).read_weights(rig.tick)


def test_strict_mode_writes_no_grpc_route() -> None:
    rig = annotated("GRPCRoute", STRICT)
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert rig.written == ["Create HTTPRoute podinfo"]
    assert provider_of(rig.tick.canary, "gatewayapi:grpc", strict=True) == "gatewayapi:v1"


def test_v1beta1_has_no_grpc_route_and_says_so() -> None:
    rig = annotated("GRPCRoute", provider="gatewayapi:v1beta1")
    with pytest.raises(EndTick, match="which provider gatewayapi:v1beta1 has not: use gatewayapi:v1"):
        rig.do(router_of(rig.tick).reconcile(rig.tick))


def test_only_one_kind_of_route_may_lead_to_the_canary() -> None:
    rig = RouterRig(canary())
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.change("Canary", {"metadata": {"annotations": {"canarytui.io/route": "GRPCRoute"}}})
    with pytest.raises(EndTick, match="still has an HTTPRoute: kubectl delete httproute podinfo -n test"):
        rig.do(router_of(rig.tick).reconcile(rig.tick))
    rig.cluster_view.delete("HTTPRoute", "test", "podinfo")
    rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert rig.written == ["Create HTTPRoute podinfo", "Create GRPCRoute podinfo"]


@pytest.mark.parametrize(
    ("kind", "service", "text"),
    [
        (
            "TCPRoute",
            {},
            "annotation canarytui.io/route of canary podinfo.test is TCPRoute: write HTTPRoute or GRPCRoute",
        ),
        (
            "GRPCRoute",
            {"timeout": "5s"},
            "a GRPCRoute has no counterpart of service.timeout: remove it from canary podinfo",
        ),
    ],
)
def test_a_route_that_cannot_be_is_refused(kind: str, service: dict[str, Any], text: str) -> None:
    rig = annotated(kind, service={**SERVICE, **service})
    with pytest.raises(EndTick) as error:
        rig.do(router_of(rig.tick).reconcile(rig.tick))
    assert str(error.value).startswith(text)
    assert rig.written == []
