"""The texts of built-in queries: what each provider's series are called, and how the primary's are selected."""

from __future__ import annotations

import pytest

from canarytui.domain.traffic import queries, registry

_PODS = 'kubernetes_pod_name=~"<TARGET>-<PODS>"'
SERIES = {
    "traefik": ("traefik_service_request_duration_seconds_bucket", 'service=~"<NS>-<ROUTED>-canary-', "-primary-"),
    "istio": ("istio_requests_total", 'destination_workload=~"<TARGET>"', "<TARGET>-primary"),
    "nginx": ("nginx_ingress_controller_requests", 'ingress="<INGRESS>", canary!=""', 'canary=""'),
    "gatewayapi:v1": (
        "http_request_duration_seconds_count",
        'kubernetes_pod_name=~"<TARGET>-<PODS>"',
        "<TARGET>-primary",
    ),
    "gatewayapi:v1beta1": ("http_request_duration_seconds_count", _PODS, "<TARGET>-primary"),
    "gatewayapi:grpc": ("grpc_server_handled_total", _PODS, "<TARGET>-primary"),
    "kubernetes": ("http_request_duration_seconds_count", _PODS, "<TARGET>-primary"),
    "contour": ("envoy_cluster_upstream_rq", 'envoy_cluster_name=~"<NS>_<SERVICE>-canary_', "<SERVICE>-primary_"),
    "gloo": ("envoy_cluster_upstream_rq", '"<NS>-<ROUTED>-canaryupstream-', "-primaryupstream-"),
    "kuma": ("envoy_cluster_upstream_rq", 'service=~"<ROUTED>-canary_<NS>_svc_', "<ROUTED>-primary_"),
    "appmesh": ("envoy_cluster_upstream_rq", _PODS, "<TARGET>-primary"),
    "appmesh:v1beta2": ("envoy_cluster_upstream_rq", _PODS, "<TARGET>-primary"),
    "linkerd": ("response_total", 'namespace="<NS>", deployment=~"<TARGET>"', "<TARGET>-primary"),
    "osm": ("osm_request_total", 'destination_name="<TARGET>"', "<TARGET>-primary"),
    "smi:v1alpha1": ("istio_requests_total", 'destination_workload=~"<TARGET>"', "<TARGET>-primary"),
    "smi:v1alpha2": ("istio_requests_total", 'destination_workload=~"<TARGET>"', "<TARGET>-primary"),
    "smi:v1alpha3": ("istio_requests_total", 'destination_workload=~"<TARGET>"', "<TARGET>-primary"),
    "skipper": (
        "skipper_response_duration_seconds_bucket",
        "kube(ew)?_<W_NS>__<W_INGRESS>_canary__",
        "<W_SERVICE>_primary(_",
    ),
    "knative": ("envoy_cluster_upstream_rq", 'envoy_cluster_name=~"<NS>/<ROUTE>"', "<NS>/<PRIMARY_ROUTE>"),
    "apisix": ("apisix_http_status", 'route=~"<NS>_<ROUTE>-<ROUTED>-canary_.+"', None),
}


def test_every_provider_is_here() -> None:
    assert {each.name for each in registry.providers()} == SERIES.keys()


@pytest.mark.parametrize("name", SERIES)
def test_a_providers_series(name: str) -> None:
    record = registry.named(name)
    assert record is not None
    counter, selector, of_primary = SERIES[name]
    for query in (record.queries.success, record.queries.latency):
        assert selector in query
    assert record.queries.success.replace("( ", "(").startswith(f"sum(rate({counter}{{")
    assert record.queries.success.endswith(" * 100")
    assert record.queries.mean == (name in ("nginx", "skipper"))
    assert record.queries.mean == (not record.queries.latency.startswith("histogram_quantile( 0.99"))
    primary = record.queries.of_primary()
    if of_primary is None:
        assert primary is None
        return
    assert primary is not None
    for query, canary in ((primary.success, record.queries.success), (primary.latency, record.queries.latency)):
        assert of_primary in query
        assert query != canary
    assert primary.duration_factor == record.queries.duration_factor
    assert primary.of_primary() is None


def test_the_parts_of_queries() -> None:
    assert queries.ratio("c", "s", "h") == (
        "sum( rate( c{ s, h }[<INTERVAL>] ) ) / sum( rate( c{ s }[<INTERVAL>] ) ) * 100"
    )
    assert queries.p99("b", "s", scale=" * 1000") == (
        "histogram_quantile( 0.99, sum( rate( b{ s }[<INTERVAL>] ) ) by (le) ) * 1000"
    )
    assert queries.mean_ms("f", "s") == (
        "sum( rate( f_sum{ s }[<INTERVAL>] ) ) / sum( rate( f_count{ s }[<INTERVAL>] ) ) * 1000"
    )
    assert queries.pods().duration_factor == 1000.0
    assert queries.envoy("s", ("a", "b")).primary == ("a", "b")
