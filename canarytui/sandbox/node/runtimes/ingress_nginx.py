"""Starts a container of ingress-nginx's controller. Called by the kubelet for pods of its image."""

from __future__ import annotations

from collections.abc import Callable

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.ingresses.server import IngressServer
from canarytui.sandbox.node.instances import Launch
from canarytui.sandbox.node.runtimes.gateway import GatewayInstance
from canarytui.sandbox.servers import HttpServers, plain_server

_ROUTED = "http"
"""The name of the container's port that is routed; the others have metrics and health."""


async def start_ingress_nginx(
    launch: Launch, configuration: Callable[[], Configuration], preferred: dict[int, str]
) -> GatewayInstance:
    """Listen on every port; `preferred` wins over the addresses that the pod had before."""
    names = launch.ports()
    server = IngressServer(configuration, launch.namespace, launch.pod_name, launch.log.write)
    servers = HttpServers(lambda port: plain_server(server.handle if names[port] == _ROUTED else server.internal))
    await servers.start(names, {**launch.preferred, **preferred})
    server.refresh()
    return GatewayInstance(servers, server)
