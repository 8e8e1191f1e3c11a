"""Which router drives the canaries of a provider."""

from __future__ import annotations

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
    registry,
    skipper,
    smi,
    traefik,
)
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.routers import gatewayapi_dialects
from canarytui.engine.routers.apisix import ApisixRouter
from canarytui.engine.routers.appmesh import AppMeshRouter
from canarytui.engine.routers.appmesh_dialects import V1Beta1Dialect, V1Beta2Dialect
from canarytui.engine.routers.base import Router
from canarytui.engine.routers.contour import ContourRouter
from canarytui.engine.routers.gatewayapi import GatewayApiRouter
from canarytui.engine.routers.gloo import GlooRouter
from canarytui.engine.routers.istio import IstioRouter
from canarytui.engine.routers.knative import KnativeRouter
from canarytui.engine.routers.kubernetes import KubernetesRouter
from canarytui.engine.routers.kuma import KumaRouter
from canarytui.engine.routers.nginx import NginxRouter
from canarytui.engine.routers.skipper import SkipperRouter
from canarytui.engine.routers.smi import SmiRouter
from canarytui.engine.routers.traefik import TraefikRouter

_ROUTERS: dict[str, Router] = {}


def register(record: TrafficProvider, router: Router) -> None:
    """Let `router` drive the canaries of a provider.

    Raises:
        ValueError: the provider has no record that the rest of canarytui could look at.
    """
    if registry.named(record.name) is not record:
        raise ValueError(f"register the record of {record.name} in canarytui/domain/traffic/registry.py first")
    _ROUTERS[record.name] = router


register(traefik.PROVIDER, TraefikRouter())
register(istio.PROVIDER, IstioRouter())
register(nginx.PROVIDER, NginxRouter())
register(gatewayapi.V1, GatewayApiRouter(gatewayapi_dialects.HTTP_V1))
register(gatewayapi.V1BETA1, GatewayApiRouter(gatewayapi_dialects.HTTP_V1BETA1))
register(knative.PROVIDER, KnativeRouter())
register(gatewayapi.GRPC, GatewayApiRouter(gatewayapi_dialects.GRPC_V1))
register(kubernetes.PROVIDER, KubernetesRouter())
register(linkerd.PROVIDER, SmiRouter(smi.TRAFFIC_SPLITS_V1ALPHA1))
register(osm.PROVIDER, SmiRouter(smi.TRAFFIC_SPLITS_V1ALPHA2))
register(smi.V1ALPHA1, SmiRouter(smi.TRAFFIC_SPLITS_V1ALPHA1))
register(smi.V1ALPHA2, SmiRouter(smi.TRAFFIC_SPLITS_V1ALPHA2))
register(smi.V1ALPHA3, SmiRouter(smi.TRAFFIC_SPLITS_V1ALPHA3))
register(kuma.PROVIDER, KumaRouter())
register(skipper.PROVIDER, SkipperRouter())
register(appmesh.V1BETA1, AppMeshRouter(V1Beta1Dialect()))
register(appmesh.V1BETA2, AppMeshRouter(V1Beta2Dialect()))
register(contour.PROVIDER, ContourRouter())
register(gloo.PROVIDER, GlooRouter())
register(apisix.PROVIDER, ApisixRouter())


def provider_names() -> tuple[str, ...]:
    """Every ``spec.provider`` that has a router."""
    return tuple(sorted(_ROUTERS))


def record_named(provider: str) -> TrafficProvider | None:
    """The record of a ``spec.provider`` value that has a router; None without one."""
    record = registry.named(provider)
    return record if record is not None and record.name in _ROUTERS else None


def record_of(tick: Tick) -> TrafficProvider:
    """The record of the canary's provider; raises EndTick as :func:`router_of`."""
    router_of(tick)
    record = record_named(tick.provider)
    assert record is not None, "a router is registered with its record"
    return record


def router_of(tick: Tick) -> Router:
    """The router for ``spec.provider``, or the controller's ``-mesh-provider``.

    Raises:
        EndTick: the provider is none that this controller knows.
    """
    record = record_named(tick.provider)
    if record is None:
        known = ", ".join(sorted(_ROUTERS))
        raise EndTick(
            f"canary {tick.canary.full_name} has provider {tick.provider}, of which this controller knows only "
            f"{known}: change spec.provider, or run Flagger"
        )
    return _ROUTERS[record.name]
