"""A scripted API server and a client connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from scripted_api import ScriptedApi, kubeconfig_text

from canarytui.cluster.client import Cluster, ClusterTarget, connect


@pytest_asyncio.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    scripted = ScriptedApi()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", scripted.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.url = runner.addresses[0][:2]
    yield scripted
    scripted.cut()
    await runner.cleanup()


@pytest_asyncio.fixture
async def cluster(api: ScriptedApi, tmp_path: Path) -> AsyncIterator[Cluster]:
    host, port = api.url
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(kubeconfig_text(f"http://{host}:{port}"))
    connected = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    yield connected
    await connected.close()
