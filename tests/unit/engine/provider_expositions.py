"""What each traffic provider's exporter writes on ``/metrics`` of the canary cart in shop, whose Service is shop-cart.

Names and labels are each exporter's own; so is the unit of its histograms. The traffic is the same everywhere: ten
requests a second to the canary, of which one fails, forty to the primary, and to others that must not be counted, of
which all fail. The canary answers within 100 to 250 ms, the primary within 25 to 50, the others within a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field
from promql_samples import Exposition

from canarytui.domain.spec.canary import Canary

CANARY, PRIMARY, OTHER = "canary", "primary", "other"
BOUNDS_MS = (5, 25, 50, 100, 250, 1000, 60000)


class Traffic(NamedTuple):
    """Requests a second, which part of them fails, and between which milliseconds all are answered."""

    rate: float
    failing: float
    over_ms: int
    within_ms: int

    @property
    def mean_s(self) -> float:
        return (self.over_ms + self.within_ms) / 2000


TRAFFIC = {CANARY: Traffic(10, 0.1, 100, 250), PRIMARY: Traffic(40, 0, 25, 50), OTHER: Traffic(90, 1, 1000, 60000)}
RATE_PERCENT = {CANARY: 90.0, PRIMARY: 100.0}
P99_MS = {CANARY: 248.5, PRIMARY: 49.75}
MEAN_MS = {CANARY: 175.0, PRIMARY: 37.5}


class Exporter(Struct, frozen=True):
    """Templates of lines without their values.

    Attributes:
        series: side by (side, index): what ``{name}`` is in the templates, in each of a side's series.
        counter: counts requests by ``{code}``; "" where the histogram does.
        bucket: of the histogram, with ``{le}``.
        summed: of its sum and count, with ``{part}``, for providers that take the mean.
        good: the code of what succeeds, `bad` of what fails; some exporters classify (``{verdict}``).
        seconds: the histogram's bounds are in seconds.
        pods: ``{name}`` is a pod, which the scrape adds as labels; `namespaces` are theirs.
        spec: of a canary that is measured so.
    """

    series: Mapping[str, tuple[str, ...]]
    counter: str = ""
    bucket: str = ""
    summed: str = ""
    good: str = "200"
    bad: str = "503"
    seconds: bool = False
    pods: bool = False
    spec: Mapping[str, Any] = field(default_factory=dict)
    router: Mapping[str, Any] | None = None

    def exporters(self) -> list[tuple[Exposition, dict[str, str]]]:
        """As :func:`promql_samples.answer` takes them: one, or each pod by itself."""
        if not self.pods:
            return [(lambda after_s: "\n".join(self._lines(after_s)), {})]
        return [
            (
                lambda after_s, name=name: "\n".join(self._lines(after_s, name)),
                {"kubernetes_namespace": name.partition("/")[0], "kubernetes_pod_name": name.partition("/")[2]},
            )
            for names in self.series.values()
            for name in names
        ]

    def _lines(self, after_s: int, only: str = "") -> Iterator[str]:
        for side, names in self.series.items():
            traffic = TRAFFIC[side]
            for name in (each for each in names if only in ("", each)):
                for code, verdict, part in (
                    (self.good, "success", 1 - traffic.failing),
                    (self.bad, "failure", traffic.failing),
                ):
                    count = traffic.rate / len(names) * after_s * part
                    given = {"name": name, "code": code, "verdict": verdict}
                    if self.counter:
                        yield f"{self.counter.format(**given)} {count}"
                    if "{code}" in self.bucket + self.summed:
                        yield from self._durations(given, traffic, count)
                if "{code}" not in self.bucket + self.summed:
                    yield from self._durations({"name": name}, traffic, traffic.rate / len(names) * after_s)

    def _durations(self, given: Mapping[str, str], traffic: Traffic, count: float) -> Iterator[str]:
        if self.bucket:
            for bound in BOUNDS_MS:
                le = f"{bound / 1000:g}" if self.seconds else str(bound)
                yield f"{self.bucket.format(**given, le=le)} {count if bound >= traffic.within_ms else 0}"
            yield f"{self.bucket.format(**given, le='+Inf')} {count}"
        if self.summed:
            yield f"{self.summed.format(**given, part='sum')} {count * traffic.mean_s}"
            yield f"{self.summed.format(**given, part='count')} {count}"


def _sides(canary: str | tuple[str, ...], primary: str, *others: str) -> dict[str, tuple[str, ...]]:
    return {CANARY: (canary,) if isinstance(canary, str) else canary, PRIMARY: (primary,), OTHER: others}


_PODS = _sides(
    ("shop/cart-6d5b5b698f-abcde", "shop/cart-6d5b5b698f-fghij"),
    "shop/cart-primary-7f9c4d5c9b-klmno",
    "other/cart-6d5b5b698f-abcde",
    "shop/cartography-6d5b5b698f-abcde",
)


def _envoy(series: Mapping[str, tuple[str, ...]], labels: str, **more: Any) -> Exporter:
    return Exporter(
        series,
        counter=f'envoy_cluster_upstream_rq{{{{envoy_response_code="{{code}}",{labels}}}}}',
        bucket=f'envoy_cluster_upstream_rq_time_bucket{{{{{labels},le="{{le}}"}}}}',
        **more,
    )


_TRAEFIK = Exporter(
    _sides(
        "shop-shop-cart-canary-80@kubernetescrd",
        "shop-shop-cart-primary-80@kubernetescrd",
        "other-shop-cart-canary-80@kubernetescrd",
        "shop-shop-cart-80@kubernetescrd",
    ),
    bucket='traefik_service_request_duration_seconds_bucket{{code="{code}",method="GET",protocol="http",'
    'service="{name}",le="{le}"}}',
    seconds=True,
)
_WORKLOADS = _sides("cart", "cart-primary", "cart-2")
_ISTIO = Exporter(
    _WORKLOADS,
    counter='istio_requests_total{{reporter="destination",source_workload="front",destination_workload="{name}",'
    'destination_workload_namespace="shop",request_protocol="http",response_code="{code}",response_flags="-"}}',
    bucket='istio_request_duration_milliseconds_bucket{{reporter="destination",destination_workload="{name}",'
    'destination_workload_namespace="shop",response_code="{code}",le="{le}"}}',
)
_NGINX_LABELS = (
    'controller_class="k8s.io/ingress-nginx",controller_namespace="ingress-nginx",controller_pod="c-0",'
    'host="shop.example.com",method="GET",path="/",service="shop-cart-primary",status="{code}",{name}'
)
_INGRESS = {"ingressRef": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}}
_NGINX = Exporter(
    _sides(
        'namespace="shop",ingress="front",canary="shop-shop-cart-canary-80"',
        'namespace="shop",ingress="front",canary=""',
        'namespace="other",ingress="front",canary="other-cart-canary-80"',
        'namespace="shop",ingress="back",canary=""',
    ),
    counter=f"nginx_ingress_controller_requests{{{{{_NGINX_LABELS}}}}}",
    summed=f"nginx_ingress_controller_response_duration_seconds_{{part}}{{{{{_NGINX_LABELS}}}}}",
    spec=_INGRESS,
)
_POD_HTTP = Exporter(
    _PODS,
    counter='http_request_duration_seconds_count{{method="GET",path="root",status="{code}"}}',
    bucket='http_request_duration_seconds_bucket{{method="GET",path="root",status="{code}",le="{le}"}}',
    seconds=True,
    pods=True,
)
_GRPC_LABELS = 'grpc_method="Get",grpc_service="shop.Cart",grpc_type="unary"'
_POD_GRPC = Exporter(
    _PODS,
    counter=f'grpc_server_handled_total{{{{grpc_code="{{code}}",{_GRPC_LABELS}}}}}',
    bucket=f'grpc_server_handling_seconds_bucket{{{{{_GRPC_LABELS},le="{{le}}"}}}}',
    good="OK",
    bad="Unavailable",
    seconds=True,
    pods=True,
)
_SKIPPER_LABELS = 'code="{code}",method="GET",route="kube_shop__front{name}"'
_SKIPPER = Exporter(
    _sides(
        "_canary__shop_example_com____shop_cart_canary",
        "_canary__shop_example_com____shop_cart_primary",
        "__shop_example_com____shop_cart",
    ),
    bucket=f'skipper_response_duration_seconds_bucket{{{{{_SKIPPER_LABELS},le="{{le}}"}}}}',
    summed=f"skipper_serve_route_duration_seconds_{{part}}{{{{{_SKIPPER_LABELS}}}}}",
    seconds=True,
    spec=_INGRESS,
)
_APISIX = Exporter(
    # One route holds both backends.
    {CANARY: ("shop_front-shop-cart-canary_main",), OTHER: ("shop_front_main",)},
    counter='apisix_http_status{{code="{code}",route="{name}",matched_uri="/*",matched_host="shop.example.com",'
    'service="",consumer="",node="10.0.0.1"}}',
    bucket='apisix_http_latency_bucket{{type="request",route="{name}",service="",consumer="",node="10.0.0.1",'
    'le="{le}"}}',
    spec={"routeRef": {"apiVersion": "apisix.apache.org/v2", "kind": "ApisixRoute", "name": "front"}},
)
_LINKERD = Exporter(
    _WORKLOADS,
    counter='response_total{{namespace="shop",deployment="{name}",direction="inbound",tls="true",'
    'classification="{verdict}",status_code="{code}"}}',
    bucket='response_latency_ms_bucket{{namespace="shop",deployment="{name}",direction="inbound",tls="true",'
    'status_code="{code}",le="{le}"}}',
)
_OSM_LABELS = 'destination_namespace="shop",destination_kind="Deployment",destination_name="{name}"'
_OSM = Exporter(
    _WORKLOADS,
    counter=f'osm_request_total{{{{source_name="front",{_OSM_LABELS},response_code="{{code}}"}}}}',
    bucket=f'osm_request_duration_ms_bucket{{{{source_name="front",{_OSM_LABELS},le="{{le}}"}}}}',
)
_KUMA = _envoy(
    _sides("shop-cart-canary_shop_svc_80", "shop-cart-primary_shop_svc_80", "shop-cart-canary_other_svc_80"),
    'mesh="default",service="{name}",envoy_cluster_name="localhost_9898"',
)
_CONTOUR = _envoy(
    _sides("shop_shop-cart-canary_80", "shop_shop-cart-primary_80", "other_shop-cart-canary_80"),
    'envoy_cluster_name="{name}"',
)
_GLOO = _envoy(
    _sides(
        "shop-shop-cart-canaryupstream-80_shop", "shop-shop-cart-primaryupstream-80_shop", "other-cart-canary-80_other"
    ),
    'envoy_cluster_name="{name}"',
)
_APPMESH = _envoy(_PODS, 'envoy_cluster_name="cds_ingress_global_cart_http_9898"', pods=True)
_KNATIVE = _envoy(
    _sides("shop/cart-00002", "shop/cart-00001", "other/cart-00002", "shop/cart-2-00002"),
    'envoy_cluster_name="{name}"',
    spec={"targetRef": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "cart"}},
    router={
        "metadata": {"annotations": {"flagger.app/primary-revision": "cart-00001"}},
        "status": {"latestCreatedRevisionName": "cart-00002"},
    },
)
EXPORTERS = {
    "traefik": _TRAEFIK,
    "istio": _ISTIO,
    "nginx": _NGINX,
    "gatewayapi:v1": _POD_HTTP,
    "gatewayapi:v1beta1": _POD_HTTP,
    "gatewayapi:grpc": _POD_GRPC,
    "kubernetes": _POD_HTTP,
    "contour": _CONTOUR,
    "skipper": _SKIPPER,
    "gloo": _GLOO,
    "apisix": _APISIX,
    "linkerd": _LINKERD,
    "kuma": _KUMA,
    "osm": _OSM,
    "smi:v1alpha1": _ISTIO,
    "smi:v1alpha2": _ISTIO,
    "smi:v1alpha3": _ISTIO,
    "appmesh": _APPMESH,
    "appmesh:v1beta2": _APPMESH,
    "knative": _KNATIVE,
}
"""By provider."""


def measured_canary(provider: str) -> Canary:
    """The canary that these series are of, with both built-in checks."""
    checks = [{"name": name, "interval": "1m"} for name in ("request-success-rate", "request-duration")]
    spec = {
        "provider": provider,
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
        "service": {"name": "shop-cart", "port": 80},
        "analysis": {"interval": "10s", "threshold": 3, "maxWeight": 50, "stepWeight": 25, "metrics": checks},
        **EXPORTERS[provider].spec,
    }
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})
