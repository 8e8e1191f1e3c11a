"""A metric service on loopback that answers as it is told, and keeps what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import yaml
from aiohttp import web

from canarytui.cluster.client import Cluster, ClusterTarget, connect


def kind_of(name: str) -> str:
    """The column of the table at the end of the tests that a row of answers belongs to."""
    first = name.split()[0].rstrip(":").lower()
    known = {"double": "value", "no": "empty", "aborted": "malformed", "nothing": "malformed", "a": "malformed"}
    return known.get(first, first)


@dataclass
class Scripted:
    """The next answers, the last of them again and again. An answer without a status never comes."""

    status: int | None = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    method: str
    path: str
    parameters: dict[str, str]
    headers: Mapping[str, str]
    body: str


class LoopbackService:
    def __init__(self) -> None:
        self.answers: list[Scripted] = [Scripted()]
        self.asked: list[Asked] = []
        self.address = ""
        self.by_path: Callable[[str], Scripted] | None = None
        """Answers each path differently, in place of `answers`."""
        self._ended = asyncio.Event()

    def will_answer(self, *answers: Scripted) -> None:
        self.answers = list(answers)
        self.asked.clear()

    def end(self) -> None:
        self._ended.set()

    def _next(self) -> Scripted:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def handle(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        parameters = dict(parse_qsl(request.query_string, keep_blank_values=True))
        self.asked.append(Asked(request.method, request.path, parameters, request.headers.copy(), body))
        answer = self.by_path(request.path) if self.by_path else self._next()
        if answer.status is None:
            await self._ended.wait()
        return web.Response(status=answer.status or 599, body=answer.body, headers=answer.headers)


@asynccontextmanager
async def loopback_service() -> AsyncIterator[LoopbackService]:
    service = LoopbackService()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", service.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        service.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield service
    finally:
        service.end()
        await runner.cleanup()


@asynccontextmanager
async def cluster_at(
    service: LoopbackService, folder: Path, *, token: str = "", read_only: bool = False
) -> AsyncIterator[Cluster]:
    """The service is the API server; a `token` needs ``CANARYTUI_CREDENTIALS_OVER_HTTP``."""
    config = {
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": service.address}}],
        "users": [{"name": "me", "user": {"token": token} if token else {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "me"}}],
    }
    path = folder / "kubeconfig-of-the-service"
    path.write_text(yaml.safe_dump(config))
    connected = await connect(ClusterTarget(kubeconfig=str(path), read_only=read_only))
    try:
        yield connected
    finally:
        await connected.close()
