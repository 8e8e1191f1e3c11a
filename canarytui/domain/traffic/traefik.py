"""Traefik: a TraefikService with weighted Services; an IngressRoute of the user's leads to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading
from canarytui.domain.traffic.provider import (
    BackendReference,
    Entrance,
    Reached,
    RoutingObject,
    Split,
    TrafficProvider,
    Upstream,
)
from canarytui.domain.traffic.queries import BuiltinQueries, histogram_requests, p99
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

TRAEFIK_SERVICES = Resource("traefik.io", "v1alpha1", "traefikservices", "TraefikService")
INGRESS_ROUTES = Resource("traefik.io", "v1alpha1", "ingressroutes", "IngressRoute")
TRAEFIK_SERVICES_OLD = Resource("traefik.containo.us", "v1alpha1", "traefikservices", "TraefikService")
INGRESS_ROUTES_OLD = Resource("traefik.containo.us", "v1alpha1", "ingressroutes", "IngressRoute")

_HOST_RULE = re.compile(r"\bHost\(([^)]*)\)")
_PREFIX_RULE = re.compile(r"\bPathPrefix\(\s*[`'\"]([^`'\"]+)[`'\"]\s*\)")
_QUOTED = re.compile(r"[`'\"]([^`'\"]+)[`'\"]")

_SERIES = 'service=~"<NS>-<ROUTED>-canary-[0-9a-zA-Z-]+@kubernetescrd"'
_FAMILY = "traefik_service_request_duration_seconds"
_BUCKET = f"{_FAMILY}_bucket"


def _services(router: KubernetesObject) -> list[KubernetesObject]:
    return as_mappings(as_mapping(as_mapping(router.get("spec")).get("weighted")).get("services"))


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    # Flagger leaves the canary out when its weight is 0; Traefik takes a missing weight for 1.
    backends = ((as_text(each.get("name")), each.get("weight", 1)) for each in _services(router))
    return reading.canary_percent(backends, canary)


def _shares(router: KubernetesObject) -> str:
    return reading.phrase((each.get("name"), each.get("weight", 1)) for each in _services(router))


def _name(service: KubernetesObject) -> str:
    return as_text(service.get("name"))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    services = reading.reweighted(_services(router), _name, reading.sides(canary, primary, other))
    return None if services is None else {"spec": {"weighted": {"services": services}}}


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    found = []
    for rule in as_mappings(spec.get("routes")):
        if not any(as_text(service.get("name")) in names for service in as_mappings(rule.get("services"))):
            continue
        match = str(rule.get("match") or "")
        prefix = _PREFIX_RULE.search(match)
        path = prefix[1].rstrip("/") if prefix else ""
        for hosts in _HOST_RULE.findall(match):
            found += [Reached(host, path, "tls" in spec) for host in _QUOTED.findall(hosts)]
    return found


def _backends(spec: KubernetesObject) -> list[BackendReference]:
    return [
        BackendReference(
            as_text(service.get("kind")) or "Service",
            as_text(service.get("name")),
            f"spec.routes[{i}].services[{j}]",
            as_text(service.get("namespace")),
        )
        for i, rule in enumerate(as_mappings(spec.get("routes")))
        for j, service in enumerate(as_mappings(rule.get("services")))
    ]


PROVIDER = TrafficProvider(
    "traefik",
    "Traefik",
    Upstream(True, "3.7 is the current release (November 2026)."),
    BuiltinQueries(
        f'sum( rate( {_BUCKET}{{ {_SERIES}, code!~"5..", le="+Inf" }}[<INTERVAL>] ) ) / '
        f'sum( rate( {_BUCKET}{{ {_SERIES}, le="+Inf" }}[<INTERVAL>] ) ) * 100',
        p99(_BUCKET, _SERIES, scale=" * 1000"),
        primary=("-canary-", "-primary-"),
        requests=histogram_requests(_FAMILY, _SERIES, "code", "5..", bucket_ms=1000.0),
    ),
    Split(
        RoutingObject(TRAEFIK_SERVICES, reading.apex_name),
        _canary_percent,
        _shares,
        _reweighted,
        older=(TRAEFIK_SERVICES_OLD,),
    ),
    counted_at_gateway=True,
    entrances=(
        Entrance((INGRESS_ROUTES, INGRESS_ROUTES_OLD), _reached, backends=_backends, leads_by=TRAEFIK_SERVICES.kind),
    ),
    namespaces=("traefik",),
)
