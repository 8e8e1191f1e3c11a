"""A data plane in this process against the fake API server, and a client that speaks to its pods."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from dataplane_fakes import FakeApi, Object, ready

from canarytui.sandbox.backends import pod_listens
from canarytui.sandbox.client.kube_client import KubeClient, connect
from canarytui.sandbox.dataplane.main import DataPlane, Options

SECRET = "test-secret"


async def until(condition: Callable[[], Any], what: str = "condition", timeout_s: float = 10.0) -> Any:
    """Poll until `condition` returns something true; fails the test at the deadline."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        await asyncio.sleep(0.01)
    raise AssertionError(f"{what} did not become true within {timeout_s} s")


@dataclass
class Sandbox:
    """The running data plane with its API server; `session` trusts no cookies."""

    api: FakeApi
    client: KubeClient
    plane: DataPlane
    addresses: dict[str, str]
    session: aiohttp.ClientSession
    until: Callable[..., Awaitable[Any]] = until

    async def run_pod(self, pod: Object) -> Object:
        """Create a pod and wait until it is ready; the stored object."""
        self.api.put("pods", pod)
        metadata = pod["metadata"]
        key = ("pods", metadata["namespace"], metadata["name"])
        await until(lambda: ready(self.api.get(*key)), f"pod {metadata['name']} ready")
        found = self.api.get(*key)
        assert found is not None
        return found

    def url(self, pod: Object, port: int, path: str = "/") -> str:
        """Where `path` of a pod's container port is on loopback."""
        stored = self.api.get("pods", pod["metadata"]["namespace"], pod["metadata"]["name"])
        assert stored is not None
        return f"http://{pod_listens(stored)[str(port)]}{path}"

    async def get(self, url: str, **options: Any) -> tuple[int, str]:
        async with self.session.get(url, **options) as response:
            return response.status, await response.text()


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
    plane = DataPlane(client, Options(kubeconfig, tmp_path / "run"), SECRET)
    addresses = await plane.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Sandbox(api, client, plane, addresses, session)
    await plane.stop()
    await client.close()
