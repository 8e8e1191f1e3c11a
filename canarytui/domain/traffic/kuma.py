"""Kuma: a TrafficRoute, which has no namespace; a MeshGatewayRoute of the user's leads to the Service.

Kuma calls a Service ``NAME_NAMESPACE_svc_PORT``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import ingresses, reading
from canarytui.domain.traffic.provider import (
    WRITTEN,
    Entrance,
    Object,
    Reached,
    RoutingObject,
    Split,
    TrafficProvider,
    Upstream,
)
from canarytui.domain.traffic.queries import envoy

if TYPE_CHECKING:
    from canarytui.domain.canary import Canary

TRAFFIC_ROUTES = Resource("kuma.io", "v1alpha1", "trafficroutes", "TrafficRoute", namespaced=False)
MESH_GATEWAY_ROUTES = Resource("kuma.io", "v1alpha1", "meshgatewayroutes", "MeshGatewayRoute", namespaced=False)
SERVICE_TAG = "kuma.io/service"
MESH_ANNOTATION = "kuma.io/mesh"


def service_tag(destination: object) -> str:
    """What a destination or a match calls its Service: ``NAME_NAMESPACE_svc_PORT``; "" without it."""
    return reading.text(reading.mapping(destination).get(SERVICE_TAG))


def parts(router: Object) -> list[Object]:
    """The parts into which a TrafficRoute splits traffic, as they are."""
    conf = reading.mapping(reading.mapping(router.get("spec")).get("conf"))
    return reading.objects(conf.get("split"))


def _canary_percent(router: Object, canary: Canary) -> int | None:
    # One of the same name may be another namespace's.
    suffix = f"_{canary.namespace}_svc_"
    found = []
    for each in parts(router):
        name, ours, _ = service_tag(each.get("destination")).partition(suffix)
        found.append((name if ours else "", each.get("weight", 0)))
    return reading.canary_percent(found, canary)


def _shares(router: Object) -> str:
    named = ((service_tag(each.get("destination")).partition("_")[0], each.get("weight", 0)) for each in parts(router))
    return reading.phrase(named)


def _reached(spec: Object, names: frozenset[str]) -> list[Reached]:
    http = reading.mapping(reading.mapping(spec.get("conf")).get("http"))
    prefixes: list[str] = []
    for rule in reading.objects(http.get("rules")):
        tags = [service_tag(backend.get("destination")).split("_") for backend in reading.objects(rule.get("backends"))]
        if any(".".join(tag[:2]) in names for tag in tags):
            prefixes += _prefixes(rule) or [""]
    return [Reached(host, prefix) for host in reading.texts(http.get("hostnames")) for prefix in prefixes]


def _prefixes(rule: Object) -> list[str]:
    paths = [reading.mapping(match.get("path")) for match in reading.objects(rule.get("matches"))]
    return [reading.text(path.get("value")).rstrip("/") for path in paths if path.get("match") == "PREFIX"]


PROVIDER = TrafficProvider(
    "kuma",
    "Kuma",
    Upstream(False, "Kuma 3.0 removed the TrafficRoute that Flagger writes (November 2026)."),
    envoy('service=~"<ROUTED>-canary_<NS>_svc_[0-9a-zA-Z-]+"', primary=("-canary_", "-primary_")),
    # No owner can be named for an object without a namespace: the router deletes it.
    Split(RoutingObject(TRAFFIC_ROUTES, reading.apex_name, verbs=(*WRITTEN, "delete")), _canary_percent, _shares),
    entrances=(ingresses.ENTRANCE, Entrance((MESH_GATEWAY_ROUTES,), _reached)),
    namespaces=("kuma-system",),
)
