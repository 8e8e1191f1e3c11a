"""The controller's log is found by its Deployment or by the person's selector, and followed into the timeline."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
from closeup_api import CloseupApi

from canarytui.cluster.client import Cluster
from canarytui.console.demo_fixture import NOW
from canarytui.errors import CanarytuiError
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.controller_log import ControllerLog
from canarytui.session.controller_pods import controller_pods, selected_pods
from canarytui.session.state import ClusterState

PODS = "/api/v1/namespaces/flagger-system/pods"
DEPLOYMENT = "/apis/apps/v1/namespaces/flagger-system/deployments/flagger"
SAID = {"level": "info", "ts": "2026-11-23T14:30:12.000Z", "msg": "New revision detected! Scaling up podinfo.test",
        "canary": "podinfo.test", "caller": "controller/events.go:33"}  # fmt: skip


def pod(name: str, **labels: str) -> dict[str, object]:
    return {
        "metadata": {"name": name, "namespace": "flagger-system", "labels": labels},
        "spec": {"containers": [{"name": "flagger", "image": "ghcr.io/fluxcd/flagger:1.44.0"}]},
    }


@pytest.fixture
def flagger(api: CloseupApi) -> CloseupApi:
    api.objects[DEPLOYMENT] = {"spec": {"selector": {"matchLabels": {"app": "flagger"}}}}
    api.collections[PODS] = [pod("flagger-1", app="flagger"), pod("other-1", app="other")]
    api.logs["flagger-1/flagger"] = [f"2026-11-23T14:30:12.5Z {json.dumps(SAID)}"]
    return api


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(8):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


def said(cluster_state: ClusterState) -> list[str]:
    return [entry.text for entry in cluster_state.timeline.entries()]


async def test_the_log_is_found_by_the_controllers_deployment_and_read_into_the_timeline(
    flagger: CloseupApi, cluster: Cluster
) -> None:
    cluster_state = ClusterState(now=lambda: NOW)
    cluster_state.engine = DetectedController(True, "1.44.0", "flagger-system", "flagger", True)
    log = ControllerLog(cluster, cluster_state)
    following = asyncio.create_task(log.run())
    try:
        await until(lambda: said(cluster_state))
        assert any("New revision detected" in text for text in said(cluster_state))
        assert log.trouble == ""
        paths = [path for path, _ in flagger.asked if path.endswith("/log")]
        assert paths == [f"{PODS}/flagger-1/log"], "the other pod has other labels"
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    await until(lambda: flagger.open == 0)


async def test_the_persons_own_selector_wins(flagger: CloseupApi, cluster: Cluster) -> None:
    flagger.logs["other-1/flagger"] = [f"2026-11-23T14:30:12.5Z {json.dumps(SAID)}"]
    cluster_state = ClusterState(now=lambda: NOW)
    log = ControllerLog(cluster, cluster_state, "flagger-system/app=other")
    following = asyncio.create_task(log.run())
    try:
        await until(lambda: said(cluster_state))
        assert [path for path, _ in flagger.asked if path.endswith("/log")] == [f"{PODS}/other-1/log"]
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


@pytest.mark.parametrize(
    ("breaks", "chosen", "trouble"),
    [
        (lambda api: api.forbidden.add(PODS), "flagger-system/app=flagger", "you may not read"),
        (lambda api: api.expired.add(PODS), "flagger-system/app=flagger", "log"),
        (lambda api: None, "flagger-system/app=nothing", "app=nothing"),
    ],
    ids=["forbidden", "unauthorized", "no pods"],
)
async def test_why_it_cannot_be_followed_is_said(
    breaks: Callable[[CloseupApi], None], chosen: str, trouble: str, flagger: CloseupApi, cluster: Cluster
) -> None:
    breaks(flagger)
    log = ControllerLog(cluster, ClusterState(now=lambda: NOW), chosen)
    following = asyncio.create_task(log.run())
    try:
        await until(lambda: log.trouble)
        assert trouble in log.trouble
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_a_controllers_pods_are_those_of_its_deployments_selector(flagger: CloseupApi, cluster: Cluster) -> None:
    found = await controller_pods(cluster, "flagger-system", "flagger")
    assert [each["metadata"]["name"] for each in found] == ["flagger-1"]
    flagger.objects[DEPLOYMENT] = {"spec": {"selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}}
    assert await controller_pods(cluster, "flagger-system", "flagger") == [], "never all pods of the namespace"
    assert len(await selected_pods(cluster, "flagger-system", "app=other")) == 1
    with pytest.raises(CanarytuiError):
        await controller_pods(cluster, "flagger-system", "nowhere")
