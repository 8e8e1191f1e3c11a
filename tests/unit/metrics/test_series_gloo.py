"""Gloo's built-in checks on series as its Envoy exports them."""

from __future__ import annotations

from envoy_series import upstream
from exported_series import Series, asked, measured_canary

from canarytui.domain.traffic.gloo import upstream_names
from canarytui.metrics.check_queries import QuerySource, check_query

CANARY = measured_canary("gloo")
PRIMARY_UPSTREAM, CANARY_UPSTREAM = upstream_names(CANARY)
SERIES: list[Series] = [
    *upstream(f"{CANARY_UPSTREAM}_shop", {"200": 19.0, "500": 1.0}, within_ms="500"),
    *upstream(f"{PRIMARY_UPSTREAM}_shop", {"200": 40.0}, within_ms="25"),
    *upstream("shop-cart-canaryupstream-80_shop", {"500": 100.0}, within_ms="5000"),
]
"""Gloo calls a cluster UPSTREAM_NAMESPACE: those of the Upstreams that the router makes."""


def test_the_canarys_success_rate_and_duration_in_milliseconds() -> None:
    assert asked(CANARY, "request-success-rate", SERIES) == 95.0
    assert asked(CANARY, "request-duration", SERIES) == 497.5


def test_the_primarys() -> None:
    assert asked(CANARY, "request-success-rate", SERIES, of_primary=True) == 100.0
    assert asked(CANARY, "request-duration", SERIES, of_primary=True) == 24.85


def test_a_service_as_target_is_measured_the_same_way() -> None:
    service = measured_canary("gloo", targetRef={"apiVersion": "v1", "kind": "Service", "name": "cart"})
    assert asked(service, "request-success-rate", SERIES) == 95.0
    assert asked(service, "request-success-rate", SERIES, of_primary=True) == 100.0


def test_flagger_looks_for_the_targets_name() -> None:
    [rate, _] = CANARY.spec.analysis.metrics
    asked_for = check_query(QuerySource.BUILTIN, CANARY, rate, strict=True).text
    assert '"shop-cart-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"' in asked_for
