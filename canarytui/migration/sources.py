"""Which providers a canary can leave for the Gateway API, and who reads their objects. Names are the records'."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import (
    apisix,
    appmesh,
    contour,
    gatewayapi,
    gloo,
    istio,
    kuma,
    linkerd,
    nginx,
    osm,
    registry,
    skipper,
    smi,
    traefik,
)
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.migration.from_appmesh import from_appmesh
from canarytui.migration.from_canary import from_canary, from_istio
from canarytui.migration.from_entrances import from_entrances
from canarytui.migration.from_kuma import from_kuma
from canarytui.migration.from_nginx import from_nginx
from canarytui.migration.from_smi import from_linkerd, from_smi
from canarytui.migration.route_draft import RouteDraft, RouteSource

Reader = Callable[[RouteSource], RouteDraft]


class MigrationSource(Struct, frozen=True):
    """How canaries of one provider are read.

    Attributes:
        honoured: fields of ``spec.service`` about routing that the provider honours.
        mesh_group: the API group by which its mesh knows a Service as a route's parent; None where a Gateway is the
            parent.
        inside: whether requests between pods are split, too.
        measures: whether its proxies stay and go on measuring.
    """

    read: Reader
    honoured: frozenset[str] = frozenset()
    mesh_group: str | None = None
    inside: bool = False
    measures: bool = False


_EDGE = MigrationSource(from_entrances)
_SMI = MigrationSource(from_smi, frozenset({"hosts"}), inside=True)
_APP_MESH = MigrationSource(
    from_appmesh, frozenset({"hosts", "match", "timeout", "retries", "meshName", "backends"}), inside=True
)
_ISTIO = frozenset(
    [
        "hosts",
        "gateways",
        "delegation",
        "match",
        "timeout",
        "retries",
        "rewrite",
        "headers",
        "corsPolicy",
        "trafficPolicy",
    ]
)
_OF_ROUTES = frozenset({"hosts", "match", "rewrite", "headers", "mirror"})

_SOURCES: dict[str, MigrationSource] = {
    nginx.PROVIDER.name: MigrationSource(from_nginx),
    # The mesh's proxies take a Service as parent by either name of the core group; this is the one in its documents.
    linkerd.PROVIDER.name: MigrationSource(
        from_linkerd, frozenset({"hosts"}), mesh_group="core", inside=True, measures=True
    ),
    osm.PROVIDER.name: _SMI,
    smi.V1ALPHA1.name: _SMI,
    smi.V1ALPHA2.name: _SMI,
    smi.V1ALPHA3.name: _SMI,
    kuma.PROVIDER.name: MigrationSource(from_kuma, mesh_group="", inside=True, measures=True),
    appmesh.V1BETA1.name: _APP_MESH,
    appmesh.V1BETA2.name: _APP_MESH,
    istio.PROVIDER.name: MigrationSource(from_istio, _ISTIO, measures=True),
    contour.PROVIDER.name: MigrationSource(from_entrances, frozenset({"match", "timeout", "retries"})),
    traefik.PROVIDER.name: _EDGE,
    skipper.PROVIDER.name: _EDGE,
    apisix.PROVIDER.name: _EDGE,
    gloo.PROVIDER.name: _EDGE,
    gatewayapi.V1BETA1.name: MigrationSource(from_canary, _OF_ROUTES),
}


def source_of(record: TrafficProvider) -> MigrationSource | None:
    """How canaries of this provider are read; None for one that cannot move."""
    return _SOURCES.get(record.name)


def record_of(name: str) -> TrafficProvider:
    """The record of a provider's name; Istio's for one that is not known, as Flagger does."""
    return registry.like(name) or istio.PROVIDER


def movable() -> tuple[str, ...]:
    """The providers that can."""
    return tuple(_SOURCES)


def resources_of(record: TrafficProvider) -> tuple[Resource, ...]:
    """What the reader of a provider may look at, besides what all migrations do."""
    entrances = (resource for entrance in record.entrances for resource in entrance.resources)
    return tuple(dict.fromkeys((*(each.resource for each in record.objects), *entrances)))
