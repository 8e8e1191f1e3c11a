"""A streaming HTTP/1.1 forwarder: one request in, one request out to a loopback server, the answer back.

Shared by the gateway and the cluster proxy, which decide where a request goes and with which headers.
Paths and bodies pass through byte for byte; connections to pods are kept alive and reused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping

import aiohttp
from aiohttp import web
from msgspec import Struct
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from canarytui.sandbox.constants import DESTINATION_HEADER, SECRET_HEADER
from canarytui.sandbox.gateway.header_changes import HeaderChanges

_HOP_BY_HOP = frozenset(
    name.lower()
    for name in (
        "Connection",
        "Expect",  # the forwarding server has answered it
        "Proxy-Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        SECRET_HEADER,  # only our own servers may put it on a request
        DESTINATION_HEADER,
    )
)
_CHUNK = 64 * 1024
_WHOLE = 64 * 1024
_NOT_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class ForwardingResult(Struct):
    """The result of a request: status, and body bytes in each direction (-1 for a request body of unknown size)."""

    status: int
    request_bytes: int = 0
    response_bytes: int = 0


class UpstreamFailed(Exception):
    """No answer: `status` is 502 (refused, broken off) or 504 (too slow); ``str`` is the cause."""

    def __init__(self, status: int, cause: str) -> None:
        super().__init__(cause)
        self.status = status


class Forwarder:
    """Holds the connection pool; close it when done."""

    def __init__(self, connect_timeout_s: float = 30.0) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._connect_timeout_s = connect_timeout_s
        self._closed = False

    async def close(self) -> None:
        """Close all connections; later requests fail and open none."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def forward(
        self,
        request: web.BaseRequest,
        address: str,
        path: str,
        headers: CIMultiDict[str],
        *,
        extra_answer_headers: CIMultiDict[str] | None = None,
        answer_changes: Mapping[str, str] | None = None,
        answer_edits: Iterable[HeaderChanges] = (),
        body: bytes | None = None,
        timeout_s: float | None = None,
        read_timeout_s: float | None = None,
    ) -> tuple[web.StreamResponse, ForwardingResult]:
        """Send `request` to `address` as `path` (still encoded) with `headers`; stream the answer back.

        `answer_changes` are headers to set on the answer, "" to remove one; `answer_edits` follow them.
        After `timeout_s` seconds an answer that is not complete is given up, after `read_timeout_s` without a byte any.
        `body` replaces the request's own when that has been read already.

        Raises:
            UpstreamFailed: before any byte of the answer was sent on.
        """
        outcome = ForwardingResult(0, request.content_length or 0)
        content = _body(request, body, outcome)
        upstream = await self._open(request.method, address, path, headers, content, timeout_s, read_timeout_s)
        try:
            answer_headers = end_to_end(upstream.headers)
            answer_headers.extend(extra_answer_headers or {})
            change_headers(answer_headers, answer_changes or {}, answer_edits)
            outcome.status = upstream.status
            return await self._answer(request, upstream, answer_headers, outcome), outcome
        finally:
            upstream.release()

    async def copy(self, method: str, address: str, path: str, headers: CIMultiDict[str], body: bytes | None) -> int:
        """Send a copy of a request and discard the answer; returns its status.

        Raises:
            UpstreamFailed: no answer.
        """
        upstream = await self._open(method, address, path, headers, body)
        try:
            async for _ in upstream.content.iter_any():
                pass
        except aiohttp.ClientError as error:
            raise UpstreamFailed(502, str(error)) from error
        return upstream.status

    async def _open(
        self,
        method: str,
        address: str,
        path: str,
        headers: CIMultiDict[str],
        body: AsyncIterator[bytes] | bytes | None,
        timeout_s: float | None = None,
        read_timeout_s: float | None = None,
    ) -> aiohttp.ClientResponse:
        if self._closed:
            raise UpstreamFailed(502, "it is ending")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60, use_dns_cache=False),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=_NOT_ADDED,
            )
        try:
            return await self._session.request(
                method,
                URL(f"http://{address}{path}", encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=timeout_s, sock_connect=self._connect_timeout_s, sock_read=read_timeout_s
                ),
            )
        except TimeoutError as error:
            raise UpstreamFailed(504, str(error) or "timed out") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise UpstreamFailed(502, str(error) or type(error).__name__) from error

    async def _answer(
        self,
        request: web.BaseRequest,
        upstream: aiohttp.ClientResponse,
        headers: CIMultiDict[str],
        outcome: ForwardingResult,
    ) -> web.StreamResponse:
        length = upstream.content_length
        if request.method != "HEAD" and length is not None and length <= _WHOLE:
            try:
                body = await upstream.read()
            except TimeoutError as error:
                raise UpstreamFailed(504, str(error) or "timed out") from error
            except (aiohttp.ClientError, OSError) as error:
                raise UpstreamFailed(502, str(error) or type(error).__name__) from error
            outcome.response_bytes = len(body)
            return web.Response(status=upstream.status, reason=upstream.reason, headers=headers, body=body)
        response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=headers)
        await response.prepare(request)
        if request.method != "HEAD":
            async for chunk in upstream.content.iter_chunked(_CHUNK):
                outcome.response_bytes += len(chunk)
                await response.write(chunk)
        await response.write_eof()
        return response


def change_headers(headers: CIMultiDict[str], changes: Mapping[str, str], edits: Iterable[HeaderChanges] = ()) -> None:
    """Set each header of `changes`, "" removes one; then apply `edits`."""
    for name, value in changes.items():
        headers.popall(name, None)
        if value:
            headers[name] = value
    for edit in edits:
        edit.apply_to(headers)


def end_to_end(headers: CIMultiDict[str] | CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """A copy without the headers that concern one connection only, those named in ``Connection`` included."""
    dropped = set(_HOP_BY_HOP)
    for value in headers.getall("Connection", ()):
        dropped.update(name.strip().lower() for name in value.split(","))
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in dropped)


def _body(
    request: web.BaseRequest, body: bytes | None, outcome: ForwardingResult
) -> AsyncIterator[bytes] | bytes | None:
    if body is not None:
        outcome.request_bytes = len(body)
        return body or None
    return _stream(request, outcome) if request.body_exists else None


async def _stream(request: web.BaseRequest, outcome: ForwardingResult) -> AsyncIterator[bytes]:
    outcome.request_bytes = 0
    async for chunk in request.content.iter_chunked(_CHUNK):
        outcome.request_bytes += len(chunk)
        yield chunk
