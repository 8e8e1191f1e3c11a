"""Which traffic provider a canary has: its own ``spec.provider``, else its controller's ``-mesh-provider``.

The only place that decides it, for engine, session, screens, command line and drills. `mesh_provider` is the
controller's flag with the controller's own default filled in; "" where it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.sentences import providers as words
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import gatewayapi, istio, linkerd, registry, traefik

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary
    from canarytui.domain.traffic.provider import TrafficProvider

FLAGGER_DEFAULT = istio.PROVIDER.name
"""What Flagger takes without the flag."""

OWN_DEFAULT = traefik.PROVIDER.name
"""What canarytui's controller takes without the flag."""


ROUTE_ANNOTATION = gatewayapi.ROUTE_ANNOTATION
"""Of a canary: which of several kinds of route its provider is to write."""

ROUTE_KINDS = gatewayapi.ROUTE_KINDS


def chooses_route(provider: TrafficProvider) -> bool:
    """Whether the annotation means anything to a provider."""
    return provider.family == gatewayapi.V1.family


def observed_provider(canary: Canary, provider: str) -> str:
    """Whose queries are asked about a canary of `provider`; about Services it is Istio's for most, as in Flagger."""
    if not canary.spec.target.is_service:
        return provider
    record = registry.like(provider)
    return provider if record is not None and record.observes_services else istio.PROVIDER.name


def provider_of(canary: Canary, mesh_provider: str, *, strict: bool = False) -> str:
    """The provider that splits the canary's traffic (``traefik``, ``gatewayapi:v1``); Flagger's default where neither
    canary nor controller names one. `strict`: only those that Flagger has."""
    name = canary.spec.provider or mesh_provider or FLAGGER_DEFAULT
    http, grpc = gatewayapi.V1.name, gatewayapi.GRPC.name
    if strict:
        return http if name == grpc else name
    return grpc if name == http and gatewayapi.route_kind(canary) == gatewayapi.GRPC_ROUTES.kind else name


def metrics_provider_of(canary: Canary, mesh_provider: str, *, strict: bool = False) -> str:
    """The provider whose built-in queries are asked: the same, except that Flagger asks Linkerd's for canaries with a
    ``spec.provider`` when its own is Linkerd."""
    if canary.spec.provider and linkerd.PROVIDER.name in mesh_provider:
        return linkerd.PROVIDER.name
    return provider_of(canary, mesh_provider, strict=strict)


def is_assumed(canary: Canary, mesh_provider: str) -> bool:
    """Whether the provider is only Flagger's default, because neither canary nor controller names one."""
    return not canary.spec.provider and not mesh_provider


def provider_words(canary: Canary, mesh_provider: str) -> str:
    """The provider and where it comes from: ``istio (the controller's -mesh-provider)``."""
    return _words(canary, mesh_provider, provider_of(canary, mesh_provider))


def metrics_provider_words(canary: Canary, mesh_provider: str) -> str:
    """The same for :func:`metrics_provider_of`."""
    return _words(canary, mesh_provider, metrics_provider_of(canary, mesh_provider))


def _words(canary: Canary, mesh_provider: str, provider: str) -> str:
    name = clean(provider, 40)
    if canary.spec.provider == provider:
        return name
    if provider == gatewayapi.GRPC.name != mesh_provider:
        return words.ANNOTATED.text(provider=name, annotation=gatewayapi.ROUTE_ANNOTATION)
    if is_assumed(canary, mesh_provider):
        return words.ASSUMED.text(provider=name)
    return words.CONTROLLERS.text(provider=name)
