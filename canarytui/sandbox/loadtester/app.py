"""The load tester's HTTP interface, as Flagger's webhooks and people with curl use it.

Anyone but a web page may turn gates. Commands run only for callers with the sandbox's secret: the API server adds it
for authorized users, the cluster proxy for those with the admin token (see the README).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from canarytui.sandbox.constants import SECRET_ENV, SECRET_HEADER
from canarytui.sandbox.cross_site import not_for_browsers
from canarytui.sandbox.loadtester.gates import Gates
from canarytui.sandbox.loadtester.shims import write_shims
from canarytui.sandbox.loadtester.tasks import Log, Tasks
from canarytui.sandbox.nesting import load_json

_BODY_BYTES_MOST = 1_000_000
_SHELL_TYPES = ("bash", "kubectl", "helm", "helmv3")


class LoadTester:
    """Handlers and what they share."""

    def __init__(self, secret: str, tasks: Tasks, log: Log) -> None:
        self._secret = secret
        self._tasks = tasks
        self._log = log
        self._gates = Gates()

    def routes(self) -> list[web.RouteDef]:
        """Every route, for any method, as in Flagger's."""
        paths: dict[str, Callable[[web.Request], Any]] = {
            "/healthz": self._healthz,
            "/metrics": self._metrics,
            "/gate/approve": self._approve,
            "/gate/halt": self._halt,
            "/{space:gate|rollback}/check": self._check,
            "/{space:gate|rollback}/open": self._open,
            "/{space:gate|rollback}/close": self._close,
            "/": self._task,
        }
        return [web.route("*", path, handler) for path, handler in paths.items()]

    async def close(self, app: web.Application) -> None:
        """End all commands."""
        await self._tasks.close()

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def _metrics(self, request: web.Request) -> web.Response:
        text = "# TYPE loadtester_up gauge\nloadtester_up 1\n"
        return web.Response(text=text, content_type="text/plain")

    async def _approve(self, request: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def _halt(self, request: web.Request) -> web.Response:
        return web.Response(status=403, text="Forbidden")

    async def _check(self, request: web.Request) -> web.Response:
        space, canary = request.match_info["space"], _canary(await _payload(request))
        approved = self._gates.is_open(space, canary)
        self._log(f"info {space} check canary={canary} {'approved' if approved else 'forbidden'}")
        return web.Response(text="Approved") if approved else web.Response(status=403, text="Forbidden")

    async def _open(self, request: web.Request) -> web.Response:
        return await self._turn(request, self._gates.open, "opened")

    async def _close(self, request: web.Request) -> web.Response:
        return await self._turn(request, self._gates.close, "closed")

    async def _turn(self, request: web.Request, turn: Callable[[str, str], None], word: str) -> web.Response:
        space, canary = request.match_info["space"], _canary(await _payload(request))
        turn(space, canary)
        self._log(f"info {space} {word} canary={canary}")
        return web.Response(status=202)

    async def _task(self, request: web.Request) -> web.Response:
        payload = await _payload(request)
        metadata = payload.get("metadata")
        if not isinstance(metadata, dict) or not metadata:
            return web.Response(status=400, text="metadata not found in payload")
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), self._secret):
            return web.Response(status=403, text="this load tester runs commands only for authorized callers")
        kind, command = str(metadata.get("type") or "cmd"), str(metadata.get("cmd") or "")
        canary = _canary(payload)
        if kind == "cmd":
            if not command:
                return web.Response(status=400, text="cmd not found in metadata")
            log_output = str(metadata.get("logCmdOutput", "")).lower() == "true"
            self._tasks.start(canary, command, log_output=log_output)
            return web.Response(status=202)
        if kind in _SHELL_TYPES:
            return await self._wait_for(canary, kind, command, metadata)
        return web.Response(status=400, text=f"unknown task type {kind}")

    async def _wait_for(self, canary: str, kind: str, command: str, metadata: dict[str, Any]) -> web.Response:
        full = command if kind == "bash" else f"{kind.removesuffix('v3')} {command}"
        finished = await self._tasks.run(full)
        if finished.code:
            text = f"command {full} failed: {finished.output}: exit status {finished.code}"
            self._log(f"error canary={canary} {text}")
            return web.Response(status=500, text=text)
        self._log(f"info command finished canary={canary} command={full!r}")
        wanted = str(metadata.get("returnCmdOutput", "")).lower() == "true"
        return web.Response(text=finished.output if wanted else "")


async def _payload(request: web.Request) -> dict[str, Any]:
    try:
        payload = load_json(await request.read())
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"the payload is no JSON: {error}") from error
    if not isinstance(payload, dict):
        raise web.HTTPBadRequest(text="the payload is no JSON object")
    return payload


def _canary(payload: dict[str, Any]) -> str:
    return f"{payload.get('name', '')}.{payload.get('namespace', '')}"


def make_app(*, secret: str, proxy_url: str, shim_dir: Path, log: Log, namespace: str) -> web.Application:
    """The load tester of a namespace as an application; hey and curl of its commands go through the cluster proxy."""
    write_shims(shim_dir, proxy_url)
    env = {name: value for name, value in os.environ.items() if name != SECRET_ENV}
    env["PATH"] = os.pathsep.join([str(shim_dir), os.environ.get("PATH", os.defpath)])
    tester = LoadTester(secret, Tasks(env, log), log)

    @web.middleware
    async def no_web_pages(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        refusal = not_for_browsers(request.method, request.headers, namespace)
        if refusal:
            log(f"warning refused {request.method} {request.path}: {refusal}")
            return web.Response(status=403, text=f"Forbidden: {refusal}\n")
        return await handler(request)

    app = web.Application(client_max_size=_BODY_BYTES_MOST, middlewares=[no_web_pages])
    app.add_routes(tester.routes())
    app.on_cleanup.append(tester.close)
    return app
