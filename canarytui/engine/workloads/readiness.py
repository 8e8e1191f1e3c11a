"""Whether a workload is ready, by Flagger's rules and in its words.

Pure, used by the workloads. A deadline counts only while the Deployment is below its minimum availability;
otherwise it is Kubernetes' own ``ProgressDeadlineExceeded`` that ends the waiting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from canarytui.engine.decide.effects import Object
from canarytui.engine.workloads.base import READY, Readiness

_WAITING = "waiting for rollout to finish: "


def deployment_readiness(deployment: Object, *, deadline_s: int, threshold: int, now: datetime) -> Readiness:
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
    if ready < int(updated * threshold / 100):
        return _waiting(f"{ready} of {updated} (readyThreshold {threshold}%) updated replicas are available", retriable)
    return READY


def daemonset_readiness(
    daemonset: Object, *, deadline_s: int, threshold: int, since: datetime | None, now: datetime
) -> Readiness:
    """`since` is when the canary's status was last written: that is where Flagger's clock begins."""
    metadata, status = daemonset.get("metadata") or {}, daemonset.get("status") or {}
    if int(status.get("observedGeneration") or 0) < int(metadata.get("generation") or 0):
        text = "observed daemonset generation less than desired generation"
    else:
        desired, updated, available = (
            int(status.get(name) or 0)
            for name in ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
        )
        if updated < desired:
            text = f"{updated} out of {desired} new pods have been updated"
        elif available < int(updated * threshold / 100):
            text = f"{available} of {updated} (readyThreshold {threshold}%) updated pods are available"
        else:
            return READY
    if since is not None and since + timedelta(seconds=deadline_s) < now:
        return Readiness(False, retriable=False, text=f"exceeded its progressDeadlineSeconds: {deadline_s}")
    return _waiting(text)


def _waiting(text: str, retriable: bool = True) -> Readiness:
    return Readiness(False, retriable=retriable, text=_WAITING + text)


def _condition(status: Object, type_: str) -> dict[str, Any]:
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
