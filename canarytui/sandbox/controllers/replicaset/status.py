"""A ReplicaSet's status from its pods. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canarytui.sandbox.controllers.objects import Manifest, labels_of
from canarytui.sandbox.controllers.pods import becomes_available_at, is_available, is_ready
from canarytui.sandbox.values import timestamp

REPLICA_FAILURE = "ReplicaFailure"


def replica_set_status(
    replica_set: Manifest, pods: Sequence[Manifest], failure: Manifest | None, now: datetime
) -> Manifest:
    """Counts over the active `pods`; `failure` is the ReplicaFailure condition that holds now, if one does.

    ``replicas`` is always there, even at zero; the other counts are left out at zero, as the API leaves
    them out.
    """
    template_labels = (replica_set["spec"]["template"].get("metadata") or {}).get("labels") or {}
    min_ready_s = replica_set["spec"].get("minReadySeconds", 0)
    counts = {
        "fullyLabeledReplicas": sum(1 for pod in pods if template_labels.items() <= labels_of(pod).items()),
        "readyReplicas": sum(1 for pod in pods if is_ready(pod)),
        "availableReplicas": sum(1 for pod in pods if is_available(pod, min_ready_s, now)),
        "observedGeneration": replica_set["metadata"].get("generation", 0),
    }
    status: Manifest = {"replicas": len(pods), **{name: count for name, count in counts.items() if count}}
    current = (replica_set.get("status") or {}).get("conditions") or []
    conditions = [each for each in current if each["type"] != REPLICA_FAILURE]
    if failure is not None:
        same = [each for each in current if each["type"] == REPLICA_FAILURE and each["reason"] == failure["reason"]]
        conditions.append(same[0] if same else failure)
    if conditions:
        status["conditions"] = conditions
    return status


def replica_failure(reason: str, message: str, now: datetime) -> Manifest:
    return {
        "type": REPLICA_FAILURE,
        "status": "True",
        "lastTransitionTime": timestamp(now),
        "reason": reason,
        "message": message,
    }


def next_availability(pods: Sequence[Manifest], min_ready_s: float, now: datetime) -> datetime | None:
    """When the next ready pod will have been ready for long enough; None when none is waiting for that."""
    moments = [becomes_available_at(pod, min_ready_s) for pod in pods]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)
