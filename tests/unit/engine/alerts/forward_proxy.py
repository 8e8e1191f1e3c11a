"""A forward proxy on loopback: requests with a whole URL go to one server, tunnels to another, whatever their host."""

from __future__ import annotations

import asyncio
from contextlib import suppress

_HEAD_BYTES_MOST = 64 * 1024


class ForwardProxy:
    """`plain_port` gets what is asked by whole URL, as it is; `tunnel_port` what goes through CONNECT."""

    def __init__(self, plain_port: int, tunnel_port: int) -> None:
        self._plain_port, self._tunnel_port = plain_port, tunnel_port
        self._pipes: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Its ``host:port``."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_HEAD_BYTES_MOST)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._server.close()
        for task in self._pipes:
            task.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pipes.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            tunnel = head.startswith(b"CONNECT ")
            up_reader, up = await asyncio.open_connection(
                "127.0.0.1", self._tunnel_port if tunnel else self._plain_port
            )
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                up.write(head)
            await asyncio.gather(_pipe(reader, up), _pipe(up_reader, writer))
        finally:
            self._pipes.discard(task)
            writer.close()


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(_HEAD_BYTES_MOST):
            sink.write(data)
            await sink.drain()
    with suppress(OSError):
        sink.close()
