"""Watches as HTTP streams: one JSON line per event, bookmarks, a timeout."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

from aiohttp import web

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.http.answers import Shaper
from canarytui.sandbox.apiserver.storage.watch import Watch, WatchEvent

BOOKMARK_EVERY_S = 30.0
_DEFAULT_TIMEOUT_S = (1800.0, 3600.0)
_GONE = 410


async def stream_watch(
    request: web.Request, watch: Watch, shaper: Shaper, *, timeout_s: float, bookmarks: bool
) -> web.StreamResponse:
    """Send a watch's events until it times out, the client disconnects, or the watch ends."""
    try:
        response = await _begin(request)
    except BaseException:
        watch.close()
        raise
    end = asyncio.get_running_loop().time() + (timeout_s or random.uniform(*_DEFAULT_TIMEOUT_S))
    with_columns = True
    try:
        while True:
            events = watch.take()
            if events:
                lines, with_columns = _lines(events, shaper, with_columns)
                await response.write(lines)
                continue
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or watch.ended:
                break
            try:
                await asyncio.wait_for(watch.wait(), min(left, BOOKMARK_EVERY_S))
            except TimeoutError:
                if bookmarks and left > BOOKMARK_EVERY_S:
                    watch.bookmark()
        await response.write_eof()
    except (ConnectionResetError, ConnectionAbortedError):
        pass  # the client has disconnected, which is how most watches end
    finally:
        watch.close()
    return response


async def stream_expired(request: web.Request, error: StatusError) -> web.StreamResponse:
    """A watch from an expired version: a stream with one ERROR event, as client-go expects."""
    response = await _begin(request)
    event = {"type": "ERROR", "object": error.to_status()}
    await response.write(json.dumps(event, separators=(",", ":")).encode() + b"\n")
    await response.write_eof()
    return response


def is_expired(error: StatusError) -> bool:
    """Whether a watch's client has to list again."""
    return error.code == _GONE


async def _begin(request: web.Request) -> web.StreamResponse:
    # client-go rejects any other content type.
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(b"")
    return response


def _lines(events: list[WatchEvent], shaper: Shaper, with_columns: bool) -> tuple[bytes, bool]:
    if shaper.plain:
        return b"".join([event.raw for event in events]), with_columns
    lines = []
    for event in events:
        obj: dict[str, Any] = event.object
        if event.type not in ("BOOKMARK", "ERROR"):
            obj = shaper.one(obj)
            if obj.get("kind") == "Table":
                if not with_columns:
                    obj["columnDefinitions"] = None
                with_columns = False
        elif event.type == "BOOKMARK" and not shaper.plain:
            obj = _bookmark(obj, shaper)
        lines.append(json.dumps({"type": event.type, "object": obj}, separators=(",", ":")).encode() + b"\n")
    return b"".join(lines), with_columns


def _bookmark(obj: dict[str, Any], shaper: Shaper) -> dict[str, Any]:
    """Bookmarks of transformed watches have the transformed kind and no rows."""
    transformed = shaper.one({**obj, "metadata": {"name": "", **obj["metadata"]}})
    if transformed.get("kind") == "Table":
        transformed["rows"] = []
    return transformed
