"""Skipper's built-in checks on series as Skipper exports them with `-serve-route-metrics -route-response-metrics`."""

from __future__ import annotations

from exported_series import Series, asked, measured_canary

from canarytui.domain.spec.canary import Canary

HOST = "app_example_com"


def route(service: str, ingress: str = "front_canary", prefix: str = "kube", index: str = "") -> str:
    """Skipper's id of a route: Ingress, host, path and backend, with _ for all that is no word."""
    return f"{prefix}_shop__{ingress}__{HOST}____{service}{index}"


def served(route_id: str, code: str, rate: float, seconds: float) -> list[Series]:
    """Requests of one route with one status: both histograms that Skipper keeps."""
    labels = {"route": route_id, "code": code, "method": "GET"}
    return [
        ("skipper_response_duration_seconds_bucket", {**labels, "le": "0.005"}, 0.0),
        ("skipper_response_duration_seconds_bucket", {**labels, "le": "+Inf"}, rate),
        ("skipper_serve_route_duration_seconds_sum", labels, rate * seconds),
        ("skipper_serve_route_duration_seconds_count", labels, rate),
    ]


def canary() -> Canary:
    return measured_canary("skipper", ingressRef={"kind": "Ingress", "name": "front"})


SERIES = [
    *served(route("shop_cart_canary"), "200", 9.0, 0.2),
    *served(route("shop_cart_canary", prefix="kubeew", index="_1"), "503", 1.0, 0.7),
    *served(route("shop_cart_primary"), "200", 40.0, 0.1),
    *served(route("shop_cart", ingress="front"), "500", 100.0, 3.0),
    *served(route("another"), "500", 100.0, 3.0),
]


def test_the_canarys_success_rate_and_mean_duration() -> None:
    assert asked(canary(), "request-success-rate", SERIES) == 90.0
    assert asked(canary(), "request-duration", SERIES) == 250.0


def test_the_primarys() -> None:
    assert asked(canary(), "request-success-rate", SERIES, of_primary=True) == 100.0
    assert asked(canary(), "request-duration", SERIES, of_primary=True) == 100.0


def test_nothing_without_route_metrics() -> None:
    unlabelled: list[Series] = [("skipper_serve_host_duration_seconds_count", {"host": HOST}, 5.0)]
    assert asked(canary(), "request-success-rate", unlabelled) is None
    assert asked(canary(), "request-duration", unlabelled) is None
