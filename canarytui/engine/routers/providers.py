"""Which router a canary's provider has."""

from __future__ import annotations

from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.routers.base import Router
from canarytui.engine.routers.gatewayapi import GatewayApiRouter
from canarytui.engine.routers.istio import IstioRouter
from canarytui.engine.routers.kubernetes import KubernetesRouter
from canarytui.engine.routers.nginx import NginxRouter
from canarytui.engine.routers.traefik import TraefikRouter

_ROUTERS: dict[str, Router] = {
    "gatewayapi:v1": GatewayApiRouter("v1"),
    "gatewayapi:v1beta1": GatewayApiRouter("v1beta1"),
    "istio": IstioRouter(),
    "kubernetes": KubernetesRouter(),
    "nginx": NginxRouter(),
    "traefik": TraefikRouter(),
}


def provider_names() -> tuple[str, ...]:
    """Every ``spec.provider`` that has a router."""
    return tuple(sorted(_ROUTERS))


def router_named(provider: str) -> Router | None:
    """The router for a ``spec.provider`` value, None if there is none."""
    return _ROUTERS.get(provider)


def router_of(tick: Tick) -> Router:
    """The router for ``spec.provider``, or the controller's ``-mesh-provider``.

    Raises:
        EndTick: the provider is none that this controller knows.
    """
    router = router_named(tick.provider)
    if router is None:
        known = ", ".join(sorted(_ROUTERS))
        raise EndTick(
            f"canary {tick.canary.full_name} has provider {tick.provider}, of which this controller knows only "
            f"{known}: change spec.provider, or run Flagger"
        )
    return router
