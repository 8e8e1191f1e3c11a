"""Pod state that several controllers use: active, ready, available, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta

from canarytui.sandbox.controllers.objects import Manifest, is_terminating
from canarytui.sandbox.values import parse_timestamp


def phase_of(pod: Manifest) -> str:
    phase: str = (pod.get("status") or {}).get("phase") or "Pending"
    return phase


def is_finished(pod: Manifest) -> bool:
    return phase_of(pod) in ("Succeeded", "Failed")


def is_active(pod: Manifest) -> bool:
    """Whether the pod counts as a replica: neither finished nor on its way out."""
    return not is_finished(pod) and not is_terminating(pod)


def condition(holder: Manifest, kind: str) -> Manifest | None:
    """The condition of this type in an object's status."""
    for entry in (holder.get("status") or {}).get("conditions") or []:
        if entry["type"] == kind:
            found: Manifest = entry
            return found
    return None


def is_ready(pod: Manifest) -> bool:
    entry = condition(pod, "Ready")
    return entry is not None and entry["status"] == "True"


def ready_since(pod: Manifest) -> datetime | None:
    """When the pod became ready; None while it is not."""
    entry = condition(pod, "Ready")
    if entry is None or entry["status"] != "True" or not entry.get("lastTransitionTime"):
        return None
    return parse_timestamp(entry["lastTransitionTime"])


def becomes_available_at(pod: Manifest, min_ready_s: float) -> datetime | None:
    """When the pod has been ready for `min_ready_s`, past or future; None while it is not ready."""
    since = ready_since(pod)
    return None if since is None else since + timedelta(seconds=min_ready_s)


def is_available(pod: Manifest, min_ready_s: float, now: datetime) -> bool:
    """Whether the pod has been ready for at least `min_ready_s` seconds."""
    if not is_ready(pod):
        return False
    moment = becomes_available_at(pod, min_ready_s)
    return min_ready_s == 0 or (moment is not None and moment <= now)


def restarts(pod: Manifest) -> int:
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return max((status.get("restartCount", 0) for status in statuses), default=0)
