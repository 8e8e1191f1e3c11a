"""Reading the answers of others within bounds: what is taken in counts after decompression, and no more is inflated.

Sessions whose answers come through here are made with :data:`SESSION`, so that aiohttp leaves the content coding alone.
Used for the API server, Prometheus, webhooks, alerts and load testers alike.
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
    """Takes a few interim answers (``100 Continue``) before the real one, not as many as come until the timeout."""

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
"""Value of ``Accept-Encoding``: what is undone here."""

API_BYTES_MOST = 64 * MIB
"""An answer of the API server. Lists that are read to be kept come in pages below it."""
LINE_BYTES_MOST = 8 * MIB
"""A line of a watch or a log. etcd takes objects of 1.5 MiB, the API server requests of 3 MiB."""
REFUSAL_BYTES_MOST = 64 * KIB
"""The body of a refusal: a Status object, or a proxy's page."""

PAUSE_S = 0.02
"""Between two pieces of a long answer from somebody else than the API server: who sends without end, or in chunks of a
byte, must not take the processor from everybody else's ticks."""

_MATCH_MOST = 4 * KIB
_PIECE = 64 * KIB
_WITHOUT_PAUSE = 8
_AT_A_TIME = MIB
_MEMBERS_MOST = 1000


class AnswerRefused(Exception):
    """An answer that is not taken in; the text is a phrase that follows the name of who answered."""


async def read_body(
    response: aiohttp.ClientResponse,
    most: int,
    *,
    keep: int | None = None,
    pause_s: float = 0.0,
    until: re.Pattern[bytes] | None = None,
) -> bytes:
    """The whole body, or its first `keep` bytes: the rest is counted and dropped. `pause_s` as :data:`PAUSE_S`.

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
    """The body without its content coding, in pieces, at most `most` bytes of it (None: without end).

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
                    await asyncio.sleep(0)  # whoever sends fast must not keep the others waiting
        if inflated is not None:
            inflated.end()
    except AnswerRefused:
        response.close()
        raise


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
                if self._members > _MEMBERS_MOST:  # they may be empty, one after the other without end
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
                more = bool(data) or len(piece) == _PIECE  # all may be taken in, and not all be given out

    def _new(self, first: int) -> Any:
        if self._gzip:
            return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        # As RFC 9110 has it deflate comes with zlib's header; there are servers that leave it out.
        return zlib.decompressobj(wbits=zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS)

    def end(self) -> None:
        """Raises AnswerRefused where the end is missing."""
        if self._begun and self._engine is not None:
            raise AnswerRefused(words.BROKE_OFF.text())


def _too_large(most: int) -> str:
    size = f"{most // MIB} MiB" if most >= MIB else f"{most // KIB} KiB"
    return words.TOO_LARGE.text(most=size)
