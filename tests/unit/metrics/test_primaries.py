"""The built-in queries asked of the primary differ from the canary's in the name, and in nothing else."""

from __future__ import annotations

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.metrics.primary_queries import BUILTIN, primary_query


def canary(kind: str = "Deployment") -> Canary:
    spec = {"targetRef": {"kind": kind, "name": "cart"}, "service": {"port": 80}, "analysis": {}}
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})


@pytest.mark.parametrize(
    ("provider", "selected"),
    [
        ("traefik", 'service=~"shop-cart-primary-[0-9a-zA-Z-]+@kubernetescrd"'),
        ("istio", 'destination_workload=~"cart-primary"'),
        ("nginx", 'canary=""'),
        ("contour", 'envoy_cluster_name=~"shop_cart-primary_[0-9a-zA-Z-]+"'),
        ("gloo", "shop-cart-primaryupstream-"),
        ("kuma", "cart-primary_shop_svc_"),
        ("skipper", "kube(ew)?_shop__cart_canary__.*__cart_primary(_[0-9]+)?"),
        ("gatewayapi:v1", 'kubernetes_pod_name=~"cart-primary-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"'),
    ],
)
def test_the_primary_is_told_apart(provider: str, selected: str) -> None:
    for check in BUILTIN:
        question = primary_query(canary(), check, provider)
        assert question is not None
        assert selected in question[0]
        assert 'canary!=""' not in question[0]
        assert "[1m]" in question[0]


def test_what_cannot_be_asked_is_not() -> None:
    assert primary_query(canary(), "request-success-rate", "apisix") is None
    assert primary_query(canary("Service"), "request-success-rate", "traefik") is None
    assert primary_query(canary(), "my-own-check", "traefik") is None
