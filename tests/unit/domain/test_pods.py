"""Why a pod is not ready."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.workloads.pods import pod_problem, pods_problem, restarts


def pod(*containers: dict[str, Any], **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "cart-1"}, "status": {"containerStatuses": list(containers), **status}}


ENDED = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
CRASHED = {"name": "cart", "state": {"terminated": {"exitCode": 2, "reason": "Error"}}}
UNREADY = {"name": "cart", "state": {"running": {}}, "ready": False}


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return {"name": "cart", "state": {"waiting": {"reason": reason, "message": message}}, **more}


READY = {"conditions": [{"type": "Ready", "status": "True"}]}
UNSCHEDULED = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes fit"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (pod(waiting("ImagePullBackOff", "no such tag")), "cart ImagePullBackOff: no such tag"),
        (pod(waiting("CrashLoopBackOff", lastState=ENDED)), "cart CrashLoopBackOff after exit code 137 (OOMKilled)"),
        (pod(waiting("CreateContainerConfigError", "no configmap")), "cart CreateContainerConfigError: no configmap"),
        (pod(waiting("ContainerCreating")), ""),
        (pod(CRASHED), "cart ended after exit code 2"),
        (pod(conditions=[UNSCHEDULED]), "Unschedulable: 0/3 nodes fit"),
        (pod(UNREADY), "cart runs, but its readiness probe does not pass"),
        (pod({"name": "cart", "state": {"running": {}}, "ready": True}, **READY), ""),
        (pod(phase="Failed", reason="Evicted", message="disk"), "Evicted: disk"),
        ({"status": {"initContainerStatuses": [waiting("ErrImagePull", "gone")]}}, "cart ErrImagePull: gone"),
        ({}, ""),
        ({"status": {"containerStatuses": "x", "conditions": 3}, "metadata": 7}, ""),
    ],
)  # fmt: skip
def test_reason(given: dict[str, Any], problem: str) -> None:
    assert pod_problem(given) == problem


def test_pod_that_goes_away_is_nobodys_trouble() -> None:
    going = pod(waiting("ImagePullBackOff"))
    going["metadata"]["deletionTimestamp"] = "2026-11-23T14:00:00Z"
    assert pod_problem(going) == ""


def test_most_frequent_reason_speaks_for_all() -> None:
    pods = [pod(waiting("ErrImagePull")), pod(waiting("ImagePullBackOff")), pod(waiting("ImagePullBackOff"))]
    assert pods_problem(pods) == "cart ImagePullBackOff"
    assert pods_problem([]) == ""


def test_restarts_are_added_up() -> None:
    assert restarts(pod({"restartCount": 2}, {"restartCount": 3}, {"restartCount": "x"})) == 5
