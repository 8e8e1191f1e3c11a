"""Contour's built-in checks on series as its Envoy exports them on ``/stats/prometheus``."""

from __future__ import annotations

from envoy_series import upstream
from exported_series import Series, asked, measured_canary

CANARY = measured_canary("contour")
SERIES: list[Series] = [
    *upstream("shop_shop-cart-canary_80", {"200": 9.0, "503": 1.0}, within_ms="250"),
    *upstream("shop_shop-cart-primary_80", {"200": 39.0, "404": 1.0}, within_ms="50"),
    *upstream("shop_cart-canary_80", {"500": 100.0}, within_ms="5000"),
    *upstream("other_shop-cart-canary_80", {"500": 100.0}, within_ms="5000"),
]
"""Contour calls a cluster NAMESPACE_SERVICE_PORT; the last two are others'."""


def test_the_canarys_success_rate_and_duration_in_milliseconds() -> None:
    assert asked(CANARY, "request-success-rate", SERIES) == 90.0
    assert asked(CANARY, "request-duration", SERIES) == 248.5


def test_the_primarys() -> None:
    assert asked(CANARY, "request-success-rate", SERIES, of_primary=True) == 100.0, "404 is the client's fault"
    assert asked(CANARY, "request-duration", SERIES, of_primary=True) == 49.75


def test_nothing_where_the_canary_got_no_request() -> None:
    others = [each for each in SERIES if each[1]["envoy_cluster_name"] != "shop_shop-cart-canary_80"]
    assert asked(CANARY, "request-success-rate", others) is None
    assert asked(CANARY, "request-duration", others) is None
