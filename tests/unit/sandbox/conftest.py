"""The data plane in this process, for the tests of all its rooms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from dataplane_fakes import FakeApi
from dataplane_rig import SECRET, Sandbox

from canarytui.sandbox.client.kube_client import connect
from canarytui.sandbox.dataplane.main import DataPlane, DataplaneOptions


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    fake = FakeApi()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def sandbox(api: FakeApi, tmp_path: Path) -> AsyncIterator[Sandbox]:
    kubeconfig = api.kubeconfig(tmp_path / "kubeconfig")
    client = await connect(kubeconfig)
    plane = DataPlane(client, DataplaneOptions(kubeconfig, tmp_path / "run"), SECRET)
    addresses = await plane.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Sandbox(api, client, plane, addresses, session)
    await plane.stop()
    await client.close()
