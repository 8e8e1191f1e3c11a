"""How an object is, in one mark and one phrase, each by the rules of its own kind.

Pure functions of API objects, used for the tree of a canary's objects. Tolerant by intent: what an object does not
say is not known, and never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from canarytui.domain.plaintext import clean
from canarytui.domain.pods import pod_problem, restarts
from canarytui.domain.sentences import objects
from canarytui.domain.ticks import short_duration
from canarytui.domain.timeline_facts import parse_time
from canarytui.domain.traffic.registry import shares
from canarytui.domain.workload import Workload


class Health(StrEnum):
    """Ordered from what needs nobody to what needs somebody."""

    GOOD = "ok"
    WAITING = "waiting"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """`note` is one line of clean text."""

    health: Health
    note: str


def of_workload(workload: Workload, image: str = "") -> Condition:
    """A Deployment or DaemonSet: ready of desired, `image` (its release), its own problem."""
    words = f"{workload.ready}/{workload.desired} ready" if workload.desired else objects.SCALED_TO_ZERO.text()
    note = ", ".join(part for part in (words, image, workload.problem) if part)
    if workload.is_ready:
        return Condition(Health.GOOD, note)
    return Condition(Health.BAD if workload.problem else Health.WAITING, note)


def of_replica_set(replica_set: Mapping[str, Any]) -> Condition:
    """Ready of desired; a ReplicaSet that may not make pods says why (a quota, an admission)."""
    spec, status = _mapping(replica_set.get("spec")), _mapping(replica_set.get("status"))
    desired, ready = _count(spec.get("replicas", 1)), _count(status.get("readyReplicas"))
    for condition in _objects(status.get("conditions")):
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return Condition(Health.BAD, f"{ready}/{desired} ready, {clean(condition.get('message'), 300)}")
    if not desired:
        return Condition(Health.GOOD, objects.SCALED_TO_ZERO.text())
    return Condition(Health.GOOD if ready >= desired else Health.WAITING, f"{ready}/{desired} ready")


def of_pod(pod: Mapping[str, Any], said: str, now: datetime) -> Condition:
    """Ready containers, restarts, age; or why it is not ready, with `said`: what an Event last warned of it."""
    metadata, status = _mapping(pod.get("metadata")), _mapping(pod.get("status"))
    states = _objects(status.get("containerStatuses"))
    ready = sum(1 for each in states if each.get("ready") is True)
    again = restarts(pod)
    created = parse_time(metadata.get("creationTimestamp"))
    facts = [
        f"{ready}/{len(states) or len(_objects(_mapping(pod.get('spec')).get('containers')))} ready",
        f"{again} restart{'s' if again != 1 else ''}" if again else "",
        f"{short_duration((now - created).total_seconds())} old" if created else "",
    ]
    words = ", ".join(fact for fact in facts if fact)
    if metadata.get("deletionTimestamp"):
        return Condition(Health.WAITING, f"being deleted, {words}")
    problem = pod_problem(pod)
    is_ready = any(
        each.get("type") == "Ready" and each.get("status") == "True" for each in _objects(status.get("conditions"))
    )
    if is_ready:
        return Condition(Health.GOOD, words)
    if not problem:
        return Condition(Health.WAITING, ", ".join(filter(None, (clean(status.get("phase"), 20), words, said))))
    # The kubelet's Event has the probe's own answer, which the status has not; of all else the status tells more.
    detail = f" ({said})" if said and "probe" in problem else ""
    return Condition(Health.BAD, f"{problem}{detail}, {words}")


def of_service(service: Mapping[str, Any]) -> Condition:
    """Ports and what it selects."""
    spec = _mapping(service.get("spec"))
    ports = ", ".join(
        f"{clean(port.get('port'), 12)} → {clean(port.get('targetPort') or port.get('port'), 60)}"
        for port in _objects(spec.get("ports"))[:4]
    )
    selected = ",".join(
        f"{clean(name, 80)}={clean(value, 63)}" for name, value in _mapping(spec.get("selector")).items()
    )
    words = [f"port {ports}" if ports else "no ports", f"selects {selected}" if selected else "selects nothing"]
    return Condition(Health.GOOD, ", ".join(words))


def of_router(router: Mapping[str, Any]) -> Condition:
    """Its backends and their weights."""
    return Condition(Health.GOOD, shares(router) or "present")


def of_scaler(scaler: Mapping[str, Any]) -> Condition:
    """A HorizontalPodAutoscaler or ScaledObject: bounds, present and wanted replicas, what keeps it from scaling."""
    spec, status = _mapping(scaler.get("spec")), _mapping(scaler.get("status"))
    keda = scaler.get("kind") == "ScaledObject"
    low, high = ("minReplicaCount", "maxReplicaCount") if keda else ("minReplicas", "maxReplicas")
    words = [f"{clean(spec.get(low, 0 if keda else 1), 9)} to {clean(spec.get(high, 100), 9)} replicas"]
    if status.get("currentReplicas") is not None:
        words.append(f"now {clean(status.get('currentReplicas'), 9)}, wants {clean(status.get('desiredReplicas'), 9)}")
    annotations = _mapping(_mapping(scaler.get("metadata")).get("annotations"))
    paused = next((value for name, value in annotations.items() if str(name).startswith(_PAUSED)), None)
    if paused is not None:
        words.append(f"paused ({clean(paused, 20)})")
    failing = ("Ready",) if keda else ("AbleToScale", "ScalingActive")
    for condition in _objects(status.get("conditions")):
        disabled = condition.get("reason") == "ScalingDisabled"  # zero replicas: nothing to scale, as it should be
        if condition.get("type") in failing and condition.get("status") == "False" and not disabled:
            words.append(clean(condition.get("message") or condition.get("reason"), 300))
            return Condition(Health.BAD, ", ".join(words))
    return Condition(Health.GOOD, ", ".join(words))


_PAUSED = "autoscaling.keda.sh/paused"


def _count(value: object) -> int:
    return max(int(value), 0) if isinstance(value, int | float) and abs(value) < 1e9 else 0


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
