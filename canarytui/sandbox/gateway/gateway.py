"""The gateway as a request handler: find a router, choose a pod, forward, count, log.

One per traefik pod, started by :mod:`canarytui.sandbox.node.runtimes.gateway`. Every request gets the current
configuration, so a change of a TraefikService or HTTPRoute applies to the first request after its watch event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web
from msgspec.structs import replace
from multidict import CIMultiDict

from canarytui.sandbox.background import in_background
from canarytui.sandbox.gateway import middlewares, rules
from canarytui.sandbox.gateway.configuration import GATEWAY_API, PROVIDER, Configuration, GatewayRoute
from canarytui.sandbox.gateway.forwarding import Forwarder, ForwardingResult, UpstreamFailed, change_headers, end_to_end
from canarytui.sandbox.gateway.metrics import GatewayMetrics
from canarytui.sandbox.gateway.middlewares import Passing
from canarytui.sandbox.gateway.selection import BackendSelector, SelectedBackend
from canarytui.sandbox.metric_families import CONTENT_TYPE

_MIRRORED_BYTES_MOST = 64 * 1024 * 1024
_STATUS_TEXTS = {413: "Request Entity Too Large", 502: "Bad Gateway", 504: "Gateway Timeout"}


class Gateway:
    """Routes requests of all its entry points."""

    def __init__(self, configuration: Callable[[], Configuration], hostname: str, log: Callable[[str], None]) -> None:
        self._latest = configuration
        self._hostname = hostname
        self._log = log
        self._selector = BackendSelector()
        self._forwarder = Forwarder()
        self._copies: set[asyncio.Task[None]] = set()
        self._count = 0
        self.metrics = GatewayMetrics()

    def refresh(self) -> None:
        """Apply the newest configuration."""
        latest = self._latest()
        known = self._selector.configuration
        if latest is known:
            return
        self._selector.apply(latest)
        self.metrics.reloaded()
        known_problems = set(_problems(known))
        for problem in _problems(latest):
            if problem not in known_problems:
                stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                self._log(f"{stamp} ERR {problem}")

    async def internal(self, request: web.BaseRequest) -> web.StreamResponse:
        """The entry points for metrics and health: ``/metrics`` and ``/ping``."""
        path = request.raw_path.partition("?")[0]
        if path == "/metrics":
            return web.Response(body=self.metrics.render(), headers={"Content-Type": CONTENT_TYPE})
        if path == "/ping":
            return web.Response(text="OK")
        return web.Response(status=404, text="404 page not found\n")

    async def handle(self, entry_point: str, request: web.BaseRequest) -> web.StreamResponse:
        """One request on a routing entry point."""
        self.refresh()
        started = time.perf_counter()
        self.metrics.opened(entry_point, 1)
        try:
            facts = describe(request)
            router = self._selector.find(entry_point, facts)
            passing = self._passing(request)
            own = middlewares.run(router.middlewares, passing) if router is not None else middlewares.GatewayAnswer(404)
            choice = self._selector.choose(router.service, request.cookies) if router and own is None else None
            copied = passing
            if choice is not None and choice.filters:
                copied = replace(passing, headers=passing.headers.copy())  # copies are not the chosen backend's
                own = middlewares.run(choice.filters, passing)
            timeout_s = router.timeout_s if router is not None else None
            response, outcome = await self._answer(request, own, choice, passing, copied, timeout_s)
        finally:
            self.metrics.opened(entry_point, -1)
        seconds = time.perf_counter() - started
        size = (outcome.request_bytes, outcome.response_bytes)
        self.metrics.entry_point(entry_point, request.method, outcome.status, seconds, *size)
        self._access_log(request, outcome, router, choice, seconds)
        return response

    async def close(self) -> None:
        """Cancel copies that are under way, and close the connections to pods."""
        for task in self._copies:
            task.cancel()
        await asyncio.gather(*self._copies, return_exceptions=True)
        await self._forwarder.close()

    async def _answer(
        self,
        request: web.BaseRequest,
        own: middlewares.GatewayAnswer | None,
        choice: SelectedBackend | None,
        passing: Passing,
        copied: Passing,
        timeout_s: float | None,
    ) -> tuple[web.StreamResponse, ForwardingResult]:
        if own is not None:
            passing.answer_headers |= _location(own)
            return _changed(plain(own.status, _text(own.status)), passing)
        if choice is None:
            return _changed(plain(503, "no available server\n"), passing)
        if choice.failure:
            return _changed(plain(choice.failure, _text(choice.failure)), passing)
        started = time.perf_counter()
        try:
            body = await self._mirror(request, choice, copied) if choice.mirrors else None
            cookies = CIMultiDict([("Set-Cookie", cookie) for cookie in choice.cookies])
            answered = await self._forwarder.forward(
                request,
                choice.address,
                passing.target,
                _headers(passing, choice),
                extra_answer_headers=cookies,
                answer_changes=passing.answer_headers,
                answer_edits=passing.answer_edits,
                body=body,
                timeout_s=timeout_s,
            )
        except UpstreamFailed as failure:
            answered = _changed(plain(failure.status, _STATUS_TEXTS[failure.status]), passing)
        outcome = answered[1]
        seconds = time.perf_counter() - started
        size = (outcome.request_bytes, outcome.response_bytes)
        self.metrics.service(choice.service, request.method, outcome.status, seconds, *size, provider=choice.provider)
        return answered

    async def _mirror(self, request: web.BaseRequest, choice: SelectedBackend, passing: Passing) -> bytes | None:
        """Start the copies; the request's body, if it had to be read for them."""
        body = await self._body(request) if choice.mirror_body and request.body_exists else None
        limit = choice.mirror_max_body
        if body is not None and 0 <= limit < len(body):
            return body
        for mirror in choice.mirrors:
            task = in_background(self._copy(passing, mirror, body), "mirrored request")
            self._copies.add(task)
            task.add_done_callback(self._copies.discard)
        return body

    async def _body(self, request: web.BaseRequest) -> bytes:
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > _MIRRORED_BYTES_MOST:
                raise UpstreamFailed(413, "a mirrored body is kept as a whole")
        return bytes(body)

    async def _copy(self, passing: Passing, mirror: SelectedBackend, body: bytes | None) -> None:
        headers = _headers(passing, mirror)
        if body is None:
            headers.popall("Content-Length", None)
        started = time.perf_counter()
        try:
            status = await self._forwarder.copy(passing.method, mirror.address, passing.target, headers, body)
        except UpstreamFailed as failure:
            status = failure.status
        seconds = time.perf_counter() - started
        sent = len(body or b"")
        self.metrics.service(mirror.service, passing.method, status, seconds, sent, 0, provider=mirror.provider)

    def _passing(self, request: web.BaseRequest) -> Passing:
        """The request as middlewares get it, with Traefik's X-Forwarded headers."""
        headers = end_to_end(request.headers)
        client = request.remote or "127.0.0.1"
        host = request.headers.get("Host", "")
        before = headers.get("X-Forwarded-For")
        headers["X-Forwarded-For"] = f"{before}, {client}" if before else client
        headers.setdefault("X-Forwarded-Host", host)
        headers.setdefault("X-Forwarded-Port", host.rpartition(":")[2] if ":" in host else "80")
        headers.setdefault("X-Forwarded-Proto", "http")
        headers.setdefault("X-Forwarded-Server", self._hostname)
        headers.setdefault("X-Real-Ip", client)
        path, mark, query = target_path(request).partition("?")
        return Passing(request.method, host, path, mark + query, headers)

    def _access_log(
        self,
        request: web.BaseRequest,
        outcome: ForwardingResult,
        router: GatewayRoute | None,
        choice: SelectedBackend | None,
        seconds: float,
    ) -> None:
        self._count += 1
        stamp = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S %z")
        version = f"HTTP/{request.version.major}.{request.version.minor}"
        name = f"{router.name}@{router.provider}" if router is not None else "-"
        server = f"http://{choice.address}" if choice is not None and choice.address else "-"
        self._log(
            f'{request.remote or "-"} - - [{stamp}] "{request.method} {request.raw_path} {version}" '
            f'{outcome.status} {outcome.response_bytes} "-" "-" {self._count} "{name}" "{server}" '
            f"{seconds * 1000:.0f}ms"
        )


def describe(request: web.BaseRequest) -> rules.GatewayRequest:
    """What the rules look at."""
    path, _, query = target_path(request).partition("?")
    return rules.GatewayRequest(
        host=host_name(request.headers.get("Host", "")),
        path=path,
        method=request.method,
        query=query,
        headers=request.headers,
        client_ip=request.remote or "127.0.0.1",
    )


def host_name(host: str) -> str:
    """A Host header without port, in lower case; brackets of an IPv6 address are kept."""
    bare = host.lower()
    if bare.endswith("]"):
        return bare
    name, colon, port = bare.rpartition(":")
    return name if colon and port.isdigit() else bare


def target_path(request: web.BaseRequest) -> str:
    """Path and query exactly as sent, also when the request line has an absolute URI."""
    raw = request.raw_path
    if raw.startswith("/"):
        return raw
    _, _, rest = raw.partition("://")
    path = rest[len(rest.partition("/")[0].partition("?")[0]) :]
    return path if path.startswith("/") else f"/{path}"


def _problems(configuration: Configuration) -> list[str]:
    """What is unusable or unsupported, as the ends of log lines; disabled routes are among the problems already."""
    unsupported = [
        f"{n.kind} {n.namespace}/{n.name}: {n.text} providerName={GATEWAY_API if n.kind == 'HTTPRoute' else PROVIDER}"
        for n in configuration.notices
        if n.reason == "NotPlayed" and n.kind != "Ingress"
    ]
    return [*(f"{problem} providerName={PROVIDER}" for problem in configuration.problems), *unsupported]


def _headers(passing: Passing, choice: SelectedBackend) -> CIMultiDict[str]:
    headers = passing.headers.copy()
    headers["Host"] = passing.host if choice.pass_host else choice.address
    return headers


def _location(answer: middlewares.GatewayAnswer) -> dict[str, str]:
    return {"Location": answer.location} if answer.location else {}


def _text(status: int) -> str:
    if status == 204:
        return ""
    return "404 page not found\n" if status == 404 else HTTPStatus(status).phrase


def _changed(
    answered: tuple[web.StreamResponse, ForwardingResult], passing: Passing
) -> tuple[web.StreamResponse, ForwardingResult]:
    change_headers(answered[0].headers, passing.answer_headers, passing.answer_edits)
    return answered


def plain(status: int, text: str) -> tuple[web.StreamResponse, ForwardingResult]:
    """An answer of the gateway itself."""
    return web.Response(status=status, text=text), ForwardingResult(status, 0, len(text))
