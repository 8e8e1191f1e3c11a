"""The Gateway API: an HTTPRoute whose backends are weighted, in the two versions that Flagger knows, or a GRPCRoute.

Flagger has no GRPCRoutes, and its schema for canaries no name for such a provider: an annotation of the canary asks for
one. ``service.appProtocol: grpc`` does not, because canaries with that have HTTPRoutes today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading, refusals
from canarytui.domain.traffic.provider import (
    READ,
    BackendReference,
    Entrance,
    Reached,
    RoutingObject,
    Split,
    TrafficProvider,
    Upstream,
)
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, PODS, BuiltinQueries, RequestSeries, p99, pods, ratio
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

GROUP = "gateway.networking.k8s.io"
HTTP_ROUTES = Resource(GROUP, "v1", "httproutes", "HTTPRoute")
HTTP_ROUTES_V1BETA1 = Resource(GROUP, "v1beta1", "httproutes", "HTTPRoute")
GRPC_ROUTES = Resource(GROUP, "v1", "grpcroutes", "GRPCRoute")
_REFUSALS = refusals.by_parents("Accepted", "ResolvedRefs")
ROUTE_ANNOTATION = "canarytui.io/route"
"""Of a canary: the kind of route that it wants."""
ROUTE_KINDS = (HTTP_ROUTES.kind, GRPC_ROUTES.kind)

_NEEDS = ("spec.service.gatewayRefs",)
_GRPC_FAILURES = "Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"
"""The codes that are the server's fault; the others are the caller's, as 4xx are of HTTP."""


def route_kind(canary: Canary) -> str:
    """The kind of route that the canary's annotation names; "" without it."""
    annotations = as_mapping(as_mapping(canary.raw.get("metadata")).get("annotations"))
    return as_text(annotations.get(ROUTE_ANNOTATION))


def _no_names(_: Canary) -> tuple[str, ...]:
    return ()


def _backends(rule: KubernetesObject) -> list[tuple[str, Any]]:
    backends = as_mappings(rule.get("backendRefs"))
    return [(as_text(each.get("name")), each.get("weight", 1)) for each in backends]


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    rules = as_mappings(as_mapping(router.get("spec")).get("rules"))
    return reading.canary_percent_of_rules(map(_backends, rules), canary)


def _shares(router: KubernetesObject) -> str:
    backends = reading.first(as_mapping(router.get("spec")).get("rules"), "backendRefs")
    return reading.phrase((each.get("name"), each.get("weight", 1)) for each in backends)


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    leads = any(
        as_text(backend.get("name")) in names
        for rule in as_mappings(spec.get("rules"))
        for backend in as_mappings(rule.get("backendRefs"))
    )
    return [Reached(host) for host in as_texts(spec.get("hostnames"))] if leads else []


def _references(spec: KubernetesObject) -> list[BackendReference]:
    return [
        BackendReference(
            as_text(backend.get("kind")) or "Service",
            as_text(backend.get("name")),
            f"spec.rules[{i}].backendRefs[{j}]",
            as_text(backend.get("namespace")),
        )
        for i, rule in enumerate(as_mappings(spec.get("rules")))
        for j, backend in enumerate(as_mappings(rule.get("backendRefs")))
    ]


def _name(backend: KubernetesObject) -> str:
    return as_text(backend.get("name"))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    rules = as_mapping(router.get("spec")).get("rules")
    changed = reading.reweighted_rules(rules, "backendRefs", _name, reading.sides(canary, primary, other))
    return None if changed is None else {"spec": {"rules": changed}}


def _provider(name: str, title: str, routes: Resource, upstream: Upstream) -> TrafficProvider:
    return TrafficProvider(
        name,
        title,
        upstream,
        pods(),
        Split(RoutingObject(routes, reading.apex_name, refusals=_REFUSALS), _canary_percent, _shares, _reweighted),
        entrances=(Entrance((routes,), _reached, backends=_references, refusals=_REFUSALS),),
        matches=True,
        mirrors=True,
        mirrors_in_steps=False,
        keeps_sessions=True,
        observes_services=True,
        needs=_NEEDS,
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
GRPC = TrafficProvider(
    "gatewayapi:grpc",
    "Gateway API, GRPCRoute",
    Upstream(True, "GRPCRoute has been in the standard channel since 1.1 (May 2024)."),
    BuiltinQueries(
        ratio("grpc_server_handled_total", PODS, f'grpc_code!~"{_GRPC_FAILURES}"'),
        p99("grpc_server_handling_seconds_bucket", PODS),
        duration_factor=1000.0,
        primary=CANARY_WORKLOAD,
        requests=RequestSeries(
            "grpc_server_handled_total",
            PODS,
            "grpc_code",
            ("grpc_code", _GRPC_FAILURES),
            bucket="grpc_server_handling_seconds_bucket",
            bucket_selector=PODS,
            bucket_ms=1000.0,
        ),
    ),
    # Flagger, and our controller in strict mode, write an HTTPRoute whatever the annotation says.
    Split(
        RoutingObject(GRPC_ROUTES, reading.apex_name, refusals=_REFUSALS),
        _canary_percent,
        _shares,
        _reweighted,
        older=(HTTP_ROUTES,),
    ),
    # An HTTPRoute that the canary had before is looked for.
    companions=(RoutingObject(HTTP_ROUTES, _no_names, READ, _REFUSALS),),
    entrances=(Entrance((GRPC_ROUTES,), _reached, backends=_references, refusals=_REFUSALS),),
    matches=True,
    mirrors=True,
    needs=_NEEDS,
)
