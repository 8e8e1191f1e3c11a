"""An HTTP server on loopback that answers as nobody should, in raw bytes, and stops when the peer has had enough.

``/good`` answers well whatever the mode, ``/mode/3/`` in the way that is third in :data:`MODES`; every other path in
the way that :attr:`Hostile.mode` names. What is sent is bounded: :data:`MOST` bytes an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator

MOST = 1 << 30
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_BLOCK = bytes(1 << 24)
MODES = (
    "gzip bomb",
    "deflate bomb",
    "empty gzip members",
    "a gigabyte",
    "a gigabyte announced",
    "deep JSON",
    "brackets",
    "endless headers",
    "one long header",
    "tiny chunks",
    "endless interim answers",
    "slow drip",
    "cut short",
    "bytes that are no HTTP",
    "silence",
)


def deflated(wbits: int) -> Iterator[bytes]:
    """A gigabyte of zeros in small pieces: after a full flush the same block follows again and again."""
    engine = zlib.compressobj(6, zlib.DEFLATED, wbits)
    yield engine.compress(_BLOCK) + engine.flush(zlib.Z_FULL_FLUSH)
    block = zlib.compressobj(6, zlib.DEFLATED, -15)
    again = block.compress(_BLOCK) + block.flush(zlib.Z_FULL_FLUSH)
    for _ in range(MOST // len(_BLOCK)):
        yield again


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def pieces(mode: str) -> Iterator[bytes]:
    """The raw bytes of an answer."""
    if mode in ("gzip bomb", "deflate bomb"):
        gzip = mode == "gzip bomb"
        coding = b"Content-Encoding: " + (b"gzip" if gzip else b"deflate") + b"\r\n"
        yield _HEAD + coding + _CHUNKED + b"\r\n"
        yield from map(_chunk, deflated(31 if gzip else 15))
    elif mode == "empty gzip members":
        engine = zlib.compressobj(9, zlib.DEFLATED, 31)
        member = engine.flush() * 3000
        yield _HEAD + b"Content-Encoding: gzip\r\n" + _CHUNKED + b"\r\n"
        for _ in range(MOST // len(member)):
            yield _chunk(member)
    elif mode == "a gigabyte":
        yield _HEAD + _CHUNKED + b"\r\n"
        piece = _chunk(b" " * 65536)
        for _ in range(MOST // 65536):
            yield piece
    elif mode == "a gigabyte announced":
        yield _HEAD + f"Content-Length: {MOST}\r\n\r\n".encode()
        for _ in range(MOST // 65536):
            yield b" " * 65536
    elif mode in ("deep JSON", "brackets"):
        inner = b"[" * 140_000 + b"]" * 140_000 if mode == "deep JSON" else b"[" + b"{}," * 690_000 + b"{}]"
        body = b'{"status":"success","data":{"resultType":"vector","result":' + inner + b"}}"
        yield _HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    elif mode == "endless headers":
        yield _HEAD
        for number in range(MOST // 8000):
            yield f"X-{number}: ".encode() + b"a" * 7900 + b"\r\n"
    elif mode == "one long header":
        yield _HEAD + b"X-Long: "
        for _ in range(MOST // 65536):
            yield b"a" * 65536
    elif mode == "tiny chunks":
        yield _HEAD + _CHUNKED + b"\r\n"
        for _ in range(MOST // 65536):
            yield b"1;ext=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n \r\n" * 1500
    elif mode == "endless interim answers":
        for _ in range(MOST // 65536):
            yield b"HTTP/1.1 100 Continue\r\nX-Filler: aaaaaaaaaaaaaaa\r\n\r\n" * 1200
    elif mode == "cut short":
        yield _HEAD + b'Content-Length: 500000\r\n\r\n{"status":"succ'
    elif mode == "bytes that are no HTTP":
        for _ in range(MOST // 65536):
            yield b"\x00\xff\x1b]52;c;AAAA\x07" * 4096
    else:
        assert mode == "slow drip"
        yield _HEAD + b"Content-Length: 100000\r\n\r\n"


class Hostile:
    """`begun` and `ended` count answers by (mode, path without query); `sent` the bytes of each mode's largest."""

    def __init__(self) -> None:
        self.mode = ""
        self.begun: Counter[tuple[str, str]] = Counter()
        self.ended: Counter[tuple[str, str]] = Counter()
        self.sent: Counter[str] = Counter()
        self._busy: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return "http://{}:{}".format(*self._server.sockets[0].getsockname()[:2])

    async def stop(self) -> None:
        self._server.close()
        for task in list(self._busy):
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._answer(reader, writer)
        finally:
            self._busy.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        await reader.readexactly(length)
        mode = "" if path.startswith("/good") else self.mode
        if path.startswith("/mode/"):
            mode = MODES[int(path.split("/")[2])]
        self.begun[mode, path] += 1
        try:
            async for piece in self._said(mode, b"vector%281%29" in head):
                writer.write(piece)
                await writer.drain()
        finally:
            self.ended[mode, path] += 1

    async def _said(self, mode: str, vector: bool) -> AsyncIterator[bytes]:
        if not mode:
            value = f'[{time.time()},"{1 if vector else 100}"]'
            body = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":' + value + "}]}}"
            yield _HEAD + f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            return
        if mode == "silence":
            await asyncio.sleep(3600)
        sent = 0
        for piece in pieces(mode):
            sent += len(piece)
            self.sent[mode] = max(self.sent[mode], sent)
            yield piece
            if sent > MOST:
                return
        if mode == "slow drip":
            for _ in range(100):
                yield b" "
                await asyncio.sleep(0.2)
