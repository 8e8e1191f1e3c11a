"""Reads answers within bounds, counted after decompression; no more than the bound is ever inflated.

Sessions whose answers come through here are made with :data:`SESSION`, which has aiohttp leave the content coding
alone. Used for the API server, Prometheus, webhooks, alerts and load testers.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp

from canarytui.domain.sentences import answers as words

KIB, MIB = 1 << 10, 1 << 20

_INTERIM_MOST = 8


class _Response(aiohttp.ClientResponse):
    """Accepts a few interim answers (``100 Continue``) before the final one, instead of reading them until the
    timeout."""

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        protocol, left = connection.protocol, _INTERIM_MOST
        read = protocol.read

        async def bounded_read() -> Any:
            nonlocal left
            if left < 0:
                raise aiohttp.ClientConnectionError(words.INTERIM.text(most=_INTERIM_MOST))
            left -= 1
            return await read()

        protocol.read = bounded_read
        try:
            return await super().start(connection)
        finally:
            del protocol.read


SESSION: dict[str, Any] = {"auto_decompress": False, "response_class": _Response}
"""Arguments of an ``aiohttp.ClientSession``."""
ACCEPTED = "gzip, deflate"
"""Value of ``Accept-Encoding``: the codings that are undone here."""

API_BYTES_MOST = 64 * MIB
"""The largest answer of the API server. Lists that are kept come in pages below it."""
LINE_BYTES_MOST = 8 * MIB
"""A line of a watch or a log. etcd takes objects of 1.5 MiB, the API server requests of 3 MiB."""
REFUSAL_BYTES_MOST = 64 * KIB
"""The body of a refusal: a Status object, or a proxy's page."""

PAUSE_S = 0.02
"""Pause between two pieces of a long answer from anyone but the API server: a sender that never stops, or sends byte by
byte, must not starve everybody else's ticks."""

_MATCH_MOST = 4 * KIB
_PIECE = 64 * KIB
_WITHOUT_PAUSE = 8
_AT_A_TIME = MIB
_MEMBERS_MOST = 1000


class AnswerRefused(Exception):
    """An answer that was refused. The text is a phrase that follows the sender's name."""


async def read_body(
    response: aiohttp.ClientResponse,
    most: int,
    *,
    keep: int | None = None,
    pause_s: float = 0.0,
    until: re.Pattern[bytes] | None = None,
) -> bytes:
    """Read the whole body, or its first `keep` bytes; the rest is counted and dropped. `pause_s` as :data:`PAUSE_S`.

    Of a stream nothing more is read once `until` matches in what was kept; the match may have 4 KiB.

    Raises:
        AnswerRefused: more than `most` bytes, or a content coding that cannot be undone. The connection is closed.
        aiohttp.ClientError, OSError, TimeoutError: it broke off.
    """
    kept = bytearray()
    room = most if keep is None else keep
    async for piece in body_pieces(response, most, pause_s):
        if len(kept) < room:
            kept += piece[: room - len(kept)]
        if until is not None and until.search(kept, max(0, len(kept) - len(piece) - _MATCH_MOST)):
            response.close()
            break
    return bytes(kept)


async def body_pieces(response: aiohttp.ClientResponse, most: int | None, pause_s: float = 0.0) -> AsyncIterator[bytes]:
    """The decoded body in pieces, at most `most` bytes of it (None: no limit).

    Raises:
        As :func:`read_body`.
    """
    try:
        announced = response.content_length
        if most is not None and announced is not None and announced > most:
            raise AnswerRefused(_too_large(most))
        coding = response.headers.get("Content-Encoding", "").strip().lower()
        inflated = _Inflated(coding) if coding not in ("", "identity") else None
        taken = since = chunks = 0
        async for chunk in response.content.iter_any():
            chunks += 1
            if pause_s and chunks > _WITHOUT_PAUSE:
                await asyncio.sleep(pause_s)
            for piece in (chunk,) if inflated is None else inflated.pieces(chunk):
                taken += len(piece)
                since += len(piece)
                if most is not None and taken > most:
                    raise AnswerRefused(_too_large(most))
                if piece:
                    yield piece
                if since > _AT_A_TIME:
                    since = 0
                    await asyncio.sleep(0)  # a fast sender must not keep the others waiting
        if inflated is not None:
            inflated.end()
    except AnswerRefused:
        response.close()
        raise


async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The body's lines without their newline, as they come, each of at most :data:`LINE_BYTES_MOST`. aiohttp's own
    ``readline`` refuses lines over 64 KiB; an object may have 1.5 MiB.

    Raises:
        As :func:`read_body`.
    """
    pending: list[bytes] = []
    waiting = 0
    async for piece in body_pieces(response, None):
        *complete, rest = piece.split(b"\n")
        for line in complete:
            yield b"".join([*pending, line])
            pending.clear()
            waiting = 0
        if rest:
            pending.append(rest)
            waiting += len(rest)
        if waiting > LINE_BYTES_MOST:
            raise AnswerRefused(words.LONG_LINE.text(most=f"{LINE_BYTES_MOST // MIB} MiB"))
    if pending:
        yield b"".join(pending)


class _Inflated:
    """Undoes gzip and deflate, a bounded piece at a time."""

    def __init__(self, coding: str) -> None:
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise AnswerRefused(words.UNASKED_CODING.text(coding=coding[:20]))
        self._gzip = coding != "deflate"
        self._engine: Any = None
        self._begun = False
        self._members = 0

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What `chunk` inflates to, in pieces of at most 64 KiB."""
        data, more = chunk, bool(chunk)
        while more:
            if self._engine is None:
                self._engine = self._new(data[0])
                self._members += 1
                if self._members > _MEMBERS_MOST:  # empty members could follow one another endlessly
                    raise AnswerRefused(words.MEMBERS.text(most=_MEMBERS_MOST))
            try:
                piece = self._engine.decompress(data, _PIECE)
            except zlib.error as error:
                raise AnswerRefused(words.DAMAGED.text()) from error
            self._begun = True
            yield piece
            if self._engine.eof:
                data, self._engine = self._engine.unused_data, None
                more = bool(data) and self._gzip
            else:
                data = self._engine.unconsumed_tail
                more = bool(data) or len(piece) == _PIECE  # all input may be consumed before all output is out

    def _new(self, first: int) -> Any:
        if self._gzip:
            return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        # RFC 9110 gives deflate a zlib header; some servers leave it out.
        return zlib.decompressobj(wbits=zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS)

    def end(self) -> None:
        """Raises AnswerRefused if the stream ended early."""
        if self._begun and self._engine is not None:
            raise AnswerRefused(words.BROKE_OFF.text())


def _too_large(most: int) -> str:
    size = f"{most // MIB} MiB" if most >= MIB else f"{most // KIB} KiB"
    return words.TOO_LARGE.text(most=size)
