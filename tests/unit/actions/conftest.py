"""The sandbox's API server with a canary, without controllers, for what actions ask and write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from live_api import LiveApi

from canarytui.cluster.client import Cluster


@pytest_asyncio.fixture
async def live_api(tmp_path: Path) -> AsyncIterator[LiveApi]:
    """``test/podinfo`` is there; ``one`` may do everything, ``reader`` may list Events."""
    api = LiveApi(tmp_path)
    api.install_crds("Canary")
    api.canary()
    await api.start()
    yield api
    await api.stop()


@pytest_asyncio.fixture
async def cluster(live_api: LiveApi) -> AsyncIterator[Cluster]:
    connected = await live_api.connect()
    yield connected
    await connected.close()


@pytest_asyncio.fixture
async def readers(live_api: LiveApi) -> AsyncIterator[Cluster]:
    connected = await live_api.connect("reader")
    yield connected
    await connected.close()
