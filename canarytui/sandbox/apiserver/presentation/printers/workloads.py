"""Workloads and autoscalers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.types.ages import age, human_duration, parse_time
from canarytui.sandbox.apiserver.types.printing import (
    NONE,
    Object,
    Printer,
    at,
    columns,
    containers_and_images,
    selector_text,
)


def _count(obj: Object, *path: str) -> int:
    return int(at(obj, *path) or 0)


def _wide(obj: Object) -> list[str]:
    template, selector = at(obj, "spec", "template"), at(obj, "spec", "selector")
    return [*containers_and_images(template), selector_text(selector)]


def _born(obj: Object, now: datetime) -> str:
    return age(at(obj, "metadata", "creationTimestamp"), now)


def _deployment(obj: Object, now: datetime) -> list[Any]:
    ready, wanted = _count(obj, "status", "readyReplicas"), _count(obj, "spec", "replicas")
    updated, available = _count(obj, "status", "updatedReplicas"), _count(obj, "status", "availableReplicas")
    return [f"{ready}/{wanted}", updated, available, _born(obj, now), *_wide(obj)]


def _replica_set(obj: Object, now: datetime) -> list[Any]:
    wanted, present = _count(obj, "spec", "replicas"), _count(obj, "status", "replicas")
    return [wanted, present, _count(obj, "status", "readyReplicas"), _born(obj, now), *_wide(obj)]


def _daemon_set(obj: Object, now: datetime) -> list[Any]:
    fields = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled",
              "numberAvailable")  # fmt: skip
    counts = [_count(obj, "status", field) for field in fields]
    nodes = selector_text(at(obj, "spec", "template", "spec", "nodeSelector"))
    return [*counts, nodes, _born(obj, now), *_wide(obj)]


def _stateful_set(obj: Object, now: datetime) -> list[Any]:
    ready, wanted = _count(obj, "status", "readyReplicas"), _count(obj, "spec", "replicas")
    return [f"{ready}/{wanted}", _born(obj, now), *containers_and_images(at(obj, "spec", "template"))]


def _job(obj: Object, now: datetime) -> list[Any]:
    done, wanted = _count(obj, "status", "succeeded"), at(obj, "spec", "completions")
    conditions = {c.get("type") for c in at(obj, "status", "conditions") or () if c.get("status") == "True"}
    word = next((w for w, t in (("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended"))
                 if t in conditions), "Running")  # fmt: skip
    began, ended = (parse_time(at(obj, "status", field)) for field in ("startTime", "completionTime"))
    took = human_duration(((ended or now) - began).total_seconds()) if began else ""
    return [word, f"{done}/{1 if wanted is None else wanted}", took, _born(obj, now), *_wide(obj)]


def _cron_job(obj: Object, now: datetime) -> list[Any]:
    last = at(obj, "status", "lastScheduleTime")
    template = at(obj, "spec", "jobTemplate", "spec", "template")
    return [
        at(obj, "spec", "schedule") or "",
        at(obj, "spec", "timeZone") or NONE,
        str(bool(at(obj, "spec", "suspend"))),
        len(at(obj, "status", "active") or []),
        age(last, now) if last else NONE,
        _born(obj, now),
        *containers_and_images(template),
        selector_text(at(obj, "spec", "jobTemplate", "spec", "selector")),
    ]


def _autoscaler(obj: Object, now: datetime) -> list[Any]:
    reference = at(obj, "spec", "scaleTargetRef") or {}
    least = at(obj, "spec", "minReplicas")
    return [
        f"{reference.get('kind')}/{reference.get('name')}",
        _targets(obj),
        "<unset>" if least is None else str(least),
        _count(obj, "spec", "maxReplicas"),
        _count(obj, "status", "currentReplicas"),
        _born(obj, now),
    ]


def _targets(obj: Object) -> str:
    metrics = at(obj, "spec", "metrics") or []
    current = at(obj, "status", "currentMetrics") or []
    shown = []
    for index, metric in enumerate(metrics):
        resource = metric.get("resource") or {}
        target = resource.get("target") or {}
        measured = at(current[index], "resource", "current") if index < len(current) else None
        if "averageUtilization" in target:
            value = at(measured, "averageUtilization")
            known = "<unknown>" if value is None else f"{value}%"
            shown.append(f"{resource.get('name')}: {known}/{target['averageUtilization']}%")
        else:
            value = at(measured, "averageValue") or "<unknown>"
            shown.append(f"{resource.get('name', '')}: {value}/{target.get('averageValue') or target.get('value')}")
    return ", ".join(shown[:2]) + (f" + {len(shown) - 2} more..." if len(shown) > 2 else "") if shown else NONE


def _budget(obj: Object, now: datetime) -> list[Any]:
    least, most = at(obj, "spec", "minAvailable"), at(obj, "spec", "maxUnavailable")
    allowed = _count(obj, "status", "disruptionsAllowed")
    return ["N/A" if least is None else str(least), "N/A" if most is None else str(most), allowed, _born(obj, now)]


WORKLOADS = {
    ("apps", "deployments"): Printer(
        columns("Ready|#Up-to-date|#Available|Age", "Containers|Images|Selector"), _deployment
    ),
    ("apps", "replicasets"): Printer(
        columns("#Desired|#Current|#Ready|Age", "Containers|Images|Selector"), _replica_set
    ),
    ("", "replicationcontrollers"): Printer(
        columns("#Desired|#Current|#Ready|Age", "Containers|Images|Selector"), _replica_set
    ),
    ("apps", "daemonsets"): Printer(
        columns("#Desired|#Current|#Ready|#Up-to-date|#Available|Node Selector|Age", "Containers|Images|Selector"),
        _daemon_set,
    ),
    ("apps", "statefulsets"): Printer(columns("Ready|Age", "Containers|Images"), _stateful_set),
    ("batch", "jobs"): Printer(columns("Status|Completions|Duration|Age", "Containers|Images|Selector"), _job),
    ("batch", "cronjobs"): Printer(
        columns("Schedule|Timezone|Suspend|#Active|Last Schedule|Age", "Containers|Images|Selector"), _cron_job
    ),
    ("autoscaling", "horizontalpodautoscalers"): Printer(
        columns("Reference|Targets|MinPods|#MaxPods|#Replicas|Age"), _autoscaler
    ),
    ("policy", "poddisruptionbudgets"): Printer(
        columns("Min Available|Max Unavailable|#Allowed Disruptions|Age"), _budget
    ),
}
