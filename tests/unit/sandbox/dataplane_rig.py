"""A data plane in this process against the fake API server, and a client that speaks to its pods."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from dataplane_fakes import FakeApi, Object, ready

from canarytui.sandbox.backends import pod_listens
from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.dataplane.main import DataPlane
from canarytui.sandbox.node.images import parse_image
from canarytui.sandbox.node.instances import Launch
from canarytui.sandbox.node.kubelet import Kubelet
from canarytui.sandbox.node.logbook import ContainerLog

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


def launch_of(
    image: str = "stefanprodan/podinfo:6.0.0", *, env: dict[str, str] | None = None, **container: Any
) -> Launch:
    """A launch of a pod's only container; keyword arguments are fields of its spec."""
    parsed = parse_image(image)
    assert parsed is not None
    pod = {"metadata": {"name": "pod-1", "namespace": "test", "uid": "uid-1"}, "spec": {}}
    return Launch(pod, {"name": "app", "image": image, **container}, parsed, env or {}, ContainerLog())


def kubelet_of(sandbox: Sandbox) -> Kubelet:
    """The running data plane's kubelet."""
    kubelet = sandbox.plane.kubelet
    assert kubelet is not None
    return kubelet


async def ask_kubelet(sandbox: Sandbox, path: str, *, secret: str = SECRET) -> tuple[int, str]:
    """What the API server would be answered at `path`."""
    url = f"http://{sandbox.addresses['kubelet']}{path}"
    return await sandbox.get(url, headers={SECRET_HEADER: secret})
