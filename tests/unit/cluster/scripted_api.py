"""A small scripted API server on a loopback socket, and a kubeconfig that points the client at it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import yaml
from aiohttp import web


class ScriptedApi:
    """Answers lists from `items`, holds watches open, and can cut or expire them."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.version = 10
        self.lists = 0
        self.asked = 0
        self.watches: list[asyncio.Queue[bytes | None]] = []
        self.refuse: tuple[int, dict[str, Any]] | None = None
        self.patches: list[dict[str, Any]] = []
        self.url: tuple[str, int] = ("", 0)
        self.answers = asyncio.Event()
        """While cleared nothing is answered, as by a server that is stopped or behind a dead link."""
        self.answers.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        await self.answers.wait()
        if self.refuse is not None:
            code, status = self.refuse
            return web.json_response(status, status=code)
        if request.path == "/livez":
            return web.Response(text="ok")
        if request.method == "PATCH":
            self.patches.append(json.loads(await request.text()))
            return web.json_response({"kind": "Canary", "contentType": request.content_type})
        if "watch" in request.query:
            return await self._watch(request)
        self.lists += 1
        limit, start = int(request.query["limit"]), int(request.query.get("continue") or 0)
        page = self.items[start : start + limit]
        metadata: dict[str, Any] = {"resourceVersion": str(self.version)}
        if start + limit < len(self.items):
            metadata["continue"] = str(start + limit)
            metadata["remainingItemCount"] = len(self.items) - start - limit
        return web.json_response({"kind": "CanaryList", "metadata": metadata, "items": page})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.watches.append(lines)
        while (line := await lines.get()) is not None:
            await response.write(line)
        return response

    def send(self, kind: str, obj: dict[str, Any]) -> None:
        for queue in self.watches:
            queue.put_nowait(json.dumps({"type": kind, "object": obj}).encode() + b"\n")

    def cut(self) -> None:
        for queue in self.watches:
            queue.put_nowait(None)
        self.watches.clear()


def canary(name: str, version: int, **fields: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "test", "name": name, "uid": f"u-{name}", "resourceVersion": str(version)},
        **fields,
    }


async def until(condition: Any, timeout_s: float = 5.0) -> None:
    """Wait until `condition()` holds, or fail."""
    async with asyncio.timeout(timeout_s):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


def kubeconfig_text(server: str) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "scripted",
            "clusters": [{"name": "scripted", "cluster": {"server": server}}],
            "users": [{"name": "me", "user": {"token": "t"}}],
            "contexts": [{"name": "scripted", "context": {"cluster": "scripted", "user": "me", "namespace": "test"}}],
        }
    )
