"""Starts a podinfo container: its settings, its listeners, and its way of shutting down.

Called by the kubelet. On SIGTERM podinfo first fails its readiness probe and keeps serving for a while, so that load
balancers drop it; that is why a rolling update loses no request.
"""

from __future__ import annotations

import asyncio

from canarytui.sandbox.node.instances import Launch, ServerInstance
from canarytui.sandbox.node.podinfo.app import Podinfo
from canarytui.sandbox.node.podinfo.settings import parse_settings
from canarytui.sandbox.servers import HttpServers, plain_server

PANIC_EXIT_CODE = 255
SHUTDOWN_DELAY_S = 3.0


class PodinfoInstance(ServerInstance):
    """A running podinfo container."""

    def __init__(self, launch: Launch) -> None:
        settings = parse_settings(
            launch.arguments,
            launch.env,
            hostname=launch.env.get("HOSTNAME", launch.pod_name),
            version=launch.image.tag.removeprefix("v"),
        )
        self.podinfo = Podinfo(settings, dict(launch.env), launch.log.write, lambda: self.crash(PANIC_EXIT_CODE))
        self.settings = settings
        self.http = HttpServers(lambda port: plain_server(self.podinfo.handle))
        super().__init__(self.http)

    async def stop(self, grace_s: float) -> None:
        self.podinfo.ready = False
        self.podinfo.say("info", "Shutting down HTTP/HTTPS server", timeout=grace_s)
        delay_s = min(SHUTDOWN_DELAY_S, grace_s / 2)
        await asyncio.sleep(delay_s)
        await super().stop(max(grace_s - delay_s, 0.1))


async def start_podinfo(launch: Launch) -> PodinfoInstance:
    """Start listening on every declared port, podinfo's own port and its metrics port."""
    instance = PodinfoInstance(launch)
    ports = {instance.settings.port, *launch.ports()}
    if instance.settings.metrics_port:
        ports.add(instance.settings.metrics_port)
    await instance.http.start(sorted(ports), launch.preferred)
    instance.podinfo.say(
        "info",
        "Starting podinfo",
        version=instance.settings.version,
        revision="sandbox",
        port=str(instance.settings.port),
    )
    return instance
