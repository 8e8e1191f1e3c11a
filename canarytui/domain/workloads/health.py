"""An object's health as one mark and one phrase, by the rules of its kind.

Pure functions of API objects, for the tree of a canary's objects. Missing fields read as unknown, never as an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from canarytui.domain.sentences import objects
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import short_duration
from canarytui.domain.traffic.registry import shares
from canarytui.domain.values import as_count, as_mapping, as_mappings, parse_time
from canarytui.domain.workloads.pods import pod_problem, restarts
from canarytui.domain.workloads.workload import WorkloadStatus


class Health(StrEnum):
    """Ordered from healthy to needs attention."""

    GOOD = "ok"
    WAITING = "waiting"
    BAD = "bad"
    UNKNOWN = "unknown"


class Condition(Struct, frozen=True):
    """`note` is one line of clean text."""

    health: Health
    note: str


def of_workload(workload: WorkloadStatus, image: str = "") -> Condition:
    """A Deployment or DaemonSet: ready of desired, `image` (its release), its own problem."""
    words = f"{workload.ready}/{workload.desired} ready" if workload.desired else objects.SCALED_TO_ZERO.text()
    note = ", ".join(part for part in (words, image, workload.problem) if part)
    if workload.is_ready:
        return Condition(Health.GOOD, note)
    return Condition(Health.BAD if workload.problem else Health.WAITING, note)


def of_replica_set(replica_set: Mapping[str, Any]) -> Condition:
    """Ready of desired; why a ReplicaSet cannot create pods (quota, admission)."""
    spec, status = as_mapping(replica_set.get("spec")), as_mapping(replica_set.get("status"))
    desired, ready = as_count(spec.get("replicas", 1)), as_count(status.get("readyReplicas"))
    for condition in as_mappings(status.get("conditions")):
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return Condition(Health.BAD, f"{ready}/{desired} ready, {clean(condition.get('message'), 300)}")
    if not desired:
        return Condition(Health.GOOD, objects.SCALED_TO_ZERO.text())
    return Condition(Health.GOOD if ready >= desired else Health.WAITING, f"{ready}/{desired} ready")


def of_pod(pod: Mapping[str, Any], said: str, now: datetime) -> Condition:
    """Ready containers, restarts, age; or why it is not ready. `said` is the last warning Event about it."""
    metadata, status = as_mapping(pod.get("metadata")), as_mapping(pod.get("status"))
    states = as_mappings(status.get("containerStatuses"))
    ready = sum(1 for each in states if each.get("ready") is True)
    again = restarts(pod)
    created = parse_time(metadata.get("creationTimestamp"))
    facts = [
        f"{ready}/{len(states) or len(as_mappings(as_mapping(pod.get('spec')).get('containers')))} ready",
        f"{again} restart{'s' if again != 1 else ''}" if again else "",
        f"{short_duration((now - created).total_seconds())} old" if created else "",
    ]
    words = ", ".join(fact for fact in facts if fact)
    if metadata.get("deletionTimestamp"):
        return Condition(Health.WAITING, f"being deleted, {words}")
    problem = pod_problem(pod)
    is_ready = any(
        each.get("type") == "Ready" and each.get("status") == "True" for each in as_mappings(status.get("conditions"))
    )
    if is_ready:
        return Condition(Health.GOOD, words)
    if not problem:
        return Condition(Health.WAITING, ", ".join(filter(None, (clean(status.get("phase"), 20), words, said))))
    # The kubelet's Event has the probe's answer, which the status lacks; for all else the status says more.
    detail = f" ({said})" if said and "probe" in problem else ""
    return Condition(Health.BAD, f"{problem}{detail}, {words}")


def of_service(service: Mapping[str, Any]) -> Condition:
    """Ports and selector."""
    spec = as_mapping(service.get("spec"))
    ports = ", ".join(
        f"{clean(port.get('port'), 12)} → {clean(port.get('targetPort') or port.get('port'), 60)}"
        for port in as_mappings(spec.get("ports"))[:4]
    )
    selected = ",".join(
        f"{clean(name, 80)}={clean(value, 63)}" for name, value in as_mapping(spec.get("selector")).items()
    )
    words = [f"port {ports}" if ports else "no ports", f"selects {selected}" if selected else "selects nothing"]
    return Condition(Health.GOOD, ", ".join(words))


def of_router(router: Mapping[str, Any]) -> Condition:
    """Backends and their weights."""
    return Condition(Health.GOOD, shares(router) or "present")


def of_scaler(scaler: Mapping[str, Any]) -> Condition:
    """A HorizontalPodAutoscaler or ScaledObject: limits, current and desired replicas, what stops it from scaling."""
    spec, status = as_mapping(scaler.get("spec")), as_mapping(scaler.get("status"))
    keda = scaler.get("kind") == "ScaledObject"
    low, high = ("minReplicaCount", "maxReplicaCount") if keda else ("minReplicas", "maxReplicas")
    words = [f"{clean(spec.get(low, 0 if keda else 1), 9)} to {clean(spec.get(high, 100), 9)} replicas"]
    if status.get("currentReplicas") is not None:
        words.append(f"now {clean(status.get('currentReplicas'), 9)}, wants {clean(status.get('desiredReplicas'), 9)}")
    annotations = as_mapping(as_mapping(scaler.get("metadata")).get("annotations"))
    paused = next((value for name, value in annotations.items() if str(name).startswith(_PAUSED)), None)
    if paused is not None:
        words.append(f"paused ({clean(paused, 20)})")
    failing = ("Ready",) if keda else ("AbleToScale", "ScalingActive")
    for condition in as_mappings(status.get("conditions")):
        disabled = condition.get("reason") == "ScalingDisabled"  # zero replicas: nothing to scale, as it should be
        if condition.get("type") in failing and condition.get("status") == "False" and not disabled:
            words.append(clean(condition.get("message") or condition.get("reason"), 300))
            return Condition(Health.BAD, ", ".join(words))
    return Condition(Health.GOOD, ", ".join(words))


_PAUSED = "autoscaling.keda.sh/paused"
