"""HTTP servers on loopback sockets inside this process: what the sandbox's containers are.

In-process containers (podinfo, generic, gateway, load tester) and the cluster proxy bind, drain and abort here.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping

from aiohttp import HttpVersion11, web

from canarytui.sandbox.cross_site import browsers_errand

LOOPBACK = "127.0.0.1"
_BACKLOG = 512
_AT_ONCE_S = 0.001  # aiohttp reads 0 as "wait forever"

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def listen(preferred: str | None = None) -> socket.socket:
    """A bound loopback TCP socket: at `preferred` (``127.0.0.1:PORT``) if that is free, else anywhere.

    For a child process, keep it open as long as the child lives: a free port may be given to another program, and the
    child can bind it all the same (``SO_REUSEADDR``, and this socket does not listen).
    """
    port = int(preferred.rpartition(":")[2]) if preferred else 0
    for candidate in (port, 0) if port else (0,):
        with contextlib.suppress(OSError):
            return bind(candidate)
    raise OSError("no free port on the loopback interface")


def bind(port: int) -> socket.socket:
    """A socket bound to exactly that loopback port (0: any).

    Raises:
        OSError: the port is taken.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((LOOPBACK, port))
    except OSError:
        sock.close()
        raise
    return sock


def plain_server(handler: Handler) -> web.Server:
    """A server that passes every request to `handler` unrouted, but refuses cross-site ones: a picture at ``/panic`` on
    any web page would end a pod."""

    async def guarded(request: web.BaseRequest) -> web.StreamResponse:
        refusal = browsers_errand(request.method, request.headers)
        if not refusal:
            await continue_if_asked(request)
        return web.Response(status=403, text=f"{refusal}\n") if refusal else await handler(request)

    return web.Server(guarded, access_log=None)


async def continue_if_asked(request: web.BaseRequest) -> None:
    """Tell a client that waits for it (``Expect: 100-continue``, as curl does with uploads) to send its body; servers
    without routing have to do that themselves."""
    writer = request.writer
    if request.headers.get("Expect", "").lower() == "100-continue" and request.version >= HttpVersion11:
        await writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        writer.output_size = 0  # what counts is the answer that follows


def address_of(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"{host}:{port}"


def port_of(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])


class HttpServers:
    """A server for each of several container ports.

    Attributes:
        listens: container port -> ``127.0.0.1:PORT``.
    """

    def __init__(self, server_of: Callable[[int], web.Server]) -> None:
        self._server_of = server_of
        self._servers: list[asyncio.Server] = []
        self._protocols: list[web.Server] = []
        self.listens: dict[int, str] = {}

    @property
    def requests(self) -> int:
        """How many have been received since the start."""
        return sum(protocol.requests_count for protocol in set(self._protocols))

    async def start(self, ports: Iterable[int], preferred: Mapping[int, str] | None = None) -> None:
        """Listen for each container port, at the address it had before (`preferred`) if still free."""
        loop = asyncio.get_running_loop()
        for port in ports:
            sock = listen((preferred or {}).get(port))
            protocol = self._server_of(port)
            self._servers.append(await loop.create_server(protocol, sock=sock, backlog=_BACKLOG))
            self._protocols.append(protocol)
            self.listens[port] = address_of(sock)

    async def drain(self, grace_s: float) -> None:
        """Accept nothing new, let requests in flight finish within `grace_s` seconds, then close all."""
        for server in self._servers:
            server.close()
        for protocol in self._protocols:
            protocol.pre_shutdown()
        # aiohttp waits for handlers and then for connections, each time for the whole timeout.
        half_s = max(grace_s / 2, _AT_ONCE_S)
        await asyncio.gather(*(protocol.shutdown(half_s) for protocol in self._protocols))
        self._forget()

    async def abort(self) -> None:
        """Close everything immediately, requests in flight included, as in a crash."""
        for server in self._servers:
            server.close()
        await asyncio.gather(*(protocol.shutdown(_AT_ONCE_S) for protocol in self._protocols))
        self._forget()

    def _forget(self) -> None:
        self._servers.clear()
        self._protocols.clear()
        self.listens.clear()
