"""A cluster state filled with plain objects, as a cluster would fill it."""

from __future__ import annotations

import asyncio
from typing import Any

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import NOW, canary_object, deployment_object
from canarytui.session.state import ClusterState

Object = dict[str, Any]


class FakeCluster:
    """Answers every read with `answer`, and counts them."""

    def __init__(self, answer: Object) -> None:
        self.answer = answer
        self.asked = 0

    async def request(self, method: str, path: str, **_: Any) -> Object:
        assert method == "GET"
        self.asked += 1
        return self.answer


class FakeConnection:
    def __init__(self, answer: Object | None = None) -> None:
        self.cluster = FakeCluster(answer or {})


async def world_of(*objects: Object) -> ClusterState:
    """A cluster state that knows these canaries and deployments, and no others."""
    cluster_state = ClusterState(now=lambda: NOW)
    await put(cluster_state, *objects)
    return cluster_state


async def put(cluster_state: ClusterState, *objects: Object) -> None:
    """Replace all canaries and deployments."""
    for resource in (DEPLOYMENTS, CANARIES):
        cluster_state.stores[resource].replace([obj for obj in objects if obj["kind"] == resource.kind])
    await asyncio.sleep(0)


def canary(phase: str, version: str = "1", *, applied: str = "5d8f7c6b9", **changes: Any) -> Object:
    """test/podinfo in `phase`."""
    obj = canary_object("test", "podinfo", phase, **changes)
    obj["metadata"]["resourceVersion"] = version
    obj["status"]["lastAppliedSpec"] = applied
    obj["status"]["conditions"][0]["lastUpdateTime"] = obj["status"]["lastTransitionTime"]
    return obj


def target(image: str, version: str = "1") -> Object:
    obj = deployment_object("test", "podinfo", image, 2, 2)
    obj["metadata"]["resourceVersion"] = version
    return obj


def primary(image: str, version: str = "1") -> Object:
    obj = deployment_object("test", "podinfo-primary", image, 2, 2)
    obj["metadata"]["resourceVersion"] = version
    return obj
