"""An API server for each test that asks for one, and controllers that end with the test."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from live_api import ControllerProcess, LiveApi, Start


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[LiveApi]:
    live = LiveApi(tmp_path)
    await live.start()
    yield live
    await live.stop()


@pytest_asyncio.fixture
async def start_controller(api: LiveApi) -> AsyncIterator[Start]:
    """Starts ``canarytui controller`` processes: the user's name, then flags."""
    started: list[ControllerProcess] = []

    async def start(who: str, *arguments: str) -> ControllerProcess:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        started.append(await ControllerProcess.start(api.kubeconfig(who), port, *arguments))
        return started[-1]

    yield start
    for each in started:
        await each.stop()
