"""A proxy in front of an API server that fails in the ways in which API servers and networks fail."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web
from recording_proxy import RecordingProxy

_BUSY = {"kind": "Status", "apiVersion": "v1", "code": 429, "reason": "TooManyRequests", "message": "too many requests"}
_GONE = {"kind": "Status", "apiVersion": "v1", "code": 410, "reason": "Expired", "message": "too old resource version"}
SLOW_S = 3.0


class FaultyProxy(RecordingProxy):
    """`fault` is what happens to every request from now on: "" nothing, "busy" 429, "slow" an answer after three
    seconds, "silent" none at all, "gone" a watch's version is too old. :meth:`cut` tears all connections.

    Of changes only: "lost" passes on what is patched and tears the connection, "unsent" tears it at once. With
    `unreadable` single canaries cannot be read either, from then on."""

    def __init__(self, server: str, ca_pem: str) -> None:
        self.fault = ""
        self.unreadable = False
        self._connections: set[asyncio.Transport] = set()
        super().__init__(server, ca_pem)

    def cut(self) -> None:
        """End what is open without a word."""
        self._loop.call_soon_threadsafe(self._tear)

    def _tear(self) -> None:
        for transport in list(self._connections):
            transport.abort()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if self.fault in ("lost", "unsent") and request.method == "PATCH":
            return await self._lose(request)
        if self.unreadable and request.method == "GET" and "/canaries/" in request.path:
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        watch = request.query.get("watch") == "true"
        if self.fault == "busy":
            return web.json_response(_BUSY, status=429, headers={"Retry-After": "1"})
        if self.fault == "slow":
            await asyncio.sleep(SLOW_S)
        # Set from another thread, so there is no event to wait for.
        while self.fault == "silent":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        if self.fault == "gone" and watch:
            return web.Response(text=json.dumps({"type": "ERROR", "object": _GONE}) + "\n")
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        self._connections.add(transport)
        try:
            return await super()._pass_on(request)
        finally:
            self._connections.discard(transport)

    async def _lose(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if self.fault == "lost":
            headers = {k: v for k, v in request.headers.items() if k in ("Authorization", "Accept", "Content-Type")}
            url = self._server + request.path_qs
            async with self._client.patch(url, data=body, headers=headers, ssl=self._tls) as answer:
                self._note(request, answer.status, body)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
