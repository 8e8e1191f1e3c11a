"""A proxy on a real socket, with TLS or without, that loses the answer to one request as networks and gateways do.

The request is passed on to the API server, or not; what comes back is the fault.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from canarytui.sandbox.supervisor.certificates import Certificates

_TIMED_OUT = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Timeout", "code": 504,
              "message": "request did not complete within the allotted timeout"}  # fmt: skip
_INTERNAL = {**_TIMED_OUT, "reason": "InternalError", "code": 500, "message": "rpc error: code = Unavailable"}
_UNAUTHORIZED = {**_TIMED_OUT, "reason": "Unauthorized", "code": 401, "message": "Unauthorized"}
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


@dataclass
class LosingProxy:
    """`fault` strikes the next request that begins with `strikes`, once; `applied` says whether that reaches the
    server. `unauthorized` answers 401 to all reads after it."""

    upstream: tuple[str, int]
    fault: str = ""
    strikes: bytes = b"PATCH "
    applied: bool = True
    unauthorized: bool = False
    passes_first: Callable[[], None] = lambda: None
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[str] = field(default_factory=list)

    async def start(self, certificates: Certificates | None = None, folder: Path | None = None) -> None:
        context = certificates.server_context(folder) if certificates is not None and folder is not None else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = f"{'https' if context else 'http'}://{host}:{port}"

    async def stop(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _message(reader)) is not None:
                method, path = request.split(b" ", 2)[:2]
                self.seen.append(f"{method.decode()} {path.decode()}")
                if request.startswith(self.strikes) and self.fault:
                    fault, self.fault = self.fault, ""
                    self.passes_first()
                    if self.applied and fault != "409 after our own success":
                        await self._ask(request)
                    self.struck.set()
                    await self._strike(fault, request, reader, writer)
                    break
                if self.unauthorized and self.struck.is_set() and method == b"GET":
                    writer.write(_answer(401, json.dumps(_UNAUTHORIZED).encode()))
                    break
                writer.write(await self._ask(request))
                await writer.drain()
                break
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _strike(
        self, fault: str, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        strikes: dict[str, Callable[[], Awaitable[None]]] = {
            "reset before the headers": lambda: _reset(writer),
            "reset after the headers": lambda: _reset(writer, _answer(200, b"{}", length=4000)[:-2]),
            "half a body": lambda: _write(writer, _answer(200, b'{"kind": "Canary", "metada', length=4000)),
            "hang": lambda: _until_the_client_gives_up(reader),
            "500": lambda: _write(writer, _answer(500, json.dumps(_INTERNAL).encode())),
            "502 as HTML": lambda: _write(writer, _answer(502, _HTML, kind="text/html")),
            "504": lambda: _write(writer, _answer(504, json.dumps(_TIMED_OUT).encode())),
            "bad JSON": lambda: _write(writer, _answer(200, b'{"kind": "Canary", "metadata": {"na')),
            "cut gzip": lambda: _write(writer, _answer(200, gzip.compress(b'{"a": "b"}' * 99)[:25], encoding="gzip")),
            "TLS close": lambda: _write(writer, b""),
            "409 after our own success": lambda: self._replay(request, writer),
        }
        await strikes[fault]()

    async def _replay(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Send it twice, as a proxy does that saw its first connection fail, and pass on the second answer."""
        if self.applied:
            await self._ask(request)
        await _write(writer, await self._ask(request))

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self.upstream)
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        writer.write(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
        answer = await reader.read()
        writer.close()
        return answer


def tls_kubeconfig(url: str, certificates: Certificates, token: str) -> dict[str, object]:
    """Of a client that reaches the API server through the proxy."""
    import base64

    authority = base64.b64encode(certificates.ca_pem).decode()
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": "shop",
        "clusters": [{"name": "shop", "cluster": {"server": url, "certificate-authority-data": authority}}],
        "users": [{"name": token, "user": {"token": token}}],
        "contexts": [{"name": "shop", "context": {"cluster": "shop", "user": token, "namespace": "test"}}],
    }  # fmt: skip


async def _message(reader: asyncio.StreamReader) -> bytes | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")),
        0,
    )
    return head + await reader.readexactly(length)


def _answer(
    code: int, body: bytes, *, length: int | None = None, kind: str = "application/json", encoding: str = ""
) -> bytes:
    head = f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body) if length is None else length}\r\n"
    head += f"Content-Encoding: {encoding}\r\n" if encoding else ""
    return head.encode() + b"\r\n" + body


async def _until_the_client_gives_up(reader: asyncio.StreamReader) -> None:
    await reader.read()


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def _reset(writer: asyncio.StreamWriter, first: bytes = b"") -> None:
    if first:
        await _write(writer, first)
        await asyncio.sleep(0.05)  # the headers arrive before the reset does
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
