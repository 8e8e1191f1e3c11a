"""A server with what a canary detail asks for, and a client connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from closeup_api import CloseupApi, kubeconfig_text

from canarytui.cluster.client import Cluster, ClusterTarget, connect


@pytest_asyncio.fixture
async def api() -> AsyncIterator[CloseupApi]:
    made = CloseupApi()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    yield made
    made.end()
    await runner.cleanup()


@pytest_asyncio.fixture
async def cluster(api: CloseupApi, tmp_path: Path) -> AsyncIterator[Cluster]:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(kubeconfig_text(api.url))
    connected = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    yield connected
    await connected.close()
