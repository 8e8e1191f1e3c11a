"""Gloo Edge: a RouteTable with weighted Upstreams; a VirtualService of the user's delegates to it.

Gloo's VirtualService shares its kind with Istio's; the group tells them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading, refusals
from canarytui.domain.traffic.provider import Entrance, Reached, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import envoy
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

ROUTE_TABLES = Resource("gateway.solo.io", "v1", "routetables", "RouteTable")
UPSTREAMS = Resource("gloo.solo.io", "v1", "upstreams", "Upstream")
VIRTUAL_SERVICES = Resource("gateway.solo.io", "v1", "virtualservices", "VirtualService")


def upstream_names(canary: Canary) -> tuple[str, str]:
    """Of the Upstreams that stand for the primary's and the canary's Service."""
    port = canary.spec.service.port
    primary, other = _stems(canary)
    return f"{primary}{port}", f"{other}{port}"


def _stems(canary: Canary) -> tuple[str, str]:
    """The names without the port, which a change of the canary changes."""
    stem = f"{canary.namespace}-{canary.apex_name}"
    return f"{stem}-primaryupstream-", f"{stem}-canaryupstream-"


def weights_of(spec: KubernetesObject) -> list[tuple[str, Any]]:
    """(Upstream, weight) of the first route, which is the one that is split. A missing weight is 0."""
    routes = as_mappings(spec.get("routes"))
    multi = as_mapping(as_mapping(routes[0].get("routeAction")).get("multi")) if routes else {}
    return [
        (as_text(_upstream(each).get("name")), each.get("weight", 0)) for each in as_mappings(multi.get("destinations"))
    ]


def by_service(canary: Canary, backends: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The same with the names of the Services that the Upstreams stand for."""
    services = (canary.primary_service_name, canary.canary_service_name)
    sides = dict(zip(_stems(canary), services, strict=True))
    return [
        (next((service for stem, service in sides.items() if name.startswith(stem)), name), weight)
        for name, weight in backends
    ]


def _upstream(destination: KubernetesObject) -> KubernetesObject:
    return as_mapping(as_mapping(destination.get("destination")).get("upstream"))


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    return reading.canary_percent(by_service(canary, weights_of(as_mapping(router.get("spec")))), canary)


def _shares(router: KubernetesObject) -> str:
    return reading.phrase(weights_of(as_mapping(router.get("spec"))))


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    virtual_host = as_mapping(spec.get("virtualHost"))
    hosts = as_texts(virtual_host.get("domains"))
    found = []
    for route in as_mappings(virtual_host.get("routes")):
        delegate = as_mapping(route.get("delegateAction"))
        # Older releases have the name beside, not inside, of `ref`.
        led = (as_mapping(delegate.get("ref")).get("name"), delegate.get("name"))
        if not names.isdisjoint(map(as_text, led)):
            found += [Reached(host, _prefix(route), "sslConfig" in spec) for host in hosts]
    return found


def _prefix(route: KubernetesObject) -> str:
    matchers = as_mappings(route.get("matchers"))
    return next((as_text(each["prefix"]) for each in matchers if "prefix" in each), "").rstrip("/")


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    routes = [dict(each) for each in as_mappings(as_mapping(router.get("spec")).get("routes"))]
    if not routes:
        return None
    action = as_mapping(routes[0].get("routeAction"))
    multi = as_mapping(action.get("multi"))

    def name(destination: KubernetesObject) -> str:
        [(service, _)] = by_service(canary, [(as_text(_upstream(destination).get("name")), None)])
        return service

    destinations = reading.reweighted(multi.get("destinations"), name, reading.sides(canary, primary, other))
    if destinations is None:
        return None
    routes[0]["routeAction"] = {**action, "multi": {**multi, "destinations": destinations}}
    return {"spec": {"routes": routes}}


PROVIDER = TrafficProvider(
    "gloo",
    "Gloo Edge",
    Upstream(True, "1.19 to 1.22 get fixes; its successor speaks the Gateway API (November 2026)."),
    envoy(
        'envoy_cluster_name=~"<NS>-<ROUTED>-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"',
        primary=("-canaryupstream-", "-primaryupstream-"),
    ),
    Split(
        RoutingObject(ROUTE_TABLES, reading.apex_name, refusals=refusals.by_reporters),
        _canary_percent,
        _shares,
        _reweighted,
    ),
    companions=(RoutingObject(UPSTREAMS, upstream_names, refusals=refusals.by_reporters),),
    counted_at_gateway=True,
    entrances=(Entrance((VIRTUAL_SERVICES,), _reached, refusals=refusals.by_reporters),),
    matches=True,
    namespaces=("gloo-system",),
    observes_services=True,
)
