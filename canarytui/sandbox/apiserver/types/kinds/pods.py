"""Pods: what the API server does to them, and their columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types.ages import age, parse_time
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds.pod_checks import pod_spec_problems
from canarytui.sandbox.apiserver.types.kinds.pod_defaults import default_pod_spec, qos_class
from canarytui.sandbox.apiserver.types.printing import NONE, Printer, age_of, columns
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

_UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
    "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if "
    "it was previously negative)"
)
_NOT_READY_TOLERATIONS = tuple(
    {
        "key": f"node.kubernetes.io/{what}",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 300,
    }
    for what in ("not-ready", "unreachable")
)


class PodStrategy(KindStrategy):
    """A pod as the scheduler and the kubelet expect to find it."""

    graceful = True
    has_generation = False

    def prepare_create(self, obj: KubernetesObject) -> None:
        obj["status"] = {"phase": "Pending", "qosClass": qos_class(obj.get("spec") or {})}

    def default(self, obj: KubernetesObject) -> None:
        spec = obj.setdefault("spec", {})
        default_pod_spec(spec)
        spec.setdefault("serviceAccountName", "default")
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
        spec.setdefault("enableServiceLinks", True)
        spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
        spec.setdefault("priority", 0)
        present = {toleration.get("key") for toleration in spec.get("tolerations") or ()}
        if None not in present:
            added = [dict(t) for t in _NOT_READY_TOLERATIONS if t["key"] not in present]
            spec["tolerations"] = [*(spec.get("tolerations") or ()), *added]

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        return pod_spec_problems(obj.get("spec") or {}, "spec")

    def validate_update(self, obj: KubernetesObject, old: KubernetesObject) -> list[Cause]:
        if _frozen(obj["spec"]) == _frozen(old["spec"]):
            return []
        return [
            problems.forbidden("spec", f"pod updates may not change fields other than {_UPDATABLE}"),
        ]


def _frozen(spec: KubernetesObject) -> KubernetesObject:
    """The part of a pod spec that an update may not touch."""
    kept = {
        key: value
        for key, value in spec.items()
        if key not in ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName",
                       "ephemeralContainers")
    }  # fmt: skip
    for field in ("containers", "initContainers"):
        kept[field] = [
            {k: v for k, v in container.items() if k not in ("image", "resources")}
            for container in spec.get(field) or ()
        ]
    return kept


def _cells(pod: Mapping[str, Any], now: datetime) -> list[Any]:
    statuses = at(pod, "status", "containerStatuses") or []
    total = len(at(pod, "spec", "containers") or [])
    ready = sum(1 for status in statuses if status.get("ready"))
    gates = at(pod, "spec", "readinessGates") or []
    return [
        f"{ready}/{total}",
        pod_status(pod),
        _restarts(pod, now),
        age_of(pod, now),
        at(pod, "status", "podIP") or NONE,
        at(pod, "spec", "nodeName") or NONE,
        at(pod, "status", "nominatedNodeName") or NONE,
        f"0/{len(gates)}" if gates else NONE,
    ]


def pod_status(pod: Mapping[str, Any]) -> str:
    """The STATUS column: the phase, or why containers are waiting or have terminated."""
    reason = str(at(pod, "status", "reason") or at(pod, "status", "phase") or "Unknown")
    for condition in at(pod, "status", "conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "SchedulingGated":
            reason = "SchedulingGated"
    reason = _init_reason(pod) or _container_reason(pod, reason)
    if at(pod, "metadata", "deletionTimestamp"):
        return "Unknown" if at(pod, "status", "reason") == "NodeLost" else "Terminating"
    return reason


def _init_reason(pod: Mapping[str, Any]) -> str:
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


def _container_reason(pod: Mapping[str, Any], reason: str) -> str:
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


def _ending(ended: Mapping[str, Any]) -> str:
    signal = ended.get("signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{ended.get('exitCode', 0)}"


def _restarts(pod: Mapping[str, Any], now: datetime) -> str:
    statuses = at(pod, "status", "containerStatuses") or []
    count = sum(int(status.get("restartCount") or 0) for status in statuses)
    ends = [parse_time(at(status, "lastState", "terminated", "finishedAt")) for status in statuses]
    latest = max((moment for moment in ends if moment is not None), default=None)
    if not count or latest is None:
        return str(count)
    return f"{count} ({age(latest.isoformat(), now)} ago)"


POD = ResourceKind(
    name="Pod",
    plural="pods",
    short_names=("po",),
    categories=("all",),
    subresources=frozenset({
        "status", "log", "exec", "attach", "portforward", "proxy", "eviction", "binding", "ephemeralcontainers",
        "resize",
    }),
    strategy=PodStrategy,
    printer=Printer(columns("Ready|Status|Restarts|Age", "IP|Node|Nominated Node|Readiness Gates"), _cells),
    selectable_fields=(
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.nominatedNodeName",
    ),
)  # fmt: skip
