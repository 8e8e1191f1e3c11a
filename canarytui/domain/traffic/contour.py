"""Contour: an HTTPProxy with weighted Services; the user's root HTTPProxy, which has the host, includes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading, refusals
from canarytui.domain.traffic.provider import Entrance, Reached, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import envoy
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

HTTP_PROXIES = Resource("projectcontour.io", "v1", "httpproxies", "HTTPProxy")
_REFUSALS = refusals.by_conditions("Valid")
"""An HTTPProxy that no root includes is invalid, too."""


def _backends(router: KubernetesObject) -> list[tuple[str, Any]]:
    """Of the first route, which is split; the one behind it serves who matches nothing. A missing weight is 0."""
    services = reading.first(as_mapping(router.get("spec")).get("routes"), "services")
    return [(as_text(each.get("name")), each.get("weight", 0)) for each in services]


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    return reading.canary_percent(_backends(router), canary)


def _shares(router: KubernetesObject) -> str:
    return reading.phrase(_backends(router))


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    """A root HTTPProxy leads to what it includes, and to the Services of its own routes."""
    virtual_host = as_mapping(spec.get("virtualhost"))
    host, tls = as_text(virtual_host.get("fqdn")), "tls" in virtual_host
    leading = [each for each in as_mappings(spec.get("includes")) if as_text(each.get("name")) in names]
    leading += [
        route
        for route in as_mappings(spec.get("routes"))
        if any(as_text(service.get("name")) in names for service in as_mappings(route.get("services")))
    ]
    return [Reached(host, _prefix(each), tls) for each in leading] if host else []


def _prefix(part: KubernetesObject) -> str:
    conditions = as_mappings(part.get("conditions"))
    return next((as_text(each["prefix"]) for each in conditions if "prefix" in each), "").rstrip("/")


def _name(service: KubernetesObject) -> str:
    return as_text(service.get("name"))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    routes = [dict(each) for each in as_mappings(as_mapping(router.get("spec")).get("routes"))]
    split = next((route for route in routes if route.get("services")), {})
    services = reading.reweighted(split.get("services"), _name, reading.sides(canary, primary, other))
    if services is None:
        return None
    split["services"] = services
    return {"spec": {"routes": routes}}


PROVIDER = TrafficProvider(
    "contour",
    "Contour",
    Upstream(True, "It was last changed in August 2026."),
    envoy('envoy_cluster_name=~"<NS>_<SERVICE>-canary_[0-9a-zA-Z-]+"', primary=("-canary_", "-primary_")),
    Split(RoutingObject(HTTP_PROXIES, reading.apex_name, refusals=_REFUSALS), _canary_percent, _shares, _reweighted),
    counted_at_gateway=True,
    entrances=(Entrance((HTTP_PROXIES,), _reached, refusals=_REFUSALS),),
    matches=True,
    namespaces=("projectcontour",),
)
