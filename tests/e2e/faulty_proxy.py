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
    seconds, "silent" none at all, "gone" a watch's version is too old. :meth:`cut` tears all connections."""

    def __init__(self, server: str, ca_pem: str) -> None:
        self.fault = ""
        self._connections: set[asyncio.Transport] = set()
        super().__init__(server, ca_pem)

    def cut(self) -> None:
        """End what is open without a word."""
        self._loop.call_soon_threadsafe(self._tear)

    def _tear(self) -> None:
        for transport in list(self._connections):
            transport.abort()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
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
