"""The Gateway API: an HTTPRoute whose backends are weighted, in the two versions that Flagger knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading
from canarytui.domain.traffic.provider import (
    Entrance,
    Object,
    Reached,
    RoutingObject,
    Split,
    TrafficProvider,
    Upstream,
)
from canarytui.domain.traffic.queries import pods

if TYPE_CHECKING:
    from canarytui.domain.canary import Canary

GROUP = "gateway.networking.k8s.io"
HTTP_ROUTES = Resource(GROUP, "v1", "httproutes", "HTTPRoute")
HTTP_ROUTES_V1BETA1 = Resource(GROUP, "v1beta1", "httproutes", "HTTPRoute")
GRPC_ROUTES = Resource(GROUP, "v1", "grpcroutes", "GRPCRoute")


def _backends(rule: Object) -> list[tuple[str, Any]]:
    backends = reading.objects(rule.get("backendRefs"))
    return [(reading.text(each.get("name")), each.get("weight", 1)) for each in backends]


def _canary_percent(router: Object, canary: Canary) -> int | None:
    rules = reading.objects(reading.mapping(router.get("spec")).get("rules"))
    return reading.canary_percent_of_rules(map(_backends, rules), canary)


def _shares(router: Object) -> str:
    backends = reading.first(reading.mapping(router.get("spec")).get("rules"), "backendRefs")
    return reading.phrase((each.get("name"), each.get("weight", 1)) for each in backends)


def _reached(spec: Object, names: frozenset[str]) -> list[Reached]:
    leads = any(
        backend.get("name") in names
        for rule in reading.objects(spec.get("rules"))
        for backend in reading.objects(rule.get("backendRefs"))
    )
    return [Reached(host) for host in reading.texts(spec.get("hostnames"))] if leads else []


def _provider(name: str, title: str, routes: Resource, upstream: Upstream) -> TrafficProvider:
    return TrafficProvider(
        name,
        title,
        upstream,
        pods(),
        Split(RoutingObject(routes, reading.apex_name), _canary_percent, _shares),
        entrances=(Entrance((routes,), _reached),),
        matches=True,
        mirrors=True,
        keeps_sessions=True,
    )


V1 = _provider(
    "gatewayapi:v1",
    "Gateway API",
    HTTP_ROUTES,
    Upstream(True, "1.4 and 1.5 are current (November 2026)."),
)
V1BETA1 = _provider(
    "gatewayapi:v1beta1",
    "Gateway API v1beta1",
    HTTP_ROUTES_V1BETA1,
    Upstream(True, "It is still served, but superseded by v1 (November 2026)."),
)
