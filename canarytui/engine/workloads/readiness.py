"""Whether a workload is ready, by Flagger's rules and in its words.

Pure, used by the workloads. A deadline counts only while the Deployment is below its minimum availability;
otherwise it is Kubernetes' own ``ProgressDeadlineExceeded`` that ends the waiting.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from typing import Any

from canarytui.domain.values import KubernetesObject
from canarytui.engine.workloads.base import READY, Readiness

_WAITING = "waiting for rollout to finish: "


def deployment_readiness(deployment: KubernetesObject, *, deadline_s: int, threshold: int, now: datetime) -> Readiness:
    """`threshold` is the percent of updated replicas that must be available."""
    metadata, spec, status = (deployment.get(part) or {} for part in ("metadata", "spec", "status"))
    if int(status.get("observedGeneration") or 0) < int(metadata.get("generation") or 0):
        return _waiting("observed deployment generation less than desired generation")
    progressing, available = _condition(status, "Progressing"), _condition(status, "Available")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Readiness(
            False, retriable=False, text=f'deployment "{metadata.get("name")}" exceeded its progress deadline'
        )
    retriable = not (
        progressing
        and available.get("status") == "False"
        and available.get("reason") == "MinimumReplicasUnavailable"
        and _past(available.get("lastUpdateTime"), deadline_s, now)
    )
    wanted = spec.get("replicas")
    wanted = 1 if wanted is None else int(wanted)
    updated, replicas, ready = (
        int(status.get(name) or 0) for name in ("updatedReplicas", "replicas", "availableReplicas")
    )
    if updated < wanted:
        return _waiting(f"{updated} out of {wanted} new replicas have been updated", retriable)
    if replicas > updated:
        return _waiting(f"{replicas - updated} old replicas are pending termination", retriable)
    enough = _share(updated, threshold)
    if ready < enough:
        return _waiting(f"{ready} of {enough} (readyThreshold {threshold}%) updated replicas are available", retriable)
    return READY


def daemonset_readiness(
    daemonset: KubernetesObject, *, deadline_s: int, threshold: int, since: datetime | None, now: datetime
) -> Readiness:
    """`threshold` is the percent of the pods that should be which must be available; `since`: see its caller."""
    metadata, status = daemonset.get("metadata") or {}, daemonset.get("status") or {}
    if int(status.get("observedGeneration") or 0) < int(metadata.get("generation") or 0):
        return _waiting("observed daemonset generation less than desired generation")
    desired, updated, available = (
        int(status.get(name) or 0) for name in ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    )
    enough = _share(desired, threshold)
    if updated >= desired and available >= enough:
        return READY
    if since is not None and since + timedelta(seconds=deadline_s) < now:
        return Readiness(False, retriable=False, text=f"exceeded its progressDeadlineSeconds: {deadline_s}")
    if updated < desired:
        return _waiting(f"{updated} out of {desired} new pods have been updated")
    return _waiting(f"{available} of {enough} (readyThreshold {threshold}%) updated pods are available")


def _share(count: int, percent: int) -> int:
    """`percent` of `count`, rounded down. In single precision, as Flagger's: 53 % of 100 are 52."""
    return int(_single(count * _single(percent / 100)))


def _single(number: float) -> float:
    found: float = struct.unpack("f", struct.pack("f", number))[0]
    return found


def _waiting(text: str, retriable: bool = True) -> Readiness:
    return Readiness(False, retriable=retriable, text=_WAITING + text)


def _condition(status: KubernetesObject, type_: str) -> dict[str, Any]:
    for condition in status.get("conditions") or []:
        if condition.get("type") == type_:
            return dict(condition)
    return {}


def _past(since: object, deadline_s: int, now: datetime) -> bool:
    if not isinstance(since, str):
        return False
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        return False
    return moment + timedelta(seconds=deadline_s) < now
