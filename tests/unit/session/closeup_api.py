"""An API server on a loopback socket with what a canary detail asks for: collections by path, configs, logs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import yaml
from aiohttp import web

Object = dict[str, Any]


class CloseupApi:
    """`collections` are items by path; paths in `expired`, `forbidden` and `absent` are answered 401, 403
    and 404. `logs` are lines by ``pod/container``, followed for ever. `open` counts answers that are being streamed."""

    def __init__(self) -> None:
        self.collections: dict[str, list[Object]] = {}
        self.objects: dict[str, Object] = {}
        self.expired: set[str] = set()
        self.forbidden: set[str] = set()
        self.absent: set[str] = set()
        self.logs: dict[str, list[str]] = {}
        self.open = 0
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.accepted: list[str] = []
        self.url = ""
        self._ended = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path, query = request.path, dict(request.query)
        self.asked.append((path, query))
        if path in self.expired:
            return _status(401, "Unauthorized", "Unauthorized")
        if path in self.forbidden:
            return _status(403, "Forbidden", f"cannot touch {path}")
        if path in self.objects:
            self.accepted.append(request.headers.get("Accept", ""))
            return web.json_response(self.objects[path])
        if path.endswith("/log"):
            return await self._log(request)
        if path in self.absent or path not in self.collections:
            return _status(404, "NotFound", f"no {path}")
        if "watch" in query:
            return await self._stream(request, [])
        items = [item for item in self.collections[path] if _chosen(item, query.get("labelSelector", ""))]
        return web.json_response({"metadata": {"resourceVersion": "5"}, "items": items})

    async def _log(self, request: web.Request) -> web.StreamResponse:
        pod = request.path.split("/")[-2]
        lines = self.logs.get(f"{pod}/{request.query.get('container')}")
        if lines is None:
            return _status(400, "BadRequest", "container is waiting to start")
        return await self._stream(request, lines)

    async def _stream(self, request: web.Request, lines: list[str]) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        self.open += 1
        try:
            for line in lines:
                await response.write(line.encode("utf-8", "surrogateescape") + b"\n")
            while True:  # aiohttp does not tell a handler that its client has gone
                gone = request.transport is None or request.transport.is_closing()
                if gone or self._ended.is_set():
                    break
                await asyncio.sleep(0.02)
        finally:
            self.open -= 1
        return response

    def end(self) -> None:
        self._ended.set()


def _chosen(item: Object, selector: str) -> bool:
    labels = item.get("metadata", {}).get("labels") or {}
    return all(
        labels.get(name) == value for name, _, value in (part.partition("=") for part in selector.split(",") if part)
    )


def _status(code: int, reason: str, message: str) -> web.Response:
    text = json.dumps({"kind": "Status", "code": code, "reason": reason, "message": message})
    return web.Response(text=text, status=code, content_type="application/json")


def kubeconfig_text(server: str) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "me", "user": {"token": "t"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "me"}}],
        }
    )
