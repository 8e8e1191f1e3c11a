"""AWS App Mesh, in the two versions of its API that Flagger knows: weighted virtual nodes behind a virtual service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading, refusals
from canarytui.domain.traffic.provider import Entrance, Reached, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, PODS, BuiltinQueries, envoy_requests, p99, ratio
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

GROUP = "appmesh.k8s.aws"
VIRTUAL_NODES = Resource(GROUP, "v1beta1", "virtualnodes", "VirtualNode")
VIRTUAL_SERVICES = Resource(GROUP, "v1beta1", "virtualservices", "VirtualService")
VIRTUAL_NODES_V1BETA2 = Resource(GROUP, "v1beta2", "virtualnodes", "VirtualNode")
VIRTUAL_ROUTERS_V1BETA2 = Resource(GROUP, "v1beta2", "virtualrouters", "VirtualRouter")
VIRTUAL_SERVICES_V1BETA2 = Resource(GROUP, "v1beta2", "virtualservices", "VirtualService")
GATEWAY_ROUTES = Resource(GROUP, "v1beta2", "gatewayroutes", "GatewayRoute")

_NODE = refusals.by_conditions("VirtualNodeActive")
_SERVICE = refusals.by_conditions("VirtualServiceActive", "VirtualRouterActive", "RoutesActive")
"""The older API makes router and routes of the VirtualService."""
_ROUTER = refusals.by_conditions("VirtualRouterActive")
_GATEWAY = refusals.by_conditions("GatewayRouteActive")

GATEWAY = "gateway.appmesh.k8s.aws"
"""The prefix of the annotations by which Flagger's gateway exposes a VirtualService."""

_COUNTER = "envoy_cluster_upstream_rq"
_UPSTREAM = Upstream(False, "AWS announced its end for 30 September 2026.")
_QUERIES = BuiltinQueries(
    ratio(_COUNTER, PODS, 'envoy_response_code!~"5.*"'),
    p99(f"{_COUNTER}_time_bucket", PODS),
    primary=CANARY_WORKLOAD,
    requests=envoy_requests(PODS),
)


def node_of(target: KubernetesObject) -> str:
    """The virtual node of a weighted target, in either version; "" without one."""
    return as_text(target.get("virtualNodeName")) or as_text(as_mapping(target.get("virtualNodeRef")).get("name"))


def targets_of(route: KubernetesObject) -> list[KubernetesObject]:
    """The weighted targets of a route, in either version."""
    action = as_mapping(as_mapping(route.get("http") or route.get("httpRoute")).get("action"))
    return as_mappings(action.get("weightedTargets"))


def _backends(router: KubernetesObject) -> list[tuple[str, Any]]:
    """Of the first route: it has the live weights, and the last one of A/B testing leads to the primary alone."""
    routes = as_mappings(as_mapping(router.get("spec")).get("routes"))
    return [(node_of(each), each.get("weight", 0)) for each in targets_of(routes[0])] if routes else []


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    return reading.canary_percent(_backends(router), canary)


def _shares(router: KubernetesObject) -> str:
    return reading.phrase(reversed(_backends(router)))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    routes = [dict(each) for each in as_mappings(as_mapping(router.get("spec")).get("routes"))]
    if not routes:
        return None
    targets = reading.reweighted(targets_of(routes[0]), node_of, reading.sides(canary, primary, other))
    if targets is None:
        return None
    protocol = "http" if routes[0].get("http") else "httpRoute"
    route = as_mapping(routes[0][protocol])
    routes[0][protocol] = {**route, "action": {**as_mapping(route.get("action")), "weightedTargets": targets}}
    return {"spec": {"routes": routes}}


def _both_sides(canary: Canary) -> tuple[str, ...]:
    return canary.primary_service_name, canary.canary_service_name


def _all_three(canary: Canary) -> tuple[str, ...]:
    return (canary.apex_name, *_both_sides(canary))


def _entries(canary: Canary) -> tuple[str, ...]:
    """What users call, and what leads to the canary alone."""
    return canary.apex_name, canary.canary_service_name


def _hosts(canary: Canary) -> tuple[str, ...]:
    """In v1beta1 a VirtualService is named like the host that it stands for."""
    return tuple(f"{name}.{canary.namespace}" for name in _entries(canary))


def _exposed(service: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    """A VirtualService as a whole: the hosts at the gateway, then its own in the mesh."""
    metadata = as_mapping(service.get("metadata"))
    name = as_text(metadata.get("name")).partition(".")[0]
    if not {name, f"{name}-canary"} <= names:
        return []
    domains = as_text(as_mapping(metadata.get("annotations")).get(f"{GATEWAY}/domain"))
    hosts = [host.strip() for host in domains.split(",") if host.strip()]
    if as_text(metadata.get("namespace")):
        hosts.append(f"{name}.{metadata['namespace']}")
    return [Reached(host) for host in hosts]


def _routed(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    """A GatewayRoute, which leads from a virtual gateway to a VirtualService."""
    found = []
    for field in ("httpRoute", "http2Route"):
        route = as_mapping(spec.get(field))
        target = as_mapping(as_mapping(route.get("action")).get("target"))
        service = as_mapping(as_mapping(target.get("virtualService")).get("virtualServiceRef"))
        match = as_mapping(route.get("match"))
        host = as_text(as_mapping(match.get("hostname")).get("exact"))
        if host and as_text(service.get("name")) in names:
            found.append(Reached(host, as_text(match.get("prefix")).rstrip("/")))
    return found


def _provider(
    name: str,
    title: str,
    split: RoutingObject,
    companions: tuple[RoutingObject, ...],
    entrances: tuple[Entrance, ...],
) -> TrafficProvider:
    return TrafficProvider(
        name,
        title,
        _UPSTREAM,
        _QUERIES,
        Split(split, _canary_percent, _shares, _reweighted),
        companions=companions,
        entrances=entrances,
        matches=True,
        namespaces=("appmesh-system",),
        successor="Move to another mesh, or to gatewayapi:v1 behind a gateway.",
        routed_first=True,
        observes_services=True,
    )


V1BETA1 = _provider(
    "appmesh",
    "AWS App Mesh",
    RoutingObject(VIRTUAL_SERVICES, _hosts, refusals=_SERVICE),
    (RoutingObject(VIRTUAL_NODES, _all_three, refusals=_NODE),),
    (Entrance((VIRTUAL_SERVICES,), _exposed, whole=True, refusals=_SERVICE),),
)
V1BETA2 = _provider(
    "appmesh:v1beta2",
    "AWS App Mesh v1beta2",
    RoutingObject(VIRTUAL_ROUTERS_V1BETA2, _entries, refusals=_ROUTER),
    (
        RoutingObject(VIRTUAL_NODES_V1BETA2, _both_sides, refusals=_NODE),
        RoutingObject(VIRTUAL_SERVICES_V1BETA2, _entries, refusals=_SERVICE),
    ),
    (
        Entrance((GATEWAY_ROUTES,), _routed, refusals=_GATEWAY),
        Entrance((VIRTUAL_SERVICES_V1BETA2,), _exposed, whole=True, refusals=_SERVICE),
    ),
)
