"""The Node object "sandbox" and its Lease, renewed as a kubelet renews them.

Run by the data plane's main; when that stops, the Lease expires as on a real node.
"""

from __future__ import annotations

import asyncio
import os
import platform
from datetime import UTC, datetime
from typing import Any

from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.client.resources import LEASES, NODES
from canarytui.sandbox.constants import NODE_NAME, version
from canarytui.sandbox.errors import RequestRefused, SandboxError
from canarytui.sandbox.node.host import HOST_IP
from canarytui.sandbox.values import timestamp

LEASE_NAMESPACE = "kube-node-lease"
LEASE_S = 40
RENEW_S = 10.0
STATUS_S = 300.0
MAX_PODS = 250
_RETRY_S = 1.0


def node_object() -> dict[str, Any]:
    """The Node without its status."""
    labels = {
        "kubernetes.io/hostname": NODE_NAME,
        "kubernetes.io/os": platform.system().lower(),
        "kubernetes.io/arch": architecture(),
        "node-role.kubernetes.io/control-plane": "true",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": NODE_NAME, "labels": labels},
        "spec": {"podCIDR": "10.42.0.0/16", "podCIDRs": ["10.42.0.0/16"]},
    }


def node_status(kubelet_port: int, api_version: str, now: datetime, since: datetime) -> dict[str, Any]:
    """Capacity, conditions, addresses, the kubelet's port; `since` is when the node became ready."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024
    amounts = {
        "cpu": str(os.cpu_count() or 1),
        "memory": f"{pages}Ki",
        "pods": str(MAX_PODS),
        "ephemeral-storage": "10Gi",
    }
    return {
        "capacity": amounts,
        "allocatable": dict(amounts),
        "conditions": [
            _condition(kind, status, reason, message, now, since) for kind, status, reason, message in _CONDITIONS
        ],
        "addresses": [
            {"type": "InternalIP", "address": HOST_IP},
            {"type": "Hostname", "address": NODE_NAME},
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": kubelet_port}},
        "nodeInfo": {
            "machineID": "",
            "systemUUID": "",
            "bootID": "",
            "kernelVersion": platform.release(),
            "osImage": f"canarytui sandbox on {platform.system()}",
            "containerRuntimeVersion": f"canarytui://{version()}",
            "kubeletVersion": api_version,
            "kubeProxyVersion": api_version,
            "operatingSystem": platform.system().lower(),
            "architecture": architecture(),
        },
    }


def architecture() -> str:
    """The machine's architecture by Kubernetes' name."""
    machine = platform.machine().lower()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


class NodeRegistration:
    """Registers the node and renews its status and Lease."""

    def __init__(self, client: KubeClient, kubelet_port: int) -> None:
        self._client = client
        self._port = kubelet_port
        self._since = datetime.now(UTC)
        self._version = "v1.32.0"

    async def register(self) -> None:
        """Create or update the Node and its Lease.

        Raises:
            SandboxError: the API server refuses or is unreachable.
        """
        answer = await self._client.get("/version")
        self._version = str(answer.get("gitVersion") or self._version)
        await self._ensure_node()
        await self._report()
        await self._renew()

    async def run(self) -> None:
        """Renew the Lease every 10 s, the status every 5 minutes, until cancelled."""
        loop = asyncio.get_running_loop()
        status_due = loop.time() + STATUS_S
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                if loop.time() >= status_due:
                    await self._report()
                    status_due = loop.time() + STATUS_S
                await self._renew()
            except SandboxError:
                await asyncio.sleep(_RETRY_S)

    async def _report(self) -> None:
        status = node_status(self._port, self._version, datetime.now(UTC), self._since)
        await self._client.merge_patch(NODES, None, NODE_NAME, {"status": status}, subresource="status")

    async def _renew(self) -> None:
        renewed = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = {"holderIdentity": NODE_NAME, "leaseDurationSeconds": LEASE_S, "renewTime": renewed}
        try:
            await self._client.merge_patch(LEASES, LEASE_NAMESPACE, NODE_NAME, {"spec": spec})
        except RequestRefused as error:
            if error.code != 404:
                raise
            lease = {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {"name": NODE_NAME, "namespace": LEASE_NAMESPACE},
                "spec": spec,
            }
            await self._client.create(LEASES.path(LEASE_NAMESPACE), lease)

    async def _ensure_node(self) -> None:
        node = node_object()
        try:
            await self._client.create(NODES.path(), node)
        except RequestRefused as error:
            if error.code != 409:
                raise
            await self._client.merge_patch(NODES, None, NODE_NAME, {"metadata": {"labels": node["metadata"]["labels"]}})


_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def _condition(kind: str, status: str, reason: str, message: str, now: datetime, since: datetime) -> dict[str, Any]:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastHeartbeatTime": timestamp(now),
        "lastTransitionTime": timestamp(since),
    }
