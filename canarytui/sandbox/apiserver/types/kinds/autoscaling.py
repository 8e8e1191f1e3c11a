"""HorizontalPodAutoscalers: stored as v2, served as v1 and v2beta2 too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types.kind import Conversion, ResourceKind
from canarytui.sandbox.apiserver.types.printing import NONE, Printer, age_of, columns
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

_STORED = "autoscaling/v2"
_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior"
_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"
_CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics"


class AutoscalerStrategy(KindStrategy):
    """Bounds of replicas, and CPU at 80 % by default."""

    def new_status(self) -> KubernetesObject:
        if self.rt.version == "v1":
            return {"currentReplicas": 0, "desiredReplicas": 0}
        return {"currentMetrics": None, "desiredReplicas": 0}

    def default(self, obj: KubernetesObject) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("minReplicas", 1)
        if self.rt.version != "v1" and not spec.get("metrics"):
            target = {"type": "Utilization", "averageUtilization": 80}
            spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        spec = obj["spec"]
        least, most = spec.get("minReplicas", 1), spec.get("maxReplicas") or 0
        found: list[Cause] = problems.too_small("spec.minReplicas", least, 1)
        if most < 1:
            found.append(problems.wrong("spec.maxReplicas", most, "must be greater than 0"))
        elif most < least:
            why = "must be greater than or equal to `minReplicas`"
            found.append(problems.wrong("spec.maxReplicas", most, why))
        for field in ("kind", "name"):
            if not objects.at(spec, "scaleTargetRef", field):
                found.append(problems.required(f"spec.scaleTargetRef.{field}"))
        return found


def _is_cpu_utilization(metric: KubernetesObject) -> bool:
    resource = metric.get("resource") or {}
    return (
        metric.get("type") == "Resource"
        and resource.get("name") == "cpu"
        and resource.get("target", {}).get("type") == "Utilization"
    )


def autoscaler_to_v1(autoscaler: KubernetesObject) -> KubernetesObject:
    """An autoscaling/v2 autoscaler as v1 shows it: what v1 has no field for goes into annotations."""
    spec, status = dict(autoscaler.get("spec") or {}), {"currentReplicas": 0, **(autoscaler.get("status") or {})}
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
            extra[annotation] = objects.encode(value).decode()
    current = status.pop("currentMetrics", None) or []
    for metric in current:
        utilization = (metric.get("resource") or {}).get("current", {}).get("averageUtilization")
        if utilization is not None and metric["resource"].get("name") == "cpu":
            status["currentCPUUtilizationPercentage"] = utilization
    rest = [m for m in current if (m.get("resource") or {}).get("name") != "cpu"]
    if rest:
        extra[_CURRENT] = objects.encode(rest).decode()
    if extra:
        meta["annotations"] = {**(meta.get("annotations") or {}), **extra}
    return {**autoscaler, "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": status}


def autoscaler_from_v1(autoscaler: KubernetesObject) -> KubernetesObject:
    """The autoscaling/v2 autoscaler to store for a v1 one."""
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
    status["currentMetrics"] = current or None
    if not status.get("currentReplicas"):
        status.pop("currentReplicas", None)
    if annotations or "annotations" in meta:
        meta["annotations"] = annotations
    return {**autoscaler, "apiVersion": "autoscaling/v2", "metadata": meta, "spec": spec, "status": status}


def _relabelled(api_version: str) -> Callable[[KubernetesObject], KubernetesObject]:
    return lambda obj: {**obj, "apiVersion": api_version}


def _autoscaler(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    reference = objects.at(obj, "spec", "scaleTargetRef") or {}
    least = objects.at(obj, "spec", "minReplicas")
    return [
        f"{reference.get('kind')}/{reference.get('name')}",
        _targets(obj),
        "<unset>" if least is None else str(least),
        objects.at(obj, "spec", "maxReplicas") or 0,
        objects.at(obj, "status", "currentReplicas") or 0,
        age_of(obj, now),
    ]


def _targets(obj: Mapping[str, Any]) -> str:
    metrics = objects.at(obj, "spec", "metrics") or []
    current = objects.at(obj, "status", "currentMetrics") or []
    shown = []
    for index, metric in enumerate(metrics):
        resource = metric.get("resource") or {}
        target = resource.get("target") or {}
        measured = objects.at(current[index], "resource", "current") if index < len(current) else None
        if "averageUtilization" in target:
            value = objects.at(measured, "averageUtilization")
            known = "<unknown>" if value is None else f"{value}%"
            shown.append(f"{resource.get('name')}: {known}/{target['averageUtilization']}%")
        else:
            value = objects.at(measured, "averageValue") or "<unknown>"
            shown.append(f"{resource.get('name', '')}: {value}/{target.get('averageValue') or target.get('value')}")
    return ", ".join(shown[:2]) + (f" + {len(shown) - 2} more..." if len(shown) > 2 else "") if shown else NONE


HORIZONTAL_POD_AUTOSCALER = ResourceKind(
    name="HorizontalPodAutoscaler",
    plural="horizontalpodautoscalers",
    group="autoscaling",
    versions=("v2", "v1", "v2beta2"),
    short_names=("hpa",),
    categories=("all",),
    subresources=frozenset({"status"}),
    strategy=AutoscalerStrategy,
    printer=Printer(columns("Reference|Targets|MinPods|#MaxPods|#Replicas|Age"), _autoscaler),
    models={"v2beta2": "V2HorizontalPodAutoscaler"},
    conversions={
        "v1": Conversion(_STORED, autoscaler_to_v1, autoscaler_from_v1),
        # Gone from Kubernetes since 1.26, but older manifests say it; its shape is v2's.
        "v2beta2": Conversion(_STORED, _relabelled("autoscaling/v2beta2"), _relabelled(_STORED)),
    },
)
