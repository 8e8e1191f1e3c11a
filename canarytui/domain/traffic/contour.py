"""Contour: an HTTPProxy with weighted Services; the user's root HTTPProxy, which has the host, includes it."""

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
from canarytui.domain.traffic.queries import envoy

if TYPE_CHECKING:
    from canarytui.domain.canary import Canary

HTTP_PROXIES = Resource("projectcontour.io", "v1", "httpproxies", "HTTPProxy")


def _backends(router: Object) -> list[tuple[str, Any]]:
    """Of the first route, which is split; the one behind it serves who matches nothing. A missing weight is 0."""
    services = reading.first(reading.mapping(router.get("spec")).get("routes"), "services")
    return [(reading.text(each.get("name")), each.get("weight", 0)) for each in services]


def _canary_percent(router: Object, canary: Canary) -> int | None:
    return reading.canary_percent(_backends(router), canary)


def _shares(router: Object) -> str:
    return reading.phrase(_backends(router))


def _reached(spec: Object, names: frozenset[str]) -> list[Reached]:
    """A root HTTPProxy leads to what it includes, and to the Services of its own routes."""
    virtual_host = reading.mapping(spec.get("virtualhost"))
    host, tls = reading.text(virtual_host.get("fqdn")), "tls" in virtual_host
    leading = [each for each in reading.objects(spec.get("includes")) if reading.text(each.get("name")) in names]
    leading += [
        route
        for route in reading.objects(spec.get("routes"))
        if any(reading.text(service.get("name")) in names for service in reading.objects(route.get("services")))
    ]
    return [Reached(host, _prefix(each), tls) for each in leading] if host else []


def _prefix(part: Object) -> str:
    conditions = reading.objects(part.get("conditions"))
    return next((reading.text(each["prefix"]) for each in conditions if "prefix" in each), "").rstrip("/")


PROVIDER = TrafficProvider(
    "contour",
    "Contour",
    Upstream(True, "It was last changed in August 2026."),
    envoy('envoy_cluster_name=~"<NS>_<SERVICE>-canary_[0-9a-zA-Z-]+"', primary=("-canary_", "-primary_")),
    Split(RoutingObject(HTTP_PROXIES, reading.apex_name), _canary_percent, _shares),
    entrances=(Entrance((HTTP_PROXIES,), _reached),),
    matches=True,
    namespaces=("projectcontour",),
)
