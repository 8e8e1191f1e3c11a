"""A pod of ingress-nginx as a request handler: find the location, choose a pod, forward, count, log.

Started by :mod:`canarytui.sandbox.node.runtimes.ingress_nginx`. Every request gets the current table, so a change of a
weight applies to the first request after its watch event.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web
from msgspec import Struct
from multidict import CIMultiDict

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.forwarding import Forwarder, ForwardingResult, UpstreamFailed, end_to_end
from canarytui.sandbox.gateway.gateway import describe, target_path
from canarytui.sandbox.gateway.ingress_table import IngressLocation, IngressTable
from canarytui.sandbox.gateway.ingresses.metrics import IngressMetrics, RequestLabels
from canarytui.sandbox.gateway.ingresses.selection import (
    SelectedUpstream,
    UpstreamSelector,
    find_location,
    upstream_target,
)
from canarytui.sandbox.gateway.middleware_config import GatewayWarning
from canarytui.sandbox.metric_families import CONTENT_TYPE

_CONNECT_TIMEOUT_S = 5.0
_NOT_REPEATED = frozenset(("POST", "LOCK", "PATCH"))
_TEXTS = {503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}


class _Exchange(Struct):
    """What became of a request: for its line in the log and its metrics."""

    result: ForwardingResult
    chosen: SelectedUpstream | None = None
    address: str = ""
    upstream_s: float | None = None


class IngressServer:
    """Routes requests by the table of a :class:`Configuration`."""

    def __init__(
        self, configuration: Callable[[], Configuration], namespace: str, pod: str, log: Callable[[str], None]
    ) -> None:
        self._latest = configuration
        self._log = log
        self._told: frozenset[GatewayWarning] = frozenset()
        self._table = IngressTable()
        self._selector = UpstreamSelector(lambda most: random.randint(1, most))
        self._forwarder = Forwarder(_CONNECT_TIMEOUT_S)
        self._metrics = IngressMetrics(namespace, pod)

    def refresh(self) -> None:
        """Apply the newest table, and log what of its Ingresses is not followed."""
        latest = self._latest()
        if latest.ingresses is self._table:
            return
        self._table = latest.ingresses
        self._metrics.reloaded()
        notices = [each for each in latest.notices if each.kind == "Ingress"]
        for each in notices:
            if each not in self._told:
                stamp = datetime.now(UTC).strftime("%m%d %H:%M:%S.%f")
                self._log(f'W{stamp} controller.go] "{each.text}" ingress="{each.namespace}/{each.name}"')
        self._told = frozenset(notices)

    async def internal(self, request: web.BaseRequest) -> web.StreamResponse:
        """The port for metrics and health: ``/metrics`` and ``/healthz``."""
        path = request.raw_path.partition("?")[0]
        if path == "/metrics":
            return web.Response(body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE})
        if path == "/healthz":
            return web.Response(text="ok")
        return web.Response(status=404, text="404 page not found\n")

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request to the port that is routed."""
        self.refresh()
        started = time.perf_counter()
        table, facts = self._table, describe(request)
        location = find_location(table, facts)
        identity = request.headers.get("X-Request-ID") or secrets.token_hex(16)
        if location is None or not location.ingress:
            response, exchange = _page(404)
        else:
            chosen = self._selector.choose(table, location, facts, request.cookies)
            response, exchange = await self._proxied(request, location, chosen, identity)
        seconds = time.perf_counter() - started
        result = exchange.result
        if facts.host in table.hosts:
            labels = _labels(location, exchange.chosen, facts.host, request.method, result.status)
            self._metrics.request(labels, seconds, exchange.upstream_s)
        self._log(_log_line(request, exchange, seconds, identity))
        return response

    async def close(self) -> None:
        """Close the connections to pods."""
        await self._forwarder.close()

    async def _proxied(
        self, request: web.BaseRequest, location: IngressLocation, chosen: SelectedUpstream | None, identity: str
    ) -> tuple[web.StreamResponse, _Exchange]:
        if chosen is None:
            return _page(503)
        repeated = not request.body_exists and request.method not in _NOT_REPEATED
        status, address, started = 502, "", time.perf_counter()
        for address in chosen.addresses[: location.tries if repeated else 1]:
            try:
                response, result = await self._forwarder.forward(
                    request,
                    address,
                    upstream_target(location, target_path(request)),
                    _headers(request, location, identity),
                    read_timeout_s=location.read_timeout_s,
                )
            except UpstreamFailed as failure:
                status = failure.status
                continue
            return response, _Exchange(result, chosen, address, time.perf_counter() - started)
        response, exchange = _page(status)
        exchange.chosen, exchange.address = chosen, address
        exchange.upstream_s = time.perf_counter() - started
        return response, exchange


def _headers(request: web.BaseRequest, location: IngressLocation, identity: str) -> CIMultiDict[str]:
    """The request's headers as nginx passes them on; it trusts no X-Forwarded header of the client."""
    headers = end_to_end(request.headers)
    client, host = request.remote or "127.0.0.1", request.headers.get("Host", "")
    before = headers.get("X-Forwarded-For")
    if before:
        headers["X-Original-Forwarded-For"] = before
    headers["Host"] = location.vhost or host
    headers["X-Request-ID"] = identity
    headers["X-Real-IP"] = headers["X-Forwarded-For"] = client
    headers["X-Forwarded-Host"] = host
    headers["X-Forwarded-Port"] = "80"
    headers["X-Forwarded-Proto"] = headers["X-Forwarded-Scheme"] = headers["X-Scheme"] = "http"
    return headers


def _labels(
    location: IngressLocation | None, chosen: SelectedUpstream | None, host: str, method: str, status: int
) -> RequestLabels:
    return RequestLabels(
        canary=chosen.canary if chosen is not None else "",
        host=host,
        ingress=location.ingress if location is not None else "",
        method=method,
        namespace=location.namespace if location is not None else "",
        path=location.written if location is not None else "",
        service=location.service if location is not None else "",
        status=str(status),
    )


def _page(status: int) -> tuple[web.StreamResponse, _Exchange]:
    """A page of nginx's own."""
    title = f"{status} {_TEXTS.get(status) or HTTPStatus(status).phrase}"
    text = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    response = web.Response(status=status, text=text, content_type="text/html")
    return response, _Exchange(ForwardingResult(status, 0, len(text)))


def _log_line(request: web.BaseRequest, exchange: _Exchange, seconds: float, identity: str) -> str:
    """A line in ingress-nginx's default format."""
    stamp = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S %z")
    version = f"HTTP/{request.version.major}.{request.version.minor}"
    agent, referer = (request.headers.get(name, "-") for name in ("User-Agent", "Referer"))
    result, chosen = exchange.result, exchange.chosen
    upstream, canary = (chosen.upstream, chosen.canary) if chosen is not None else ("", "")
    asked = exchange.upstream_s is not None
    upstream_s = f"{exchange.upstream_s:.3f}" if asked else "-"
    sent, status = (result.response_bytes, result.status) if asked else ("-", "-")
    return (
        f'{request.remote or "-"} - - [{stamp}] "{request.method} {request.raw_path} {version}" '
        f'{result.status} {result.response_bytes} "{referer}" "{agent}" {max(result.request_bytes, 0)} {seconds:.3f} '
        f"[{upstream}] [{canary}] {exchange.address or '-'} {sent} {upstream_s} {status} {identity}"
    )
