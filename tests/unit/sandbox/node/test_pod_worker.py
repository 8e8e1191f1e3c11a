"""One pod on the node: ready, deleted gracefully, and its node beside it."""

from __future__ import annotations

import asyncio
import json

from dataplane_fakes import events_about, podinfo_pod
from dataplane_rig import Sandbox


async def test_a_podinfo_pod_becomes_ready_and_serves_the_version_of_its_tag(sandbox: Sandbox) -> None:
    pod = await sandbox.run_pod(podinfo_pod("podinfo-1", image="stefanprodan/podinfo:6.0.3"))
    status = pod["status"]
    assert status["phase"] == "Running"
    assert status["podIP"].startswith("10.42.0.")
    container = status["containerStatuses"][0]
    assert container["state"]["running"]["startedAt"].endswith("Z")
    assert container["image"] == "docker.io/stefanprodan/podinfo:6.0.3"
    assert (container["ready"], container["started"], container["restartCount"]) == (True, True, 0)
    _, text = await sandbox.get(sandbox.url(pod, 9898, "/version"))
    assert json.loads(text)["version"] == "6.0.3"
    await sandbox.until(lambda: len(list(events_about(sandbox.api, "podinfo-1"))) == 3)
    assert list(events_about(sandbox.api, "podinfo-1")) == [
        ("Pulled", 'Container image "stefanprodan/podinfo:6.0.3" already present on machine'),
        ("Created", "Created container: podinfod"),
        ("Started", "Started container podinfod"),
    ]


async def test_a_deleted_pod_finishes_its_requests_and_then_goes(sandbox: Sandbox) -> None:
    pod = await sandbox.run_pod(podinfo_pod("podinfo-1"))
    slow = asyncio.create_task(sandbox.get(sandbox.url(pod, 9898, "/delay/1")))
    await asyncio.sleep(0.1)
    sandbox.api.delete_pod("test", "podinfo-1", grace_s=2)
    assert (await slow)[0] == 200
    await sandbox.until(lambda: sandbox.api.get("pods", "test", "podinfo-1") is None, "pod gone")
    assert ("Killing", "Stopping container podinfod") in list(events_about(sandbox.api, "podinfo-1"))


async def test_the_node_and_its_lease_are_there(sandbox: Sandbox) -> None:
    node = sandbox.api.get("nodes", "", "sandbox")
    assert node is not None
    conditions = {c["type"]: c["status"] for c in node["status"]["conditions"]}
    assert conditions["Ready"] == "True"
    port = node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"]
    assert sandbox.addresses["kubelet"] == f"127.0.0.1:{port}"
    lease = sandbox.api.get("leases", "kube-node-lease", "sandbox")
    assert lease is not None
    assert lease["spec"]["holderIdentity"] == "sandbox"
