"""Starts a gateway container and listens on its entry points.

Called by the kubelet for pods of the traefik image. Entry points come from the container's arguments
(``--entryPoints.web.address=:8000/tcp``), or from the names of its ports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.gateway import Gateway
from canarytui.sandbox.gateway.ingresses.server import IngressServer
from canarytui.sandbox.node.instances import Launch, ServerInstance
from canarytui.sandbox.servers import Handler, HttpServers, plain_server

INTERNAL = frozenset(("metrics", "traefik"))
"""Entry points of Traefik's own pages, which are not routed."""

_ADDRESS = re.compile(r"--entrypoints\.([\w-]+)\.address=(?:[^:]*):(\d+)(?:/tcp)?", re.IGNORECASE)


class GatewayInstance(ServerInstance):
    """A running gateway container, of either kind."""

    def __init__(self, servers: HttpServers, gateway: Gateway | IngressServer) -> None:
        super().__init__(servers)
        self._gateway = gateway

    async def stop(self, grace_s: float) -> None:
        try:
            await super().stop(grace_s)
        finally:  # even when no time is left for requests in flight
            await self._gateway.close()

    async def abort(self) -> None:
        await super().abort()
        await self._gateway.close()


async def start_gateway(
    launch: Launch, configuration: Callable[[], Configuration], preferred: dict[int, str]
) -> GatewayInstance:
    """Listen on every entry point; `preferred` wins over the addresses that the pod had before."""
    names = entry_points(launch.arguments, launch.ports())
    gateway = Gateway(configuration, launch.pod_name, launch.log.write)

    def handler_of(port: int) -> Handler:
        name = names[port]
        return gateway.internal if name in INTERNAL else partial(gateway.handle, name)

    servers = HttpServers(lambda port: plain_server(handler_of(port)))
    await servers.start(names, {**launch.preferred, **preferred})
    gateway.refresh()
    return GatewayInstance(servers, gateway)


def entry_points(arguments: Sequence[str], ports: dict[int, str]) -> dict[int, str]:
    """Container port -> name of the entry point."""
    found = {
        int(match[2]): match[1].lower() for argument in arguments if (match := _ADDRESS.fullmatch(argument)) is not None
    }
    return {**{port: name or f"port-{port}" for port, name in ports.items()}, **found}
