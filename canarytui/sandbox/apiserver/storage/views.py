"""One stored object, several served shapes.

Events are stored as core/v1 and also served as events.k8s.io/v1; autoscalers are stored as v2 and also
served as v1; custom resources differ in ``apiVersion`` only. Reads use :meth:`View.serve`, writes
:meth:`View.store`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from canarytui.sandbox.apiserver.storage.store import Record, encode
from canarytui.sandbox.apiserver.types.resources import ResourceType

Object = dict[str, Any]


class View:
    """The shape in which one resource type shows its records."""

    def __init__(
        self,
        rt: ResourceType,
        stored_api_version: str,
        to_served: Callable[[Object], Object] | None = None,
        to_stored: Callable[[Object], Object] | None = None,
    ) -> None:
        self.rt = rt
        self.identical = rt.crd is None and to_served is None
        self._stored_api_version = stored_api_version
        self._to_served = to_served
        self._to_stored = to_stored

    def serve(self, record: Record) -> Object:
        """The object as clients of this type see it; shared, never to be changed."""
        if self.identical or record.obj.get("apiVersion") == self.rt.api_version:
            return record.obj
        if self._to_served is not None:
            return self._to_served(record.obj)
        return {**record.obj, "apiVersion": self.rt.api_version}

    def serve_copy(self, record: Record) -> Object:
        """The same, to be changed."""
        served = self.serve(record)
        if served is record.obj:
            return record.copy()
        copied: Object = json.loads(encode(served))
        return copied

    def serve_bytes(self, record: Record) -> bytes:
        """The same, encoded."""
        served = self.serve(record)
        return record.data if served is record.obj else encode(served)

    def store(self, obj: Object) -> Object:
        """The object to keep for one that a client of this type has sent."""
        if self.identical:
            return obj
        if self._to_stored is not None:
            return self._to_stored(obj)
        return {**obj, "apiVersion": self._stored_api_version}


def builtin_view(rt: ResourceType) -> View:
    """The view of a built-in resource type."""
    if rt.group == "events.k8s.io":
        return View(rt, "v1", event_to_v1, event_from_v1)
    if rt.group == "autoscaling" and rt.version == "v1":
        return View(rt, "autoscaling/v2", autoscaler_to_v1, autoscaler_from_v1)
    if rt.group == "autoscaling" and rt.version == "v2beta2":
        # Gone from Kubernetes since 1.26, but what older manifests say; its shape is v2's.
        return View(rt, "autoscaling/v2", _relabelled(rt.api_version), _relabelled("autoscaling/v2"))
    return View(rt, rt.api_version)


def _relabelled(api_version: str) -> Callable[[Object], Object]:
    return lambda obj: {**obj, "apiVersion": api_version}


_EVENT_RENAMES = (
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("reportingComponent", "reportingController"),
    ("count", "deprecatedCount"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("source", "deprecatedSource"),
)


def event_to_v1(event: Object) -> Object:
    """A core/v1 event as events.k8s.io/v1 shows it."""
    names = dict(_EVENT_RENAMES)
    return {names.get(k, k): v for k, v in event.items()} | {"apiVersion": "events.k8s.io/v1"}


def event_from_v1(event: Object) -> Object:
    """The core/v1 event to keep for an events.k8s.io/v1 one."""
    names = {new: old for old, new in _EVENT_RENAMES}
    return {names.get(k, k): v for k, v in event.items()} | {"apiVersion": "v1"}


_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior"
_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"
_CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics"


def _is_cpu_utilization(metric: Object) -> bool:
    resource = metric.get("resource") or {}
    return (
        metric.get("type") == "Resource"
        and resource.get("name") == "cpu"
        and resource.get("target", {}).get("type") == "Utilization"
    )


def autoscaler_to_v1(autoscaler: Object) -> Object:
    """An autoscaling/v2 autoscaler as v1 shows it: what v1 has no field for goes into annotations."""
    spec, status = dict(autoscaler.get("spec") or {}), dict(autoscaler.get("status") or {})
    meta = dict(autoscaler["metadata"])
    extra: dict[str, str] = {}
    metrics = spec.pop("metrics", None) or []
    cpu = next((m for m in metrics if _is_cpu_utilization(m)), None)
    if cpu is not None:
        spec["targetCPUUtilizationPercentage"] = cpu["resource"]["target"].get("averageUtilization")
    others = [m for m in metrics if m is not cpu]
    for annotation, value in (
        (_METRICS, others),
        (_BEHAVIOR, spec.pop("behavior", None)),
        (_CONDITIONS, status.pop("conditions", None)),
    ):
        if value:
            extra[annotation] = encode(value).decode()
    current = status.pop("currentMetrics", None) or []
    for metric in current:
        utilization = (metric.get("resource") or {}).get("current", {}).get("averageUtilization")
        if utilization is not None and metric["resource"].get("name") == "cpu":
            status["currentCPUUtilizationPercentage"] = utilization
    rest = [m for m in current if (m.get("resource") or {}).get("name") != "cpu"]
    if rest:
        extra[_CURRENT] = encode(rest).decode()
    if extra:
        meta["annotations"] = {**(meta.get("annotations") or {}), **extra}
    return {**autoscaler, "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": status}


def autoscaler_from_v1(autoscaler: Object) -> Object:
    """The autoscaling/v2 autoscaler to keep for a v1 one."""
    spec, status = dict(autoscaler.get("spec") or {}), dict(autoscaler.get("status") or {})
    meta = dict(autoscaler["metadata"])
    annotations = dict(meta.get("annotations") or {})
    kept = {key: json.loads(annotations.pop(key)) for key in (_METRICS, _BEHAVIOR, _CONDITIONS, _CURRENT)
            if key in annotations}  # fmt: skip
    metrics = list(kept.get(_METRICS) or [])
    percentage = spec.pop("targetCPUUtilizationPercentage", None)
    if percentage is not None:
        target = {"type": "Utilization", "averageUtilization": percentage}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if metrics:
        spec["metrics"] = metrics
    if _BEHAVIOR in kept:
        spec["behavior"] = kept[_BEHAVIOR]
    if _CONDITIONS in kept:
        status["conditions"] = kept[_CONDITIONS]
    current = list(kept.get(_CURRENT) or [])
    measured = status.pop("currentCPUUtilizationPercentage", None)
    if measured is not None:
        current.append({"type": "Resource", "resource": {"name": "cpu",
                                                         "current": {"averageUtilization": measured}}})  # fmt: skip
    if current:
        status["currentMetrics"] = current
    if annotations or "annotations" in meta:
        meta["annotations"] = annotations
    return {**autoscaler, "apiVersion": "autoscaling/v2", "metadata": meta, "spec": spec, "status": status}
