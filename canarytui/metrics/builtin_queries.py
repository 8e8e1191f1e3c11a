"""The PromQL of the two built-in checks, for each traffic provider, as Flagger's users know it.

Pure. The engine asks these queries; the console shows them and draws their history. ``success_rate`` is in
percent, ``duration`` in milliseconds (after :attr:`Observer.duration_factor`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SUCCESS_RATE = "request-success-rate"
DURATION = "request-duration"

PODS_OF_DEPLOYMENT = "[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"
PODS_OF_DAEMONSET = "[0-9a-zA-Z]+"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: the target's and the service's name, where, and the window (``1m``).

    `routed` is the name from which proxies make theirs for the canary's Service, "": the service's. `pods` matches
    the part of a pod's name that follows the target's.
    """

    namespace: str
    target: str
    service: str
    ingress: str
    route: str
    interval: str
    routed: str = ""
    pods: str = PODS_OF_DEPLOYMENT


@dataclass(frozen=True, slots=True)
class Observer:
    """One provider's queries, as templates of ``<subject fields>``; `duration_factor` makes milliseconds."""

    provider: str
    success: str
    latency: str
    duration_factor: float = 1.0

    def success_rate(self, subject: Subject) -> str:
        """Percent of the canary's requests that did not fail."""
        return _fill(self.success, subject)

    def duration(self, subject: Subject) -> str:
        """The canary's 99th percentile (nginx and skipper: mean) response time."""
        return _fill(self.latency, subject)


def _fill(query: str, subject: Subject) -> str:
    fields = {
        "NS": subject.namespace,
        "TARGET": subject.target,
        "SERVICE": subject.service,
        "INGRESS": subject.ingress,
        "ROUTE": subject.route,
        "ROUTED": subject.routed or subject.service,
        "PODS": subject.pods,
        "INTERVAL": subject.interval,
        "W_NS": _word(subject.namespace),
        "W_SERVICE": _word(subject.service),
        "W_INGRESS": _word(subject.ingress),
    }
    return re.sub(r"<([A-Z_]+)>", lambda field: fields[field[1]], query)


def _word(text: str) -> str:
    return re.sub(r"\W", "_", text)


def _ratio(counter: str, selector: str, healthy: str) -> str:
    return (
        f"sum( rate( {counter}{{ {selector}, {healthy} }}[<INTERVAL>] ) ) / "
        f"sum( rate( {counter}{{ {selector} }}[<INTERVAL>] ) ) * 100"
    )


def _p99(bucket: str, selector: str, *, scale: str = "") -> str:
    return f"histogram_quantile( 0.99, sum( rate( {bucket}{{ {selector} }}[<INTERVAL>] ) ) by (le) ){scale}"


def _mean(family: str, selector: str) -> str:
    return (
        f"sum( rate( {family}_sum{{ {selector} }}[<INTERVAL>] ) ) / "
        f"sum( rate( {family}_count{{ {selector} }}[<INTERVAL>] ) ) * 1000"
    )


def _envoy(provider: str, selector: str) -> Observer:
    return Observer(
        provider,
        _ratio("envoy_cluster_upstream_rq", selector, 'envoy_response_code!~"5.*"'),
        _p99("envoy_cluster_upstream_rq_time_bucket", selector),
    )


_PODS = 'kubernetes_namespace="<NS>", kubernetes_pod_name=~"<TARGET>-<PODS>"'
_TRAEFIK = 'service=~"<NS>-<ROUTED>-canary-[0-9a-zA-Z-]+@kubernetescrd"'
_ISTIO = 'reporter="destination", destination_workload_namespace="<NS>", destination_workload=~"<TARGET>"'
_LINKERD = 'namespace="<NS>", deployment=~"<TARGET>", direction="inbound"'
_NGINX = 'namespace="<NS>", ingress="<INGRESS>", canary!=""'
_SKIPPER = 'route=~"kube(ew)?_<W_NS>__<W_INGRESS>_canary__.*__<W_SERVICE>_canary(_[0-9]+)?"'
_OSM = 'destination_namespace="<NS>", destination_kind="Deployment", destination_name="<TARGET>"'
_APISIX = 'route=~"<NS>_<ROUTE>-<ROUTED>-canary_.+"'

_TRAEFIK_BUCKET = "traefik_service_request_duration_seconds_bucket"
_PLAIN = Observer(
    "kubernetes",
    _ratio("http_request_duration_seconds_count", _PODS, 'status!~"5.*"'),
    _p99("http_request_duration_seconds_bucket", _PODS),
    duration_factor=1000.0,
)

_OBSERVERS: dict[str, Observer] = {
    "traefik": Observer(
        "traefik",
        f'sum( rate( {_TRAEFIK_BUCKET}{{ {_TRAEFIK}, code!~"5..", le="+Inf" }}[<INTERVAL>] ) ) / '
        f'sum( rate( {_TRAEFIK_BUCKET}{{ {_TRAEFIK}, le="+Inf" }}[<INTERVAL>] ) ) * 100',
        _p99(_TRAEFIK_BUCKET, _TRAEFIK, scale=" * 1000"),
    ),
    "istio": Observer(
        "istio",
        _ratio("istio_requests_total", _ISTIO, 'response_code!~"5.*"'),
        _p99("istio_request_duration_milliseconds_bucket", _ISTIO),
    ),
    "linkerd": Observer(
        "linkerd",
        _ratio("response_total", _LINKERD, 'classification!="failure"'),
        _p99("response_latency_ms_bucket", _LINKERD),
    ),
    "kubernetes": _PLAIN,
    "gatewayapi": _PLAIN,
    "nginx": Observer(
        "nginx",
        _ratio("nginx_ingress_controller_requests", _NGINX, 'status!~"5.*"'),
        _mean("nginx_ingress_controller_response_duration_seconds", _NGINX),
    ),
    "skipper": Observer(
        "skipper",
        f'sum( rate( skipper_response_duration_seconds_bucket{{ {_SKIPPER}, code!~"5..", le="+Inf" }}'
        f"[<INTERVAL>] ) ) / sum( rate( skipper_response_duration_seconds_bucket{{ {_SKIPPER}, "
        f'le="+Inf" }}[<INTERVAL>] ) ) * 100',
        _mean("skipper_serve_route_duration_seconds", _SKIPPER),
    ),
    "appmesh": _envoy("appmesh", _PODS),
    "contour": _envoy("contour", 'envoy_cluster_name=~"<NS>_<SERVICE>-canary_[0-9a-zA-Z-]+"'),
    "gloo": _envoy("gloo", 'envoy_cluster_name=~"<NS>-<ROUTED>-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"'),
    "kuma": _envoy("kuma", 'service=~"<ROUTED>-canary_<NS>_svc_[0-9a-zA-Z-]+"'),
    "osm": Observer(
        "osm",
        _ratio("osm_request_total", _OSM, 'response_code!~"5.*"'),
        _p99("osm_request_duration_ms_bucket", _OSM),
    ),
    "apisix": Observer(
        "apisix",
        _ratio("apisix_http_status", _APISIX, 'code!~"5.."'),
        _p99("apisix_http_latency_bucket", f'type=~"request", {_APISIX}'),
    ),
}


def observer_for(provider: str) -> Observer:
    """The observer of a ``spec.provider`` value (``gatewayapi:v1``, ``traefik``); else Istio's."""
    return _OBSERVERS.get(provider.partition(":")[0], _OBSERVERS["istio"])
