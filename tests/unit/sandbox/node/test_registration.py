"""The Node and its Lease: made once, refreshed afterwards."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dataplane_fakes import FakeApi
from dataplane_rig import until

from canarytui.sandbox.client.kube_client import connect
from canarytui.sandbox.constants import version
from canarytui.sandbox.node import registration
from canarytui.sandbox.node.registration import NodeRegistration, architecture, node_object, node_status

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_status_says_what_a_kubelet_says() -> None:
    status = node_status(10250, "v1.36.0", NOW, NOW - timedelta(hours=1))
    assert status["daemonEndpoints"] == {"kubeletEndpoint": {"Port": 10250}}
    ready = {each["type"]: each for each in status["conditions"]}["Ready"]
    assert (ready["status"], ready["lastHeartbeatTime"], ready["lastTransitionTime"]) == (
        "True", "2026-01-01T00:00:00Z", "2025-12-31T23:00:00Z",
    )  # fmt: skip
    info = status["nodeInfo"]
    assert (info["kubeletVersion"], info["containerRuntimeVersion"]) == ("v1.36.0", f"canarytui://{version()}")
    assert status["capacity"] == status["allocatable"]
    assert node_object()["metadata"]["labels"]["kubernetes.io/arch"] == architecture()


async def test_a_node_of_an_earlier_start_is_taken_over(
    api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "RENEW_S", 0.01)
    monkeypatch.setattr(registration, "STATUS_S", 0.0)
    client = await connect(api.kubeconfig(tmp_path / "kubeconfig"))
    for port in (1000, 2000):
        await NodeRegistration(client, port).register()
        node = api.get("nodes", "", "sandbox")
        assert node is not None
        assert node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"] == port
    lease = api.get("leases", "kube-node-lease", "sandbox")
    assert lease is not None
    renewed = lease["spec"]["renewTime"]
    running = asyncio.create_task(NodeRegistration(client, 3000).run())

    def refreshed() -> bool:
        now, node = api.get("leases", "kube-node-lease", "sandbox"), api.get("nodes", "", "sandbox")
        assert now is not None
        assert node is not None
        return (
            now["spec"]["renewTime"] > renewed and node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"] == 3000
        )

    await until(refreshed)
    running.cancel()
    await client.close()
