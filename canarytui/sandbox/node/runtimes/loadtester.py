"""Starts the load tester's pod: Flagger's load tester API, served inside this process.

Called by the kubelet; the application itself is :mod:`canarytui.sandbox.loadtester.app`, imported only
when such a pod starts.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from canarytui.sandbox.node.instances import Launch, ServerInstance
from canarytui.sandbox.servers import HttpServers

DEFAULT_PORT = 8080


class LoadTesterInstance(ServerInstance):
    """A running load tester; its commands end with it."""

    def __init__(self, servers: HttpServers, runner: web.AppRunner) -> None:
        super().__init__(servers)
        self._runner = runner
        self._cleaning = asyncio.Lock()

    async def stop(self, grace_s: float) -> None:
        await super().stop(grace_s)
        async with self._cleaning:
            await self._runner.cleanup()


async def start_loadtester(launch: Launch, *, secret: str, proxy_url: str, shim_dir: Path) -> LoadTesterInstance:
    """Listen on the declared ports, or on the load tester's own when none is declared."""
    from canarytui.sandbox.loadtester.app import make_app

    app = make_app(
        secret=secret, proxy_url=proxy_url, shim_dir=shim_dir, log=launch.log.write, namespace=launch.namespace
    )
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    server = runner.server
    if server is None:
        raise OSError("the load tester's application did not start")
    servers = HttpServers(lambda port: server)
    await servers.start(launch.ports() or {DEFAULT_PORT: ""}, launch.preferred)
    return LoadTesterInstance(servers, runner)
