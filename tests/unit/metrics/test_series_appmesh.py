"""App Mesh's built-in checks on the series of Envoy sidecars, as Prometheus' pod discovery labels them."""

from __future__ import annotations

import pytest
from exported_series import Series, asked, measured_canary

PROVIDERS = ["appmesh", "appmesh:v1beta2"]


def sidecar(pod: str, code: str, rate: float, namespace: str = "shop") -> list[Series]:
    labels = {"kubernetes_namespace": namespace, "kubernetes_pod_name": pod, "envoy_cluster_name": "ingress"}
    counted: list[Series] = [("envoy_cluster_upstream_rq", {**labels, "envoy_response_code": code}, rate)]
    bounds = (("100", 0.0), ("250", rate), ("+Inf", rate))
    return [*counted, *(("envoy_cluster_upstream_rq_time_bucket", {**labels, "le": le}, n) for le, n in bounds)]


SERIES = [
    *sidecar("cart-6d5b5b698f-abcde", "200", 8.0),
    *sidecar("cart-6d5b5b698f-fghij", "503", 2.0),
    *sidecar("cart-primary-7f9c4d-klmno", "200", 90.0),
    *sidecar("cart-primary-7f9c4d-klmno", "500", 10.0),
    *sidecar("cart-6d5b5b698f-abcde", "500", 50.0, namespace="other"),
    *sidecar("cartography-6d5b5b698f-abcde", "500", 50.0),
]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_canary_and_primary_are_told_apart_by_their_pods(provider: str) -> None:
    canary = measured_canary(provider)
    assert asked(canary, "request-success-rate", SERIES) == 80.0
    assert asked(canary, "request-success-rate", SERIES, of_primary=True) == 90.0
    assert asked(canary, "request-duration", SERIES) == 248.5, "milliseconds: 99 % of the way from 100 to 250"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_pods_of_a_daemon_set_have_one_part_less(provider: str) -> None:
    target = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "cart"}
    canary = measured_canary(provider, targetRef=target)
    pods = [
        *sidecar("cart-abcde", "200", 3.0),
        *sidecar("cart-fghij", "502", 1.0),
        *sidecar("cart-primary-x", "500", 9),
    ]
    assert asked(canary, "request-success-rate", pods) == 75.0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_without_a_sidecar(provider: str) -> None:
    assert asked(measured_canary(provider), "request-success-rate", sidecar("cart-primary-7f9c4d-k", "200", 1)) is None
