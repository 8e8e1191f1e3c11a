"""A Deployment's status and conditions, worded as ``kubectl rollout status`` and Flagger expect. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from canarytui.sandbox.controllers.deployment.strategy import available_replicas, bounds, desired_replicas
from canarytui.sandbox.controllers.objects import Manifest
from canarytui.sandbox.values import parse_timestamp, timestamp

AVAILABLE = "Available"
PROGRESSING = "Progressing"
REPLICA_FAILURE = "ReplicaFailure"

NO_DEADLINE = 2**31 - 1
"""progressDeadlineSeconds that means no deadline."""


def deadline_s(deployment: Manifest) -> float | None:
    """``progressDeadlineSeconds``, or None when the Deployment has no deadline."""
    seconds: int | None = deployment["spec"].get("progressDeadlineSeconds")
    return None if seconds is None or seconds == NO_DEADLINE else float(seconds)


def find_condition(status: Manifest, kind: str) -> Manifest | None:
    for entry in status.get("conditions") or []:
        if entry["type"] == kind:
            found: Manifest = entry
            return found
    return None


def with_condition(status: Manifest, entry: Manifest) -> Manifest:
    """`status` with `entry` in place of the condition of its type.

    Nothing changes when status and reason are the same; the transition time is kept while the status is.
    """
    current = find_condition(status, entry["type"])
    if current is not None and (current["status"], current["reason"]) == (entry["status"], entry["reason"]):
        return status
    if current is not None and current["status"] == entry["status"]:
        entry = {**entry, "lastTransitionTime": current["lastTransitionTime"]}
    return {
        **without_condition(status, entry["type"]),
        "conditions": [*_others(status, entry["type"]), entry],
    }


def without_condition(status: Manifest, kind: str) -> Manifest:
    return {**status, "conditions": _others(status, kind)}


def _others(status: Manifest, kind: str) -> list[Manifest]:
    return [each for each in status.get("conditions") or [] if each["type"] != kind]


def new_condition(kind: str, state: str, reason: str, message: str, now: datetime) -> Manifest:
    stamp = timestamp(now)
    return {
        "type": kind,
        "status": state,
        "lastUpdateTime": stamp,
        "lastTransitionTime": stamp,
        "reason": reason,
        "message": message,
    }


def counted_status(deployment: Manifest, new: Manifest | None, all_sets: Sequence[Manifest], now: datetime) -> Manifest:
    """Replica counts over all ReplicaSets, and the Available condition; other conditions as they were.

    Counts of zero are left out, as the API leaves them out.
    """
    current = deployment.get("status") or {}
    available = sum(available_replicas(each) for each in all_sets)
    counts = {
        "observedGeneration": deployment["metadata"].get("generation", 0),
        "replicas": _total(all_sets, "replicas"),
        "updatedReplicas": _total([new] if new is not None else [], "replicas"),
        "readyReplicas": _total(all_sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sum(desired_replicas(each) for each in all_sets) - available),
        "collisionCount": current.get("collisionCount", 0),
    }
    status = {name: count for name, count in counts.items() if count}
    status["conditions"] = list(current.get("conditions") or [])
    if available >= desired_replicas(deployment) - bounds(deployment).unavailable:
        words = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        words = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    return with_condition(status, new_condition(AVAILABLE, *words, now))


def _total(sets: Sequence[Manifest], field: str) -> int:
    return sum((each.get("status") or {}).get(field, 0) for each in sets)


def is_complete(deployment: Manifest, status: Manifest) -> bool:
    """Whether all replicas are of the new revision and available, and none of another is left."""
    wanted = desired_replicas(deployment)
    counts = (status.get("updatedReplicas", 0), status.get("replicas", 0), status.get("availableReplicas", 0))
    return counts == (wanted, wanted, wanted) and status.get("observedGeneration", 0) >= deployment["metadata"].get(
        "generation", 0
    )


def is_progressing(before: Manifest, after: Manifest) -> bool:
    """Whether a rollout progressed between two statuses."""

    def old(status: Manifest) -> int:
        replicas: int = status.get("replicas", 0) - status.get("updatedReplicas", 0)
        return replicas

    return (
        after.get("updatedReplicas", 0) > before.get("updatedReplicas", 0)
        or old(after) < old(before)
        or after.get("readyReplicas", 0) > before.get("readyReplicas", 0)
        or after.get("availableReplicas", 0) > before.get("availableReplicas", 0)
    )


def timed_out(deployment: Manifest, status: Manifest, now: datetime) -> bool:
    """Whether no progress was made for longer than the deadline."""
    progressing = find_condition(status, PROGRESSING)
    limit_s = deadline_s(deployment)
    if progressing is None or limit_s is None or progressing["reason"] == "NewReplicaSetAvailable":
        return False
    if progressing["reason"] == "ProgressDeadlineExceeded":
        return True
    return parse_timestamp(progressing["lastUpdateTime"]) + timedelta(seconds=limit_s) < now


def seconds_to_deadline(deployment: Manifest, status: Manifest, now: datetime) -> float | None:
    """When to check the deadline next; None when there is none."""
    progressing = find_condition(status, PROGRESSING)
    limit_s = deadline_s(deployment)
    if progressing is None or limit_s is None or is_complete(deployment, status):
        return None
    if progressing["reason"] in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded"):
        return None
    due = parse_timestamp(progressing["lastUpdateTime"]) + timedelta(seconds=limit_s + 1)
    return max(0.0, (due - now).total_seconds())


def rollout_status(deployment: Manifest, new: Manifest | None, all_sets: Sequence[Manifest], now: datetime) -> Manifest:
    """The status after a rollout step: counts, Available, Progressing and ReplicaFailure."""
    before = deployment.get("status") or {}
    status = counted_status(deployment, new, all_sets, now)
    if deadline_s(deployment) is None:
        status = without_condition(status, PROGRESSING)
    elif not _was_complete(status):
        status = _with_progress(deployment, before, status, new, now)
    failure = _replica_failure(new, all_sets)
    if failure is not None:
        return with_condition(status, failure)
    return without_condition(status, REPLICA_FAILURE)


def _was_complete(status: Manifest) -> bool:
    progressing = find_condition(status, PROGRESSING)
    return (
        progressing is not None
        and progressing["reason"] == "NewReplicaSetAvailable"
        and status.get("replicas", 0) == status.get("updatedReplicas", 0)
    )


def _with_progress(
    deployment: Manifest, before: Manifest, status: Manifest, new: Manifest | None, now: datetime
) -> Manifest:
    subject = f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{deployment["metadata"]["name"]}"'
    if is_complete(deployment, status):
        message = f"{subject} has successfully progressed."
        return with_condition(status, new_condition(PROGRESSING, "True", "NewReplicaSetAvailable", message, now))
    if is_progressing(before, status):
        entry = new_condition(PROGRESSING, "True", "ReplicaSetUpdated", f"{subject} is progressing.", now)
        current = find_condition(status, PROGRESSING)
        if current is not None and current["status"] == "True":
            entry["lastTransitionTime"] = current["lastTransitionTime"]
        # Taken out first: each bit of progress renews lastUpdateTime, from which the deadline counts.
        return with_condition(without_condition(status, PROGRESSING), entry)
    if timed_out(deployment, status, now):
        message = f"{subject} has timed out progressing."
        return with_condition(status, new_condition(PROGRESSING, "False", "ProgressDeadlineExceeded", message, now))
    return status


def _replica_failure(new: Manifest | None, all_sets: Sequence[Manifest]) -> Manifest | None:
    for each in [*([new] if new is not None else []), *all_sets]:
        found = find_condition(each.get("status") or {}, REPLICA_FAILURE)
        if found is not None and found["status"] == "True":
            return {**found, "lastUpdateTime": found["lastTransitionTime"]}
    return None
