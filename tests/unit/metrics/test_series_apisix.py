"""APISIX's built-in checks on series as its plugin ``prometheus`` exports them, with ``prefer_name``."""

from __future__ import annotations

from exported_series import Series, asked, measured_canary

CANARY = measured_canary("apisix", routeRef={"kind": "ApisixRoute", "name": "front"})
ROUTE = "shop_front-shop-cart-canary_main"
"""APISIX' ingress controller calls a route NAMESPACE_ROUTE_RULE."""
_BOUNDS_MS = ("1", "2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000", "+Inf")


def served(route: str, node: str, code: str, rate: float, within_ms: str) -> list[Series]:
    """Requests of one route to one pod; `within_ms` is the bucket that all are in."""
    named = {"route": route, "node": node, "consumer": "", "service": ""}
    reached = _BOUNDS_MS.index(within_ms)
    matched = {"matched_host": "app.example.com", "matched_uri": "/*"}
    found: list[Series] = [("apisix_http_status", {**named, **matched, "code": code}, rate)]
    for kind, factor in (("request", 1.0), ("upstream", 5.0), ("apisix", 9.0)):
        found += [
            (
                "apisix_http_latency_bucket",
                {**named, "type": kind, "le": bound},
                rate * factor if place >= reached else 0,
            )
            for place, bound in enumerate(_BOUNDS_MS)
        ]
    return found


SERIES: list[Series] = [
    *served(ROUTE, "10.0.0.1", "200", 38.0, "200"),
    *served(ROUTE, "10.0.0.2", "502", 2.0, "200"),
    *served("shop_front_main", "10.0.0.1", "500", 100.0, "2000"),
    *served("other_front-shop-cart-canary_main", "10.0.1.1", "500", 100.0, "2000"),
]


def test_the_success_rate_and_the_requests_duration_in_milliseconds() -> None:
    assert asked(CANARY, "request-success-rate", SERIES) == 95.0
    assert asked(CANARY, "request-duration", SERIES) == 199.0, "type=request, not the pods' share of it"


def test_nothing_where_routes_go_by_their_ids() -> None:
    unnamed = [(name, {**labels, "route": "a1b2c3d4"}, rate) for name, labels, rate in SERIES]
    assert asked(CANARY, "request-success-rate", unnamed) is None
    assert asked(CANARY, "request-duration", unnamed) is None
