"""One browser window: its websocket on one side, its wall on the other."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from canarytui.background import in_background
from canarytui.console.web.window_process import WindowProcess


async def show_wall(websocket: web.WebSocketResponse, process: WindowProcess) -> None:
    """Carry keys and pictures between the two until one of them ends."""
    tasks = [in_background(_draw(websocket, process)), in_background(_obey(websocket, process))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _draw(websocket: web.WebSocketResponse, process: WindowProcess) -> None:
    with suppress(ConnectionError):  # the window has been closed
        async for picture in process.screen():
            await websocket.send_bytes(picture)


async def _obey(websocket: web.WebSocketResponse, process: WindowProcess) -> None:
    async for message in websocket:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            said = json.loads(message.data)
        except ValueError:
            continue
        if isinstance(said, list) and said:
            await _take(websocket, process, said)


async def _take(websocket: web.WebSocketResponse, process: WindowProcess, said: list[Any]) -> None:
    """One message of textual-serve's page; one that is none is left out."""
    match said:
        case ["stdin", str(text)]:
            await process.keys(text)
        case ["resize", {"width": int(columns), "height": int(lines)}]:
            await process.resize(columns, lines)
        case ["ping", str() | int() | float() as data]:
            with suppress(ConnectionError):
                await websocket.send_json(["pong", data])
        case ["focus", *_]:
            await process.focus(True)
        case ["blur", *_]:
            await process.focus(False)
