"""Kuma: a TrafficRoute, which has no namespace; a MeshGatewayRoute of the user's leads to the Service.

Kuma calls a Service ``NAME_NAMESPACE_svc_PORT``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import ingresses, reading
from canarytui.domain.traffic.provider import (
    WRITTEN,
    Entrance,
    Reached,
    RoutingObject,
    Split,
    TrafficProvider,
    Upstream,
)
from canarytui.domain.traffic.queries import envoy
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

TRAFFIC_ROUTES = Resource("kuma.io", "v1alpha1", "trafficroutes", "TrafficRoute", namespaced=False)
MESH_GATEWAY_ROUTES = Resource("kuma.io", "v1alpha1", "meshgatewayroutes", "MeshGatewayRoute", namespaced=False)
SERVICE_TAG = "kuma.io/service"
MESH_ANNOTATION = "kuma.io/mesh"


def service_tag(destination: object) -> str:
    """What a destination or a match calls its Service: ``NAME_NAMESPACE_svc_PORT``; "" without it."""
    return as_text(as_mapping(destination).get(SERVICE_TAG))


def parts(router: KubernetesObject) -> list[KubernetesObject]:
    """The parts into which a TrafficRoute splits traffic, as they are."""
    conf = as_mapping(as_mapping(router.get("spec")).get("conf"))
    return as_mappings(conf.get("split"))


def _service_of(part: KubernetesObject, canary: Canary) -> str:
    """The Service of a part; "" of another namespace's, which may have one of the same name."""
    name, ours, _ = service_tag(part.get("destination")).partition(f"_{canary.namespace}_svc_")
    return name if ours else ""


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    found = ((_service_of(each, canary), each.get("weight", 0)) for each in parts(router))
    return reading.canary_percent(found, canary)


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    weights = reading.sides(canary, primary, other)
    split = reading.reweighted(parts(router), lambda part: _service_of(part, canary), weights)
    return None if split is None else {"spec": {"conf": {"split": split}}}


def _shares(router: KubernetesObject) -> str:
    named = ((service_tag(each.get("destination")).partition("_")[0], each.get("weight", 0)) for each in parts(router))
    return reading.phrase(named)


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    http = as_mapping(as_mapping(spec.get("conf")).get("http"))
    prefixes: list[str] = []
    for rule in as_mappings(http.get("rules")):
        tags = [service_tag(backend.get("destination")).split("_") for backend in as_mappings(rule.get("backends"))]
        if any(".".join(tag[:2]) in names for tag in tags):
            prefixes += _prefixes(rule) or [""]
    return [Reached(host, prefix) for host in as_texts(http.get("hostnames")) for prefix in prefixes]


def _prefixes(rule: KubernetesObject) -> list[str]:
    paths = [as_mapping(match.get("path")) for match in as_mappings(rule.get("matches"))]
    return [as_text(path.get("value")).rstrip("/") for path in paths if path.get("match") == "PREFIX"]


PROVIDER = TrafficProvider(
    "kuma",
    "Kuma's TrafficRoute",
    Upstream(False, "Kuma 3.0 removed the TrafficRoute that Flagger writes (November 2026)."),
    envoy('service=~"<ROUTED>-canary_<NS>_svc_[0-9a-zA-Z-]+"', primary=("-canary_", "-primary_")),
    # No owner can be named for an object without a namespace: the router deletes it.
    Split(
        RoutingObject(TRAFFIC_ROUTES, reading.apex_name, verbs=(*WRITTEN, "delete")),
        _canary_percent,
        _shares,
        _reweighted,
    ),
    successor="Move to gatewayapi:v1, which Kuma implements.",
    entrances=(ingresses.ENTRANCE, Entrance((MESH_GATEWAY_ROUTES,), _reached)),
    namespaces=("kuma-system",),
)
