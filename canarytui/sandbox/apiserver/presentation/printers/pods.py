"""Pods: the READY and STATUS columns have rules of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.types.ages import age, parse_time
from canarytui.sandbox.apiserver.types.printing import NONE, Object, Printer, at, columns


def _cells(pod: Object, now: datetime) -> list[Any]:
    statuses = at(pod, "status", "containerStatuses") or []
    total = len(at(pod, "spec", "containers") or [])
    ready = sum(1 for status in statuses if status.get("ready"))
    gates = at(pod, "spec", "readinessGates") or []
    return [
        f"{ready}/{total}",
        pod_status(pod),
        _restarts(pod, now),
        age(at(pod, "metadata", "creationTimestamp"), now),
        at(pod, "status", "podIP") or NONE,
        at(pod, "spec", "nodeName") or NONE,
        at(pod, "status", "nominatedNodeName") or NONE,
        f"0/{len(gates)}" if gates else NONE,
    ]


def pod_status(pod: Object) -> str:
    """The word for a pod's state: its phase, or what its containers wait for or died of."""
    reason = str(at(pod, "status", "reason") or at(pod, "status", "phase") or "Unknown")
    for condition in at(pod, "status", "conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "SchedulingGated":
            reason = "SchedulingGated"
    reason = _init_reason(pod) or _container_reason(pod, reason)
    if at(pod, "metadata", "deletionTimestamp"):
        return "Unknown" if at(pod, "status", "reason") == "NodeLost" else "Terminating"
    return reason


def _init_reason(pod: Object) -> str:
    total = len(at(pod, "spec", "initContainers") or [])
    for index, status in enumerate(at(pod, "status", "initContainerStatuses") or ()):
        state = status.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting")
        if ended is not None and ended.get("exitCode") == 0:
            continue
        if ended is not None:
            return f"Init:{ended.get('reason') or _ending(ended)}"
        if waiting is not None and waiting.get("reason") not in (None, "", "PodInitializing"):
            return f"Init:{waiting['reason']}"
        return f"Init:{index}/{total}"
    return ""


def _container_reason(pod: Object, reason: str) -> str:
    running = False
    for status in reversed(at(pod, "status", "containerStatuses") or []):
        state = status.get("state") or {}
        waiting, ended = state.get("waiting"), state.get("terminated")
        if waiting and waiting.get("reason"):
            reason = waiting["reason"]
        elif ended is not None:
            reason = ended.get("reason") or _ending(ended)
        elif status.get("ready") and state.get("running") is not None:
            running = True
    if reason == "Completed" and running:
        ready = [c for c in at(pod, "status", "conditions") or () if c.get("type") == "Ready"]
        return "Running" if ready and ready[0].get("status") == "True" else "NotReady"
    return reason


def _ending(ended: Object) -> str:
    signal = ended.get("signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{ended.get('exitCode', 0)}"


def _restarts(pod: Object, now: datetime) -> str:
    statuses = at(pod, "status", "containerStatuses") or []
    count = sum(int(status.get("restartCount") or 0) for status in statuses)
    ends = [parse_time(at(status, "lastState", "terminated", "finishedAt")) for status in statuses]
    latest = max((moment for moment in ends if moment is not None), default=None)
    if not count or latest is None:
        return str(count)
    return f"{count} ({age(latest.isoformat(), now)} ago)"


POD = Printer(columns("Ready|Status|Restarts|Age", "IP|Node|Nominated Node|Readiness Gates"), _cells)
