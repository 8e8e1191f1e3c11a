"""Pods are watched while their workload holds a canary up, and only then; their own reason is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from closeup_api import CloseupApi
from fake_cluster_state import canary, primary, put, target, world_of

from canarytui.cluster.client import Cluster
from canarytui.session import pod_problems
from canarytui.session.pod_problems import PodProblems, _is_pod_of

KEY = ("test", "podinfo")
PODS = "/api/v1/namespaces/test/pods"


def crashing(name: str) -> dict[str, Any]:
    waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
    return {
        "metadata": {"namespace": "test", "name": name, "resourceVersion": "1", "labels": {"app": "podinfo"}},
        "spec": {"containers": [{"name": "podinfod"}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "podinfod", "ready": False, "state": waiting}]},
    }  # fmt: skip


def unready() -> dict[str, Any]:
    obj = target("podinfo:2")
    obj["spec"]["selector"] = {"matchLabels": {"app": "podinfo"}}
    obj["status"].update(readyReplicas=0, availableReplicas=0, updatedReplicas=1)
    return obj


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(8):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


async def test_the_pods_own_reason_is_known_while_they_are_not_ready(
    api: CloseupApi, cluster: Cluster, monkeypatch: Any
) -> None:
    monkeypatch.setattr(pod_problems, "EVERY_S", 0.05)
    api.collections[PODS] = [crashing("podinfo-7d9f-x1"), crashing("podinfo-primary-55-y2")]
    cluster_state = await world_of(canary("Progressing", weight=5), unready(), primary("podinfo:1"))
    cluster_state.take_changed()
    troubles = PodProblems(cluster, cluster_state)
    following = asyncio.create_task(troubles.run())
    try:
        await asyncio.sleep(0.2)
        assert cluster_state.pod_problems == {}, "nobody looks"
        assert api.open == 0
        troubles.show_checks_of([KEY])
        await until(lambda: cluster_state.pod_problems.get(KEY))
        assert "CrashLoopBackOff" in cluster_state.pod_problems[KEY]
        assert "primary" not in cluster_state.pod_problems[KEY]
        assert KEY in cluster_state.take_changed()
        await put(cluster_state, canary("Progressing", "2", weight=5), target("podinfo:2", "2"), primary("podinfo:1"))
        await until(lambda: not cluster_state.pod_problems and api.open == 0)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_pods_do_not_matter_where_nothing_waits_for_them(api: CloseupApi, cluster: Cluster) -> None:
    cluster_state = await world_of(canary("Succeeded"), unready(), primary("podinfo:1"))
    troubles = PodProblems(cluster, cluster_state)
    troubles.show_checks_of([KEY, ("test", "gone")])
    assert list(troubles._unready()) == []


def test_a_pod_is_its_workloads_by_its_name() -> None:
    names = ("cart-7d9f-x1", "cart-x1", "cart-primary-7d9f-x1", "cart", "front-7d9f-x1")
    assert [_is_pod_of({"metadata": {"name": name}}, "cart") for name in names] == [True, True, False, False, False]
