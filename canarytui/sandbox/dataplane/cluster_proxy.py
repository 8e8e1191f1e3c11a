"""The cluster proxy: an HTTP proxy on loopback through which curl and hey reach cluster names.

``curl -x http://127.0.0.1:PORT http://podinfo-canary.test/`` sends an absolute URI, a request straight to
the port with a ``Host`` header sends a path, ``CONNECT`` asks for a tunnel: all three work, and all lead to
the sandbox's own pods only. The load tester runs commands only for callers that send an administrator's token
in ``Proxy-Authorization`` (user ``sandbox``).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hashlib
import socket
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from multidict import CIMultiDict

from canarytui.sandbox.background import in_background
from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.client.resources import TOKEN_REVIEWS
from canarytui.sandbox.constants import DESTINATION_HEADER, SECRET_HEADER
from canarytui.sandbox.dataplane.names import AddressRefused, Names
from canarytui.sandbox.errors import SandboxError
from canarytui.sandbox.gateway.forwarding import Forwarder, UpstreamFailed, end_to_end
from canarytui.sandbox.gateway.gateway import host_name, target_path
from canarytui.sandbox.servers import address_of, continue_if_asked
from canarytui.sandbox.whole_number import whole_number

USER = "sandbox"
_HEAD_LIMIT = 64 * 1024
_TRUST_S = 60.0


class ClusterProxy:
    """Listens on one loopback port."""

    def __init__(self, names: Names, is_admin: Callable[[str], Awaitable[bool]], secret: str) -> None:
        self._names = names
        self._is_admin = is_admin
        self._secret = secret
        self._forwarder = Forwarder()
        self._http = web.Server(self._handle, access_log=None)
        self._server: asyncio.Server | None = None
        self._tunnels: set[asyncio.Task[None]] = set()
        self.address = ""

    async def start(self, sock: socket.socket) -> None:
        """Listen on a bound socket."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Front(self._http, self._tunnel), sock=sock, backlog=512)
        self.address = address_of(sock)

    async def stop(self) -> None:
        """Close everything, tunnels included."""
        if self._server is not None:
            self._server.close()
        for task in self._tunnels:
            task.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)
        await self._http.shutdown(0.001)
        await self._forwarder.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        authority = _authority(request)
        try:
            address = self._names.resolve(*split_authority(authority, 80))
        except AddressRefused as refused:
            return web.Response(status=refused.status, text=f"{refused}\n")
        await continue_if_asked(request)
        headers = end_to_end(request.headers)
        headers.setdefault("Host", authority)
        await self._add_trust(request, headers)
        try:
            response, _ = await self._forwarder.forward(request, address, target_path(request), headers)
        except UpstreamFailed as failure:
            return web.Response(status=failure.status, text=f"{authority}: {failure}\n")
        return response

    async def _add_trust(self, request: web.BaseRequest, headers: CIMultiDict[str]) -> None:
        token = _proxy_token(request.headers.get("Proxy-Authorization", ""))
        if token and await self._is_admin(token):
            headers[SECRET_HEADER] = self._secret

    def _tunnel(self, transport: asyncio.Transport, head: bytes) -> None:
        task = in_background(self._open_tunnel(transport, head), "tunnel")
        self._tunnels.add(task)
        task.add_done_callback(self._tunnels.discard)

    async def _open_tunnel(self, transport: asyncio.Transport, head: bytes) -> None:
        line, _, _ = head.partition(b"\r\n")
        words = line.decode("latin-1").split(" ")
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        writer = asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())
        rest = head.partition(b"\r\n\r\n")[2]
        try:
            address = self._names.resolve(*split_authority(words[1] if len(words) > 1 else "", 443))
            host, _, port = address.rpartition(":")
            upstream_reader, upstream_writer = await asyncio.open_connection(host, int(port))
        except (AddressRefused, OSError) as error:
            status = f"{error.status} Refused" if isinstance(error, AddressRefused) else "502 Bad Gateway"
            text = f"{error}\n".encode()
            lines = f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
            writer.write(lines.encode() + text)
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        upstream_writer.write(rest)
        try:
            await asyncio.gather(_pump(reader, upstream_writer), _pump(upstream_reader, writer))
        finally:
            writer.close()
            upstream_writer.close()


class AdminTokens:
    """Whether a token is an administrator's, by TokenReview; cached for a minute."""

    def __init__(self, client: KubeClient) -> None:
        self._client = client
        self._known: dict[bytes, tuple[bool, float]] = {}

    async def __call__(self, token: str) -> bool:
        key = hashlib.sha256(token.encode()).digest()
        answer, until = self._known.get(key, (False, 0.0))
        if until > time.monotonic():
            return answer
        if len(self._known) > 100:
            self._known.clear()
        answer = await self._review(token)
        self._known[key] = (answer, time.monotonic() + _TRUST_S)
        return answer

    async def _review(self, token: str) -> bool:
        review = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenReview",
            "spec": {"token": token},
        }
        try:
            answer = await self._client.create(TOKEN_REVIEWS.path(), review)
        except SandboxError:
            return False
        status = answer.get("status") or {}
        groups = (status.get("user") or {}).get("groups") or ()
        return bool(status.get("authenticated")) and "system:masters" in groups


class _Front(asyncio.Protocol):
    """Reads a connection's first bytes: CONNECT becomes a tunnel, all else goes to the HTTP server."""

    def __init__(self, http: web.Server, tunnel: Callable[[asyncio.Transport, bytes], None]) -> None:
        self._http = http
        self._tunnel = tunnel
        self._transport: asyncio.Transport | None = None
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        transport = self._transport
        if transport is None:
            return
        method = b"CONNECT "
        if not self._head.startswith(method[: len(self._head)]):
            handler = self._http()
            transport.set_protocol(handler)
            handler.connection_made(transport)
            handler.data_received(self._head)
        elif b"\r\n\r\n" in self._head:
            self._tunnel(transport, self._head)
        elif len(self._head) > _HEAD_LIMIT:
            transport.abort()


def split_authority(authority: str, default_port: int) -> tuple[str, int]:
    """``host[:port]`` -> (host in lower case, port)."""
    host = host_name(authority)
    _, colon, port = authority.rpartition(":")
    number = whole_number(port) if colon else None
    return host, default_port if number is None else number


def _authority(request: web.BaseRequest) -> str:
    """Where a request goes. With an absolute URI the Host header is for the server behind it, not for the proxy."""
    if given := request.headers.get(DESTINATION_HEADER):
        return given
    raw = request.raw_path
    if raw.startswith("/"):
        return request.headers.get("Host", "")
    return raw.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]


def _proxy_token(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    with contextlib.suppress(binascii.Error, UnicodeDecodeError):
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        return password if user == USER else ""
    return ""


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_HEAD_LIMIT):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
