"""An HTTP server on loopback that keeps what it is sent, and a cluster that is never asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from canarytui.cluster.client import Cluster, ClusterTarget, connect


class Receiver:
    """Answers with the scripted statuses in turn, the last one for ever, all with `headers` and `body` (None: the
    status in words); `asked` holds (headers, JSON) of each call and `paths` what each asked for, as it stood on the
    request line."""

    def __init__(self) -> None:
        self.statuses = [200]
        self.headers: dict[str, str] = {}
        self.body: str | None = None
        self.asked: list[tuple[dict[str, str], Any]] = []
        self.paths: list[str] = []
        self.hangs = False

    async def answer(self, request: web.Request) -> web.Response:
        self.paths.append(request.raw_path)
        self.asked.append((dict(request.headers), await request.json()))
        if self.hangs:
            await asyncio.sleep(60)
        status = self.statuses[min(len(self.asked), len(self.statuses)) - 1]
        text = f"answer {status}" if self.body is None else self.body
        return web.Response(status=status, text="" if status == 204 else text, headers=self.headers)

    async def start(self, ssl_context: Any = None) -> str:
        app = web.Application()
        app.router.add_post("/{path:.*}", self.answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=ssl_context).start()
        return "{}://127.0.0.1:{}/hook".format("https" if ssl_context else "http", self._runner.addresses[0][1])

    async def stop(self) -> None:
        await self._runner.cleanup()


@asynccontextmanager
async def silent_cluster(folder: Path) -> AsyncIterator[Cluster]:
    """A cluster whose API server is never asked, because the URLs used with it name no Service."""
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
        "users": [{"name": "c", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
    }  # fmt: skip
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    made = await connect(ClusterTarget(kubeconfig=str(path)))
    try:
        yield made
    finally:
        await made.close()
