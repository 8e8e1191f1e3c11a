"""SIGKILL on the real process, again and again along one rollout: its successors bring it to the same end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from live_api import LiveApi, Start

ANALYSIS = {"interval": "1s", "threshold": 3, "stepWeight": 10, "maxWeight": 50, "metrics": [], "webhooks": []}


def status(api: LiveApi) -> dict[str, Any]:
    canary = api.find("canaries.flagger.app", "podinfo") or {}
    return dict(canary.get("status") or {})


def image(api: LiveApi, name: str) -> str:
    deployment = api.find("deployments.apps", name)
    assert deployment is not None
    return str(deployment["spec"]["template"]["spec"]["containers"][0]["image"])


@asynccontextmanager
async def pods_that_start(api: LiveApi, seen: list[dict[str, int]]) -> AsyncIterator[None]:
    """Let every Deployment be ready soon after it was changed, and note what the router says meanwhile."""

    async def run() -> None:
        while True:
            for deployment in api.api.list(api.rt("deployments.apps"), "test").items:
                make_ready(api, deployment)
            router = api.find("traefikservices.traefik.io", "podinfo")
            if router is not None:
                services = router["spec"]["weighted"]["services"]
                weights = {each["name"]: each["weight"] for each in services}
                if seen[-1:] != [weights]:
                    seen.append(weights)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def make_ready(api: LiveApi, deployment: dict[str, Any]) -> None:
    wanted = deployment["spec"]["replicas"]
    generation = deployment["metadata"]["generation"]
    known = deployment.get("status") or {}
    if known.get("observedGeneration") == generation and known.get("replicas") == wanted:
        return
    now = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), wanted)
    changed = {**deployment, "status": {**now, "observedGeneration": generation}}
    api.api.update(api.rt("deployments.apps"), "test", deployment["metadata"]["name"], changed, subresource="status")


@pytest.mark.e2e
async def test_rollout_comes_to_its_end_through_five_kills(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    seen: list[dict[str, int]] = []
    async with pods_that_start(api, seen):
        api.canary(analysis=ANALYSIS)
        controller = await start_controller("one")

        async def kill_when(what: str, holds: Any) -> None:
            nonlocal controller
            await api.until(what, holds)
            controller.process.send_signal(signal.SIGKILL)
            assert await controller.ended() == -signal.SIGKILL
            controller = await start_controller("one")

        await kill_when("initialising", lambda: status(api).get("phase") == "Initializing")
        await api.until("initialised", lambda: status(api).get("phase") == "Initialized")
        template = {"spec": {"containers": [{"name": "podinfod", "image": "stefanprodan/podinfo:4.0.6"}]}}
        api.patch("deployments.apps", "podinfo", {"spec": {"template": template}})
        await kill_when("begun", lambda: status(api).get("phase") == "Progressing")
        await kill_when("under way", lambda: status(api).get("canaryWeight", 0) >= 20)
        await kill_when("promoting", lambda: status(api).get("phase") == "Promoting")
        await kill_when("finalising", lambda: status(api).get("phase") == "Finalising")
        await api.until("succeeded", lambda: status(api).get("phase") == "Succeeded")

        assert image(api, "podinfo-primary") == "stefanprodan/podinfo:4.0.6"
        target, primary = (api.find("deployments.apps", name) or {} for name in ("podinfo", "podinfo-primary"))
        assert target["spec"]["replicas"] == 0
        assert all(sum(weights.values()) == 100 for weights in seen), "nobody ever saw a half-written route"
        canary_weights = [weights.get("podinfo-canary", 0) for weights in seen]
        assert canary_weights == [0, 10, 20, 30, 40, 50, 0], "no step was left out, none was made twice"
        assert primary["metadata"]["generation"] == 2, "promoted once"
        assert not [line for line in controller.log if line["level"] == "error"]
