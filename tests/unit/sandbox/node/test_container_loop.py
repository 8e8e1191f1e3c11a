"""One container of a pod: pulled, configured, probed, restarted, ended."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from dataplane_fakes import events_about, podinfo_pod, ready
from dataplane_rig import Sandbox, kubelet_of

from canarytui.sandbox.node.images import ImageKind
from canarytui.sandbox.node.instances import Instance, Launch

READINESS = {"httpGet": {"path": "/readyz", "port": "http"}, "periodSeconds": 0.05, "failureThreshold": 1}


async def test_readiness_follows_the_probe(sandbox: Sandbox) -> None:
    pod = await sandbox.run_pod(podinfo_pod("podinfo-1", readinessProbe=READINESS))
    async with sandbox.session.post(sandbox.url(pod, 9898, "/readyz/disable")) as response:
        assert response.status == 202
    await sandbox.until(lambda: not ready(sandbox.api.get("pods", "test", "podinfo-1")), "not ready")
    await sandbox.until(
        lambda: (
            ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
            in list(events_about(sandbox.api, "podinfo-1"))
        )
    )
    async with sandbox.session.post(sandbox.url(pod, 9898, "/readyz/enable")) as response:
        assert response.status == 202
    await sandbox.until(lambda: ready(sandbox.api.get("pods", "test", "podinfo-1")), "ready again")


@pytest.mark.parametrize(
    ("image", "cause"),
    [("stefanprodan/podinfo:nope", "not found"), ("registry.invalid/app:1", "no such host")],
)
async def test_an_image_that_no_registry_has_is_refused_and_tried_again(
    sandbox: Sandbox, image: str, cause: str
) -> None:
    sandbox.api.put("pods", podinfo_pod("bad-1", image=image))

    def reason() -> str:
        pod = sandbox.api.get("pods", "test", "bad-1") or {}
        statuses = (pod.get("status") or {}).get("containerStatuses") or [{"state": {}}]
        return str((statuses[0]["state"].get("waiting") or {}).get("reason"))

    await sandbox.until(lambda: reason() == "ErrImagePull")
    await sandbox.until(lambda: reason() == "ImagePullBackOff")
    pod = sandbox.api.get("pods", "test", "bad-1")
    assert pod is not None
    assert pod["status"]["phase"] == "Pending"
    await sandbox.until(lambda: len(list(events_about(sandbox.api, "bad-1"))) >= 5)
    events = list(events_about(sandbox.api, "bad-1"))
    assert [name for name, _ in events] == ["Pulling", "Failed", "Failed", "BackOff", "Failed"]
    assert cause in events[1][1]


async def test_a_panic_restarts_the_container_at_once_and_backs_off_the_second_time(sandbox: Sandbox) -> None:
    pod = await sandbox.run_pod(podinfo_pod("podinfo-1"))

    def container() -> dict[str, object]:
        stored = sandbox.api.get("pods", "test", "podinfo-1")
        assert stored is not None
        return dict(stored["status"]["containerStatuses"][0])

    async def panic() -> None:
        with pytest.raises(OSError):  # noqa: PT011 - any way in which the connection may break
            await sandbox.get(sandbox.url(pod, 9898, "/panic"))

    await panic()
    await sandbox.until(lambda: container()["restartCount"] == 1 and container()["ready"])
    last = container()["lastState"]
    assert isinstance(last, dict)
    assert last["terminated"]["exitCode"] == 255
    await panic()
    waiting = await sandbox.until(lambda: cast("dict[str, Any]", container()["state"]).get("waiting"))
    assert waiting["reason"] == "CrashLoopBackOff"
    assert waiting["message"].startswith("back-off 10s restarting failed container=podinfod pod=podinfo-1_test(")


async def test_a_missing_configmap_holds_the_container_until_it_is_there(sandbox: Sandbox) -> None:
    env = [
        {"name": "GREETING", "valueFrom": {"configMapKeyRef": {"name": "texts", "key": "hello"}}},
        {"name": "WHERE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "BOTH", "value": "$(GREETING) from $(WHERE)"},
    ]
    sandbox.api.put("pods", podinfo_pod("podinfo-1", env=env))
    await sandbox.until(
        lambda: ("Failed", 'Error: configmap "texts" not found') in list(events_about(sandbox.api, "podinfo-1"))
    )
    pod = sandbox.api.get("pods", "test", "podinfo-1")
    assert pod is not None
    waiting = pod["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["reason"] == "CreateContainerConfigError"
    config = {"metadata": {"name": "texts", "namespace": "test"}, "data": {"hello": "hi"}}
    sandbox.api.put("configmaps", config)
    await sandbox.until(lambda: ready(sandbox.api.get("pods", "test", "podinfo-1")), "ready")
    _, text = await sandbox.get(sandbox.url(pod, 9898, "/env"))
    assert "BOTH=hi from test" in json.loads(text)


async def test_a_job_pod_runs_its_command_and_succeeds(sandbox: Sandbox) -> None:
    pod = podinfo_pod("hello-1", image="busybox", command=["sh", "-c", "echo hello; exit 0"])
    pod["spec"]["restartPolicy"] = "Never"
    sandbox.api.put("pods", pod)

    def phase() -> str:
        stored = sandbox.api.get("pods", "test", "hello-1") or {}
        return str((stored.get("status") or {}).get("phase"))

    await sandbox.until(lambda: phase() == "Succeeded")


async def test_a_container_that_does_not_start_is_an_error_and_tried_again(sandbox: Sandbox) -> None:
    async def failing(launch: Launch) -> Instance:
        raise OSError("exec format error")

    kubelet_of(sandbox)._host.launchers[ImageKind.GENERIC] = failing
    sandbox.api.put("pods", podinfo_pod("broken-1", image="nginx"))

    def container() -> dict[str, Any]:
        stored = sandbox.api.get("pods", "test", "broken-1") or {}
        return dict(((stored.get("status") or {}).get("containerStatuses") or [{}])[0])

    await sandbox.until(lambda: (container().get("state") or {}).get("waiting", {}).get("reason") == "CrashLoopBackOff")
    last = container()["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"], last["message"]) == (128, "StartError", "exec format error")
    told = ("Failed", "Error: exec format error")  # Events are written beside the status, and may come after it
    await sandbox.until(lambda: told in list(events_about(sandbox.api, "broken-1")), "Event")


async def test_a_failed_liveness_probe_restarts_the_container(sandbox: Sandbox) -> None:
    liveness = {"httpGet": {"path": "/readyz", "port": "http"}, "periodSeconds": 0.05, "failureThreshold": 1}
    pod = podinfo_pod("podinfo-1", livenessProbe=liveness)
    pod["spec"]["terminationGracePeriodSeconds"] = 1
    await sandbox.run_pod(pod)
    async with sandbox.session.post(sandbox.url(pod, 9898, "/readyz/disable")) as response:
        assert response.status == 202

    def restarts() -> int:
        stored = sandbox.api.get("pods", "test", "podinfo-1") or {}
        return int(stored["status"]["containerStatuses"][0]["restartCount"])

    await sandbox.until(lambda: restarts() == 1)
    killing = ("Killing", "Container podinfod failed liveness probe, will be restarted")
    assert killing in list(events_about(sandbox.api, "podinfo-1"))
