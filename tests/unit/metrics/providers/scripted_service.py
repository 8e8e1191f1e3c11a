"""A metric service on loopback that gives one scripted answer to every request, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Scripted:
    """What is answered: `body` as it is, or as JSON; after `wait_s`."""

    body: Any = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0

    @property
    def text(self) -> str:
        return self.body if isinstance(self.body, str) else json.dumps(self.body)


@dataclass
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str


@dataclass
class ScriptedService:
    address: str = ""
    script: Scripted = field(default_factory=Scripted)
    asked: list[Request] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        self.asked.append(Request(request.method, request.path, request.query, request.headers, body))
        await asyncio.sleep(self.script.wait_s)
        return web.Response(status=self.script.status, text=self.script.text, headers=self.script.headers)


@asynccontextmanager
async def scripted() -> AsyncIterator[ScriptedService]:
    service = ScriptedService()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", service.answer)
    async with TestServer(app) as server:
        service.address = str(server.make_url("")).rstrip("/")
        yield service
