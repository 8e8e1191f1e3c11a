"""SPDY/3.1 framing without IO: the protocol inside kubectl's port-forward tunnel.

kubectl 1.31 and later send SPDY frames through a WebSocket. Bytes go in, events come out; what to send
back is returned as bytes. Of SPDY only what port-forward uses is here: streams with headers, data,
half-closing, resets and pings; like the library that kubectl uses, both sides leave flow control alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

from msgspec import Struct

_VERSION = 3
_CONTROL = 0x8000
_FIN = 0x01
_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING, _GOAWAY = 1, 2, 3, 6, 7
_MAX_FRAME = 1 << 24


class SpdyError(ValueError):
    """The peer does not speak SPDY/3."""


class StreamOpened(Struct, frozen=True):
    """The peer opened a stream; `finished` when it will send nothing on it."""

    stream: int
    headers: Mapping[str, str]
    finished: bool


class DataReceived(Struct, frozen=True):
    stream: int
    data: bytes
    finished: bool


class StreamReset(Struct, frozen=True):
    stream: int


class PingReceived(Struct, frozen=True):
    """Answer it with :meth:`SpdySession.ping`."""

    number: int


Event = StreamOpened | DataReceived | StreamReset | PingReceived


class SpdySession:
    """One connection, seen from the server."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)
        self._deflate = zlib.compressobj(zdict=DICTIONARY)

    def receive(self, data: bytes) -> Iterator[Event]:
        """Add bytes; yield the events of all frames that are now complete.

        Raises:
            SpdyError: not SPDY/3, or a header block that does not inflate.
        """
        self._buffer += data
        while len(self._buffer) >= 8:
            length = int.from_bytes(self._buffer[5:8], "big")
            if len(self._buffer) < 8 + length:
                return
            head, body = bytes(self._buffer[:8]), bytes(self._buffer[8 : 8 + length])
            del self._buffer[: 8 + length]
            event = self._event(head, body)
            if event is not None:
                yield event

    def reply(self, stream: int) -> bytes:
        """Accept a stream that the peer opened."""
        return self._control(_SYN_REPLY, 0, struct.pack(">I", stream) + self._pack({}))

    def data(self, stream: int, data: bytes, *, finished: bool = False) -> bytes:
        """Send data; `finished` closes our side of the stream."""
        return struct.pack(">II", stream, (_FIN if finished else 0) << 24 | len(data)) + data

    def reset(self, stream: int, status: int = 5) -> bytes:
        """Abort a stream; 5 is CANCEL, 1 PROTOCOL_ERROR."""
        return self._control(_RST_STREAM, 0, struct.pack(">II", stream, status))

    def ping(self, number: int) -> bytes:
        return self._control(_PING, 0, struct.pack(">I", number))

    def _event(self, head: bytes, body: bytes) -> Event | None:
        first, flags = struct.unpack(">I", head[:4])[0], head[4]
        if not first >> 31:
            return DataReceived(first, body, bool(flags & _FIN))
        version, kind = (first >> 16) & 0x7FFF, first & 0xFFFF
        if version != _VERSION:
            raise SpdyError(f"SPDY version {version} instead of {_VERSION}")
        if kind == _SYN_STREAM:
            stream = struct.unpack(">I", body[:4])[0] & 0x7FFFFFFF
            return StreamOpened(stream, self._unpack(body[10:]), bool(flags & _FIN))
        if kind == _RST_STREAM:
            return StreamReset(struct.unpack(">I", body[:4])[0] & 0x7FFFFFFF)
        if kind == _PING:
            return PingReceived(struct.unpack(">I", body[:4])[0])
        return None

    def _control(self, kind: int, flags: int, body: bytes) -> bytes:
        return struct.pack(">HHI", _CONTROL | _VERSION, kind, flags << 24 | len(body)) + body

    def _pack(self, headers: Mapping[str, str]) -> bytes:
        block = struct.pack(">I", len(headers))
        for name, value in headers.items():
            for text in (name.lower().encode(), value.encode()):
                block += struct.pack(">I", len(text)) + text
        return self._deflate.compress(block) + self._deflate.flush(zlib.Z_SYNC_FLUSH)

    def _unpack(self, compressed: bytes) -> dict[str, str]:
        try:
            block = self._inflate.decompress(compressed, _MAX_FRAME)
            texts, position = [], 4
            for _ in range(2 * struct.unpack_from(">I", block)[0]):
                (length,) = struct.unpack_from(">I", block, position)
                texts.append(block[position + 4 : position + 4 + length].decode("latin-1"))
                position += 4 + length
        except (zlib.error, struct.error) as error:
            raise SpdyError(f"bad header block: {error}") from error
        return dict(zip(texts[::2], texts[1::2], strict=True))


_WORDS = (
    *[
        "options",
        "head",
        "post",
        "put",
        "delete",
        "trace",
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "age",
        "allow",
        "authorization",
        "cache-control",
        "connection",
        "content-base",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-md5",
        "content-range",
        "content-type",
        "date",
        "etag",
        "expect",
        "expires",
        "from",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-modified",
        "location",
        "max-forwards",
        "pragma",
        "proxy-authenticate",
        "proxy-authorization",
        "range",
        "referer",
        "retry-after",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "vary",
        "via",
        "warning",
        "www-authenticate",
        "method",
        "get",
        "status",
    ],
    "200 OK",
    *["version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin"],
)
_TAIL = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = b"".join(struct.pack(">I", len(word)) + word.encode() for word in _WORDS) + _TAIL.encode()
"""The compression dictionary of the SPDY/3 draft: length-prefixed header words, then common values."""
