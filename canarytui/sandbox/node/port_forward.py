"""``kubectl port-forward``: connections from the client's machine to a pod's ports through one WebSocket.

Two dialects. kubectl 1.31 and later tunnel SPDY; each forwarded connection is a pair of streams, one for
errors and one for data. The Python client speaks ``v4.channel.k8s.io``: two numbered channels for each
port named in the URL.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Awaitable, Callable

from aiohttp import WSMsgType, web

from canarytui.sandbox.backends import pod_listens
from canarytui.sandbox.background import in_background
from canarytui.sandbox.node.channels import V4
from canarytui.sandbox.node.kubelet_server import KUBELET
from canarytui.sandbox.node.spdy import (
    DataReceived,
    PingReceived,
    SpdyError,
    SpdySession,
    StreamOpened,
    StreamReset,
)

TUNNEL = "SPDY/3.1+portforward.k8s.io"
_CHUNK = 32 * 1024

Send = Callable[[bytes], Awaitable[None]]


def add_port_forward(app: web.Application) -> None:
    """Add ``/portForward`` to the kubelet's application."""
    app.router.add_get("/portForward/{namespace}/{pod}", _handle)


async def _handle(request: web.Request) -> web.StreamResponse:
    namespace, name = request.match_info["namespace"], request.match_info["pod"]
    worker = request.app[KUBELET].worker(namespace, name)
    if worker is None:
        return web.Response(status=404, text=f'pod "{name}_{namespace}" not found')
    socket = web.WebSocketResponse(protocols=(TUNNEL, V4))
    await socket.prepare(request)

    def address_of(port: int) -> str | None:
        return pod_listens(worker.pod).get(str(port))

    if socket.ws_protocol == TUNNEL:
        await _SpdyForward(socket, address_of).run()
    else:
        ports = [int(port) for text in request.query.getall("ports", []) for port in text.split(",") if port]
        await _ChannelForward(socket, address_of, ports).run()
    await socket.close()
    return socket


class _Connection:
    """One TCP connection to the pod: what arrives goes to `send`, the end to `finished`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def copy(self, send: Send) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await self._reader.read(_CHUNK):
                await send(chunk)

    async def write(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            if self.writer.can_write_eof():
                self.writer.write_eof()


async def _connect(address: str | None, port: int) -> _Connection:
    """Connect to where the pod listens for `port`.

    Raises:
        OSError: nothing listens there.
    """
    if address is None:
        raise ConnectionRefusedError(f"nothing in the pod listens on port {port}")
    host, _, real_port = address.rpartition(":")
    return _Connection(*await asyncio.open_connection(host, int(real_port)))


class _SpdyForward:
    """SPDY streams of one tunnel; a data stream finds its error stream by the request's number."""

    def __init__(self, socket: web.WebSocketResponse, address_of: Callable[[int], str | None]) -> None:
        self._socket = socket
        self._address_of = address_of
        self._spdy = SpdySession()
        self._errors: dict[str, int] = {}
        self._connections: dict[int, _Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            async for message in self._socket:
                if message.type is WSMsgType.BINARY:
                    await self._receive(message.data)
        except SpdyError:
            return
        finally:
            for connection in self._connections.values():
                connection.writer.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _receive(self, data: bytes) -> None:
        for event in self._spdy.receive(data):
            match event:
                case StreamOpened():
                    await self._opened(event)
                case DataReceived(stream, payload, finished):
                    if connection := self._connections.get(stream):
                        await connection.write(payload)
                        if finished:
                            connection.finish()
                case StreamReset(stream):
                    if connection := self._connections.pop(stream, None):
                        connection.writer.close()
                case PingReceived(number):
                    await self._send(self._spdy.ping(number))

    async def _opened(self, event: StreamOpened) -> None:
        await self._send(self._spdy.reply(event.stream))
        request = event.headers.get("requestid", "")
        if event.headers.get("streamtype") == "error":
            self._errors[request] = event.stream
            return
        port = int(event.headers.get("port") or 0)
        error_stream = self._errors.pop(request, 0)
        try:
            connection = await _connect(self._address_of(port), port)
        except OSError as error:
            await self._fail(event.stream, error_stream, port, error)
            return
        self._connections[event.stream] = connection
        task = in_background(self._copy(event.stream, error_stream, connection), "port-forward")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _copy(self, stream: int, error_stream: int, connection: _Connection) -> None:
        async def send(chunk: bytes) -> None:
            await self._send(self._spdy.data(stream, chunk))

        await connection.copy(send)
        await self._send(self._spdy.data(stream, b"", finished=True))
        if error_stream:
            await self._send(self._spdy.data(error_stream, b"", finished=True))
        connection.writer.close()
        self._connections.pop(stream, None)

    async def _fail(self, stream: int, error_stream: int, port: int, error: OSError) -> None:
        text = f"an error occurred forwarding {port}: failed to connect to localhost:{port} in the pod: {error}"
        if error_stream:
            await self._send(self._spdy.data(error_stream, text.encode(), finished=True))
        await self._send(self._spdy.data(stream, b"", finished=True))

    async def _send(self, data: bytes) -> None:
        if not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_bytes(data)


class _ChannelForward:
    """Ports as channels: 2n carries the data of the n-th port, 2n+1 its errors; one connection for each."""

    def __init__(
        self, socket: web.WebSocketResponse, address_of: Callable[[int], str | None], ports: list[int]
    ) -> None:
        self._socket = socket
        self._address_of = address_of
        self._ports = ports
        self._connections: dict[int, _Connection] = {}

    async def run(self) -> None:
        for index, port in enumerate(self._ports):
            for channel in (2 * index, 2 * index + 1):
                await self._send(channel, struct.pack("<H", port))
        async with asyncio.TaskGroup() as group:
            copies = []
            for index, port in enumerate(self._ports):
                try:
                    connection = await _connect(self._address_of(port), port)
                except OSError as error:
                    await self._send(2 * index + 1, f"error forwarding port {port}: {error}".encode())
                    continue
                self._connections[2 * index] = connection
                copies.append(group.create_task(self._copy(2 * index, connection)))
            await self._read()
            for copy in copies:
                copy.cancel()
        for connection in self._connections.values():
            connection.writer.close()

    async def _read(self) -> None:
        async for message in self._socket:
            data = message.data if message.type is WSMsgType.BINARY else b""
            if data and (connection := self._connections.get(data[0])):
                await connection.write(data[1:])

    async def _copy(self, channel: int, connection: _Connection) -> None:
        async def send(chunk: bytes) -> None:
            await self._send(channel, chunk)

        await connection.copy(send)
        if len(self._connections) == 1:
            await self._socket.close()

    async def _send(self, channel: int, data: bytes) -> None:
        if not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_bytes(bytes([channel]) + data)
