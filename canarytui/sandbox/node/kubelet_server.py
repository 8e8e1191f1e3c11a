"""The kubelet's HTTP interface, asked by the API server (logs, exec, attach, port-forward) and the metrics server.

Plain HTTP on loopback; every request needs the sandbox's secret, which only the API server has.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.node.container_loop import ContainerLoop
from canarytui.sandbox.node.container_record import Waiting
from canarytui.sandbox.node.kubelet import Kubelet
from canarytui.sandbox.node.logbook import ContainerLog, Line
from canarytui.sandbox.node.usage import UsageMeter, exposition

KUBELET: web.AppKey[Kubelet] = web.AppKey("kubelet", Kubelet)
METER: web.AppKey[UsageMeter] = web.AppKey("meter", UsageMeter)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(kubelet: Kubelet, secret: str) -> web.Application:
    """The application; :mod:`.exec` and :mod:`.port_forward` add their routes to it."""

    @web.middleware
    async def only_with_secret(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get(SECRET_HEADER, "")
        if request.path != "/healthz" and not hmac.compare_digest(given, secret):
            return web.Response(status=401, text="Unauthorized\n")
        return await handler(request)

    app = web.Application(middlewares=[only_with_secret])
    app[KUBELET] = kubelet
    app[METER] = UsageMeter()
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/metrics/resource", _usage)
    app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", _logs)
    return app


def container_of(request: web.Request) -> ContainerLoop:
    """The container that the URL names.

    Raises:
        web.HTTPNotFound: no such pod on this node, or no such container in it.
    """
    namespace, pod = request.match_info["namespace"], request.match_info["pod"]
    name = request.match_info.get("container", "")
    if request.app[KUBELET].worker(namespace, pod) is None:
        raise web.HTTPNotFound(text=f'pod "{pod}_{namespace}" not found')
    loop = request.app[KUBELET].container(namespace, pod, name)
    if loop is None:
        raise web.HTTPNotFound(text=f'container "{name}" not found in pod "{pod}_{namespace}"')
    return loop


async def _healthz(request: web.Request) -> web.StreamResponse:
    return web.Response(text="ok")


async def _usage(request: web.Request) -> web.StreamResponse:
    """What a metrics server asks for."""
    return web.Response(text=exposition(*request.app[METER].read(request.app[KUBELET].running())))


async def _logs(request: web.Request) -> web.StreamResponse:
    loop = container_of(request)
    pod = request.match_info["pod"]
    query = request.query
    book: ContainerLog | None = loop.log
    if truth(query.get("previous")):
        book = loop.previous_log
        if book is None:
            text = f'previous terminated container "{loop.name}" in pod "{pod}" not found'
            return web.Response(status=400, text=text)
    elif isinstance(loop.record.state, Waiting) and loop.record.last is None:
        text = f'container "{loop.name}" in pod "{pod}" is waiting to start: {loop.record.state.reason}'
        return web.Response(status=400, text=text)
    assert book is not None
    tail = int(query["tailLines"]) if query.get("tailLines") else None
    since = time.time() - float(query["sinceSeconds"]) if query.get("sinceSeconds") else None
    limit = int(query["limitBytes"]) if query.get("limitBytes") else None
    stamped = truth(query.get("timestamps"))
    if not truth(query.get("follow")):
        data = b"".join(_render(line, stamped) for line in book.lines(tail=tail, since=since))
        return web.Response(body=data[:limit], content_type="text/plain")
    return await _follow(request, book, tail, since, limit, stamped)


async def _follow(
    request: web.Request,
    book: ContainerLog,
    tail: int | None,
    since: float | None,
    limit: int | None,
    stamped: bool,
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    left = limit
    with suppress(ConnectionError):  # a reader may leave at any moment
        async for line in book.follow(tail=tail, since=since):
            data = _render(line, stamped)[:left]
            await response.write(data)
            if left is not None:
                left -= len(data)
                if left <= 0:
                    break
        await response.write_eof()
    return response


def _render(line: Line, stamped: bool) -> bytes:
    return (line.stamped() if stamped else line.text) + b"\n"


def truth(value: str | None) -> bool:
    """A query parameter of the kubelet's that is set."""
    return (value or "").lower() in ("1", "true", "t")
