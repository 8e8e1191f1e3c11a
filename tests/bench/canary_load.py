"""Canaries by the thousand in a sandbox's API server, and status changes at a steady rate.

Used by the console's benchmarks. Canaries come with their targets and primaries (scaled to nothing, so that no pod
runs), because a list of canaries without targets is a list of errors and says little about a real one.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, NAMESPACES, Resource
from canarytui.errors import ApiStatusError

_AT_ONCE = 16
_MERGE = "application/merge-patch+json"


def place(index: int, namespaces: int) -> tuple[str, str]:
    """(namespace, name) of the canary with this number."""
    return f"team-{index % namespaces:02d}", f"service-{index:05d}"


def canary(namespace: str, name: str) -> dict[str, Any]:
    """A canary as the seed's scenario has it."""
    return {
        "apiVersion": CANARIES.api_version,
        "kind": CANARIES.kind,
        "metadata": {"namespace": namespace, "name": name},
        "spec": {
            "provider": "traefik",
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "progressDeadlineSeconds": 60,
            "service": {"port": 80, "targetPort": 9898},
            "analysis": {
                "interval": "10s",
                "threshold": 10,
                "maxWeight": 50,
                "stepWeight": 5,
                "metrics": [
                    {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}},
                    {"name": "request-duration", "interval": "1m", "thresholdRange": {"max": 500}},
                ],
            },
        },
    }


def workload(namespace: str, name: str, image: str) -> dict[str, Any]:
    """A Deployment without pods."""
    labels = {"app": name}
    return {
        "apiVersion": DEPLOYMENTS.api_version,
        "kind": DEPLOYMENTS.kind,
        "metadata": {"namespace": namespace, "name": name, "labels": labels},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "app", "image": image, "ports": [{"containerPort": 9898}]}]},
            },
        },
    }


def status(weight: int, failed: int, phase: str = "Progressing") -> dict[str, Any]:
    """A status as the controller writes it, as of now."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {"type": "Promoted", "status": "Unknown", "reason": phase, "message": "New revision detected."}
    return {
        "status": {
            "phase": phase,
            "canaryWeight": weight,
            "failedChecks": failed,
            "iterations": 0,
            "lastAppliedSpec": "5d8f7c6b9",
            "lastTransitionTime": now,
            "conditions": [{**condition, "lastUpdateTime": now, "lastTransitionTime": now}],
        }
    }


class CanaryLoad:
    """Fills the API server that a kubeconfig names. Open with :meth:`open`, end with :meth:`close`."""

    def __init__(self, cluster: Cluster, namespaces: int) -> None:
        self._cluster = cluster
        self._namespaces = namespaces
        self._random = random.Random(11)
        self.count = 0

    @classmethod
    async def open(cls, kubeconfig: Path, namespaces: int = 20) -> CanaryLoad:
        """Connect; sends nothing yet."""
        return cls(await connect(ClusterTarget(kubeconfig=str(kubeconfig))), namespaces)

    async def close(self) -> None:
        await self._cluster.close()

    async def fill(self, count: int, *, workloads: bool = True, phase: str = "Initialized") -> None:
        """Have `count` canaries in all, each with a status."""
        for number in range(self._namespaces):
            name = f"team-{number:02d}"
            await self._create(NAMESPACES, "", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        numbers = iter(range(self.count, count))
        await asyncio.gather(*(self._fill_from(numbers, workloads, phase) for _ in range(_AT_ONCE)))
        self.count = max(self.count, count)

    async def _fill_from(self, numbers: Iterator[int], workloads: bool, phase: str) -> None:
        for number in numbers:
            namespace, name = place(number, self._namespaces)
            if workloads:
                await self._create(DEPLOYMENTS, namespace, workload(namespace, name, "podinfo:4.0.6"))
                await self._create(DEPLOYMENTS, namespace, workload(namespace, f"{name}-primary", "podinfo:4.0.5"))
            await self._create(CANARIES, namespace, canary(namespace, name))
            await self.patch((namespace, name), status(0, 0, phase))

    async def _create(self, resource: Resource, namespace: str, obj: dict[str, Any]) -> None:
        try:
            await self._cluster.request("POST", resource.path(namespace or None), body=obj, timeout_s=60.0)
        except ApiStatusError as error:
            if error.code != 409:
                raise

    async def patch(self, key: tuple[str, str], body: dict[str, Any]) -> None:
        """One write of a canary's status."""
        await self._cluster.request(
            "PATCH", CANARIES.path(*key, "status"), body=body, content_type=_MERGE, timeout_s=60.0
        )

    async def change(self, rate: float, seconds: float) -> int:
        """Write the status of canaries chosen at random, `rate` a second for `seconds`; how many were written."""
        done = 0
        writers = 4
        end = time.monotonic() + seconds

        async def write() -> None:
            nonlocal done
            due = time.monotonic()
            while due < end:
                key = place(self._random.randrange(self.count), self._namespaces)
                await self.patch(key, status(self._random.randrange(0, 51, 5), self._random.randrange(3)))
                done += 1
                due += writers / rate
                await asyncio.sleep(max(due - time.monotonic(), 0))

        await asyncio.gather(*(write() for _ in range(writers)))
        return done


async def _main(kubeconfig: Path, count: int, rate: float, seconds: float) -> None:
    load = await CanaryLoad.open(kubeconfig)
    try:
        began = time.monotonic()
        await load.fill(count)
        print(f"{count} canaries in {time.monotonic() - began:.1f} s", flush=True)
        done = await load.change(rate, seconds) if rate else 0
        print(json.dumps({"written": done, "per_s": round(done / seconds, 1) if seconds else 0}))
    finally:
        await load.close()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
