"""Why a pod is not ready: in the words of the scheduler or the kubelet, or by its last exit.

Fields that are missing or have the wrong type are ignored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from canarytui.domain.sentences import objects
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_mappings

_LENGTH = 160
_HARMLESS = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Waiting reasons that pass by themselves."""


def pods_problem(pods: Iterable[Mapping[str, Any]]) -> str:
    """What keeps most of `pods` from being ready: ``podinfod ImagePullBackOff: …``, "" if unknown.

    Ignores pods that are being deleted.
    """
    found = Counter(filter(None, map(pod_problem, pods)))
    return found.most_common(1)[0][0] if found else ""


def pod_problem(pod: Mapping[str, Any]) -> str:
    """Why this pod is not ready; "" when it is, is being deleted, or only needs time."""
    metadata, status = as_mapping(pod.get("metadata")), as_mapping(pod.get("status"))
    if metadata.get("deletionTimestamp") or _condition(status, "Ready").get("status") == "True":
        return ""
    unscheduled = _condition(status, "PodScheduled")
    if unscheduled.get("status") == "False":
        return _said(clean(unscheduled.get("reason"), 60) or "not scheduled", unscheduled.get("message"))
    for field in ("initContainerStatuses", "containerStatuses"):
        for container in as_mappings(status.get(field)):
            problem = container_problem(container)
            if problem:
                return f"{clean(container.get('name'), 63)} {problem}"
    if status.get("phase") == "Failed":
        return _said(clean(status.get("reason"), 60) or "failed", status.get("message"))
    unready = [
        clean(each.get("name"), 63) for each in as_mappings(status.get("containerStatuses")) if _runs_unready(each)
    ]
    return objects.UNREADY_PROBE.text(containers=", ".join(unready)) if unready else ""


def container_problem(container: Mapping[str, Any]) -> str:
    """What is wrong with the container of a ``containerStatuses`` entry: ``CrashLoopBackOff after exit code 1``."""
    state = as_mapping(container.get("state"))
    waiting, ended = as_mapping(state.get("waiting")), as_mapping(state.get("terminated"))
    reason = clean(waiting.get("reason"), 60)
    if reason == "CrashLoopBackOff":
        return f"{reason}{_after(as_mapping(as_mapping(container.get('lastState')).get('terminated')))}"
    if reason not in _HARMLESS:
        return _said(reason, waiting.get("message"))
    if ended and ended.get("exitCode") != 0:
        return f"ended{_after(ended)}"
    return ""


def restarts(pod: Mapping[str, Any]) -> int:
    """How often the pod's containers restarted."""
    counts = (each.get("restartCount") for each in as_mappings(as_mapping(pod.get("status")).get("containerStatuses")))
    return sum(count for count in counts if isinstance(count, int) and 0 <= count < 10**9)


def _after(ended: Mapping[str, Any]) -> str:
    """`` after exit code 137 (OOMKilled)``."""
    code = ended.get("exitCode")
    if not isinstance(code, int):
        return ""
    reason = clean(ended.get("reason"), 60)
    if reason in ("", "Error", "Completed"):
        return objects.AFTER_EXIT.text(code=code)
    return objects.AFTER_EXIT_BECAUSE.text(code=code, reason=reason)


def _runs_unready(container: Mapping[str, Any]) -> bool:
    return "running" in as_mapping(container.get("state")) and container.get("ready") is False


def _said(reason: str, message: object) -> str:
    said = clean(message, _LENGTH)
    return f"{reason}: {said}" if said else reason


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    return next((each for each in as_mappings(status.get("conditions")) if each.get("type") == kind), {})
