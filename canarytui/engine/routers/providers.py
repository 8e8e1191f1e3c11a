"""Which router a canary's provider has."""

from __future__ import annotations

from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.routers.base import Router
from canarytui.engine.routers.traefik import TraefikRouter

_ROUTERS: dict[str, Router] = {"traefik": TraefikRouter()}


def router_of(tick: Tick) -> Router:
    """The router for ``spec.provider``, or the controller's ``-mesh-provider``.

    Raises:
        EndTick: the provider is none that this controller knows.
    """
    router = _ROUTERS.get(tick.provider)
    if router is None:
        known = ", ".join(sorted(_ROUTERS))
        raise EndTick(
            f"canary {tick.canary.full_name} has provider {tick.provider}, of which this controller knows only "
            f"{known}: change spec.provider, or run Flagger"
        )
    return router
