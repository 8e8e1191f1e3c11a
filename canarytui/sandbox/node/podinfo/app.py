"""podinfo's HTTP interface as one request handler per pod.

Started by :mod:`canarytui.sandbox.node.podinfo.runtime`. A pod keeps only its settings, two flags and
its metrics, so that dozens of pods fit into the one process.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from canarytui.sandbox.metric_families import CONTENT_TYPE
from canarytui.sandbox.node.podinfo import pages
from canarytui.sandbox.node.podinfo.metrics import PodinfoMetrics
from canarytui.sandbox.node.podinfo.settings import PodinfoSettings

_QUIET = ("/healthz", "/readyz", "/metrics")
_MAX_DELAY_S = 300.0
_TOKEN_LIFE = timedelta(minutes=1)

Answer = Awaitable[web.StreamResponse]


class Podinfo:
    """One pod's server; `panic` ends the container immediately.

    Attributes:
        ready, healthy: what ``/readyz`` and ``/healthz`` say.
    """

    def __init__(
        self,
        settings: PodinfoSettings,
        env: dict[str, str],
        log: Callable[[str], None],
        panic: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._env = env
        self._log = log
        self._panic = panic
        self.ready = not settings.unready
        self.healthy = not settings.unhealthy
        self.metrics = PodinfoMetrics(settings.version)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; counts it and writes the access log."""
        started = time.perf_counter()
        path = request.raw_path.partition("?")[0]
        route, answer = self._find(request.method, path)
        if path not in _QUIET:
            fault = await self._random_fault()
            response = fault or await answer(self, request, path)
        else:
            response = await answer(self, request, path)
        seconds = time.perf_counter() - started
        self.metrics.observe(request.method, route, response.status, seconds)
        if path not in _QUIET:
            self._access_log(request, response.status, seconds)
        return response

    def say(self, level: str, message: str, **fields: object) -> None:
        """One JSON line in podinfo's log format."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._log(json.dumps({"level": level, "ts": stamp, "msg": message, **fields}))

    def _find(self, method: str, path: str) -> tuple[str, Callable[[Podinfo, web.BaseRequest, str], Answer]]:
        exact = _EXACT.get((method, path))
        if exact is not None:
            return path, exact
        head, _, tail = path.rpartition("/")
        template = _BY_NUMBER.get(head)
        if template is not None and tail.isdigit() and method in ("GET", "HEAD", *_BODY_METHODS):
            return template
        if any(known == path for _, known in _EXACT):
            return path, Podinfo._method_not_allowed
        return "not_found", Podinfo._not_found

    async def _random_fault(self) -> web.Response | None:
        if self._settings.random_delay_ms is not None:
            await asyncio.sleep(random.uniform(*self._settings.random_delay_ms) / 1000)
        if self._settings.random_error and random.random() < 1 / 3:
            return web.Response(status=random.choice((500, 400, 409)))
        return None

    def _access_log(self, request: web.BaseRequest, status: int, seconds: float) -> None:
        self.say(
            "info",
            "request served",
            proto=f"HTTP/{request.version.major}.{request.version.minor}",
            uri=request.raw_path,
            method=request.method,
            remote=request.headers.get("X-Forwarded-For") or request.remote or "",
            status=status,
            duration_ms=round(seconds * 1000, 3),
            **{"user-agent": request.headers.get("User-Agent", "")},
        )

    async def _index(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        if "Mozilla" in request.headers.get("User-Agent", ""):
            return web.Response(text=pages.page(self._settings), content_type="text/html")
        return _json(pages.information(self._settings))

    async def _version(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return _json({"commit": "sandbox", "version": self._settings.version})

    async def _healthz(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return _json({"status": "OK"}) if self.healthy else web.Response(status=503)

    async def _readyz(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return _json({"status": "OK"}) if self.ready else web.Response(status=503)

    async def _enable(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        self.ready = True
        return _json({"status": "OK"}, 202)

    async def _disable(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        self.ready = False
        return _json({"status": "OK"}, 202)

    async def _metrics(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return web.Response(body=self.metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    async def _environment(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return _json([f"{name}={value}" for name, value in self._env.items()])

    async def _headers(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return _json(pages.headers_object(request.headers))

    async def _echo(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        content_type = request.headers.get("Content-Type", "application/octet-stream")
        return web.Response(
            body=await request.read(),
            status=202,
            headers={"Content-Type": content_type, "X-Color": self._settings.color},
        )

    async def _token(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """For acceptance tests such as the seed's; nothing accepts the token."""
        expires = datetime.now(UTC) + _TOKEN_LIFE
        return _json({"token": secrets.token_urlsafe(), "expires_at": expires.isoformat().replace("+00:00", "Z")})

    async def _end(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        self.say("info", "Panic command received")
        self._panic()
        # A panicking process never answers: hold the request until the connection is cut.
        await asyncio.sleep(_MAX_DELAY_S)
        return web.Response(status=500)

    async def _status(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        code = int(path.rpartition("/")[2])
        if not 200 <= code <= 599:
            return _json({"code": 400, "message": f"{code} is not a status that a server can answer with"}, 400)
        return web.Response(status=code) if code in (204, 304) else _json({"status": code}, code)

    async def _delay(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        seconds = int(path.rpartition("/")[2])
        await asyncio.sleep(min(seconds, _MAX_DELAY_S))
        return _json({"delay": seconds})

    async def _not_found(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return web.Response(status=404, text="404 page not found\n")

    async def _method_not_allowed(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        return web.Response(status=405)


def _json(content: object, status: int = 200) -> web.Response:
    return web.Response(
        text=json.dumps(content, indent=2) + "\n",
        status=status,
        headers={"Content-Type": "application/json; charset=utf-8", "X-Content-Type-Options": "nosniff"},
    )


Method = Callable[[Podinfo, web.BaseRequest, str], Answer]
_BODY_METHODS = ("POST", "PUT", "PATCH", "DELETE")
_READS: dict[str, Method] = {
    "/": Podinfo._index,
    "/version": Podinfo._version,
    "/healthz": Podinfo._healthz,
    "/readyz": Podinfo._readyz,
    "/metrics": Podinfo._metrics,
    "/headers": Podinfo._headers,
    "/env": Podinfo._environment,
    "/panic": Podinfo._end,
}
_WRITES: dict[str, Method] = {
    "/readyz/enable": Podinfo._enable,
    "/readyz/disable": Podinfo._disable,
    "/headers": Podinfo._headers,
    "/env": Podinfo._environment,
    "/echo": Podinfo._echo,
    "/token": Podinfo._token,
}
_EXACT: dict[tuple[str, str], Method] = {
    **{(method, path): answer for path, answer in _READS.items() for method in ("GET", "HEAD")},
    **{(method, path): answer for path, answer in _WRITES.items() for method in ("POST", "PUT")},
}
_BY_NUMBER: dict[str, tuple[str, Method]] = {
    "/status": ("/status/{code:[0-9]+}", Podinfo._status),
    "/delay": ("/delay/{wait:[0-9]+}", Podinfo._delay),
}
