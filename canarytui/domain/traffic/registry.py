"""The traffic providers that canarytui knows, and look-ups over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import (
    apisix,
    appmesh,
    contour,
    gatewayapi,
    gloo,
    istio,
    knative,
    kubernetes,
    kuma,
    linkerd,
    nginx,
    osm,
    skipper,
    smi,
    traefik,
)
from canarytui.domain.traffic.provider import Entrance, RoutingObject, Split, TrafficProvider
from canarytui.domain.values import KubernetesObject

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

_BY_NAME: dict[str, TrafficProvider] = {}
_BY_KIND: dict[str, Resource] = {}


def register(provider: TrafficProvider) -> None:
    """Make a provider known to engine, session, metrics and drills.

    Raises:
        ValueError: there is one with this name.
    """
    if provider.name in _BY_NAME:
        raise ValueError(f"duplicate provider {provider.name}")
    _BY_NAME[provider.name] = provider
    for routing in provider.objects:
        for name in routing.resource.kind_names:
            _BY_KIND.setdefault(name, routing.resource)


for _provider in (
    traefik.PROVIDER,
    istio.PROVIDER,
    nginx.PROVIDER,
    gatewayapi.V1,
    gatewayapi.V1BETA1,
    gatewayapi.GRPC,
    kubernetes.PROVIDER,
    contour.PROVIDER,
    skipper.PROVIDER,
    gloo.PROVIDER,
    apisix.PROVIDER,
    linkerd.PROVIDER,
    kuma.PROVIDER,
    osm.PROVIDER,
    smi.V1ALPHA1,
    smi.V1ALPHA2,
    smi.V1ALPHA3,
    appmesh.V1BETA1,
    appmesh.V1BETA2,
    knative.PROVIDER,
):
    register(_provider)


def providers() -> tuple[TrafficProvider, ...]:
    """All of them, in the order in which they were registered."""
    return tuple(_BY_NAME.values())


def named(name: str) -> TrafficProvider | None:
    """The provider of exactly this name, or of ``NAME:MESH`` where any mesh may follow the name."""
    found = _BY_NAME.get(name)
    if found is None:
        shorter = _BY_NAME.get(name.rpartition(":")[0])
        found = shorter if shorter is not None and shorter.any_mesh else None
    return found


def like(name: str) -> TrafficProvider | None:
    """The provider of this name, else one of the same family: ``appmesh`` for ``appmesh:v1beta2``."""
    found = named(name)
    if found is None:
        family = name.partition(":")[0]
        found = next((each for each in _BY_NAME.values() if each.family == family), None)
    return found


def of_target(canary: Canary) -> TrafficProvider | None:
    """The provider of targets like this canary's, which split their traffic themselves; None for all others."""
    group, kind = canary.spec.target.api_version.rpartition("/")[0], canary.spec.target.kind
    for each in _BY_NAME.values():
        if each.target is not None and (each.target.group, each.target.kind) == (group, kind):
            return each
    return None


def measured(name: str, router: KubernetesObject | None) -> tuple[str, str] | None:
    """What the metrics of the provider of this name call canary and primary, as its routing object says; None where
    their names are made from the canary's own."""
    found = _BY_NAME.get(name)
    return found.measured(router) if found is not None and found.measured is not None and router is not None else None


def splits(name: str) -> bool:
    """Whether a provider splits traffic; one that is not known counts as if it did."""
    found = named(name)
    return found is None or found.splits


def resource_of_kind(name: str) -> Resource | None:
    """The resource of a routing object's kind: ``HTTPRoute``, ``HTTPRoute.v1beta1``, ``HTTPRoute.v1.GROUP``; the first
    registered where several fit."""
    return _BY_KIND.get(name)


def split_resources() -> tuple[Resource, ...]:
    """Of every object that splits traffic and can be read here, each once."""
    splits = (each.split for each in _BY_NAME.values() if each.split is not None)
    return tuple(dict.fromkeys(resource for split in splits for resource in split.resources))


def entrances() -> tuple[Entrance, ...]:
    """Every way from a host to a Service, each once."""
    return tuple(dict.fromkeys(entrance for each in _BY_NAME.values() for entrance in each.entrances))


def routing_objects(name: str) -> tuple[RoutingObject, ...]:
    """What the provider of this name has for a canary; nothing where that is not known."""
    record = like(name)
    return record.objects if record is not None else ()


def splits_of(router: KubernetesObject) -> tuple[Split, ...]:
    """What may be read of a routing object: usually one; several where providers share a kind, such as Ingress."""
    kind, api_version = router.get("kind"), router.get("apiVersion")
    return tuple(
        each.split
        for each in _BY_NAME.values()
        if each.split is not None
        and any(found.kind == kind and api_version in (None, found.api_version) for found in each.split.resources)
    )


def shares(router: KubernetesObject) -> str:
    """How a routing object divides the traffic; "" for one that divides none, or that is not known."""
    return next(filter(None, (split.shares(router) for split in splits_of(router))), "")
