"""How many replicas a resource metric asks for, by the rules of Kubernetes' autoscaler. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from canarytui.sandbox.apiserver.types import quantities
from canarytui.sandbox.controllers.objects import Manifest, key_of
from canarytui.sandbox.controllers.pods import is_active, is_ready
from canarytui.sandbox.resource_metrics import ContainerUsage, ResourceMetrics

TOLERANCE = 0.1
"""A ratio this near to 1 changes nothing."""


class MetricUnavailable(Exception):
    """A metric cannot be computed: the text is the reason's message, `reason` the condition's."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Recommendation(Struct, frozen=True):
    """`replicas` are what the metric asks for; `current` is its entry in the status, `name` what it is called."""

    replicas: int
    current: Manifest
    name: str


def recommend(metric: Manifest, replicas: int, pods: Sequence[Manifest], measured: ResourceMetrics) -> Recommendation:
    """What `metric` of an autoscaler's spec asks for, given the target's `replicas` and `pods`.

    Raises:
        MetricUnavailable: it is no resource metric, or cannot be computed.
    """
    if metric.get("type") != "Resource":
        why = "the server could not find the requested resource"
        message = f"unable to get metric: unable to fetch metrics from custom metrics API: {why}"
        raise MetricUnavailable(f"FailedGet{metric.get('type', 'Pods')}Metric", message)
    resource = metric["resource"]
    name, target = resource["name"], resource["target"]
    by_utilization = target.get("type") == "Utilization"
    prefix = f"failed to get {name} {'utilization' if by_utilization else 'resource metric value'}: "
    alive = [pod for pod in pods if is_active(pod)]
    try:
        usage = _usage(name, alive, measured)
        if by_utilization:
            return _by_utilization(name, target["averageUtilization"], replicas, alive, usage)
        wanted = quantities.parse(str(target.get("averageValue") or target.get("value")))
        return _by_value(name, float(wanted), replicas, alive, usage)
    except (LookupError, ValueError) as error:
        raise MetricUnavailable("FailedGetResourceMetric", f"{prefix}{error.args[0]}") from error


def _usage(name: str, pods: Sequence[Manifest], measured: ResourceMetrics) -> dict[str, float]:
    """Cores or bytes of each pod that is measured, by its name."""
    failed = f"unable to get metrics for resource {name}: "
    if measured.at is None:
        unready = "the server is currently unable to handle the request (get pods.metrics.k8s.io)"
        raise LookupError(f"{failed}unable to fetch metrics from resource metrics API: {unready}")
    if not pods:
        raise LookupError(f"{failed}no pods returned by selector while calculating replica count")
    found: dict[str, float] = {}
    for pod in pods:
        containers = measured.pod(*key_of(pod))
        if len(containers) >= len(pod["spec"]["containers"]):
            found[key_of(pod)[1]] = sum(_amount(name, each) for each in containers.values())
    if not found:
        raise LookupError(f"{failed}no metrics returned from resource metrics API")
    return found


def _amount(name: str, usage: ContainerUsage) -> float:
    return usage.cpu_cores if name == "cpu" else usage.memory_bytes


def _by_utilization(
    name: str, target_percent: int, replicas: int, pods: Sequence[Manifest], usage: dict[str, float]
) -> Recommendation:
    requests = {key_of(pod)[1]: _request(name, pod) for pod in pods}
    measured = [pod for pod in pods if key_of(pod)[1] in usage]
    used = sum(usage[key_of(pod)[1]] for pod in measured)
    requested = sum(requests[key_of(pod)[1]] for pod in measured)
    percent = int(used * 100 / requested)
    value = used / len(measured)
    wanted = _replicas(
        replicas, pods, {pod: usage[pod] / requests[pod] * 100 for pod in usage if pod in requests}, target_percent
    )
    current = {"averageUtilization": percent, "averageValue": _quantity(name, value)}
    return Recommendation(wanted, _entry(name, current), f"{name} resource utilization (percentage of request)")


def _by_value(
    name: str, target: float, replicas: int, pods: Sequence[Manifest], usage: dict[str, float]
) -> Recommendation:
    value = sum(usage.values()) / len(usage)
    wanted = _replicas(replicas, pods, usage, target)
    return Recommendation(wanted, _entry(name, {"averageValue": _quantity(name, value)}), f"{name} resource")


def _replicas(replicas: int, pods: Sequence[Manifest], values: dict[str, float], target: float) -> int:
    """The count at which the mean comes to `target`. A pod that is not measured counts as one at the target when that
    means fewer, and as idle when that means more, as does one that is not ready: so neither overshoots."""
    ready = {key_of(pod)[1] for pod in pods if is_ready(pod)}
    known = {name: value for name, value in values.items() if name in ready}
    if not known:
        return replicas
    ratio = sum(known.values()) / len(known) / target
    others = [key_of(pod)[1] for pod in pods if key_of(pod)[1] not in known]
    if not others:
        return replicas if abs(1 - ratio) <= TOLERANCE else math.ceil(ratio * len(known))
    assumed = target if ratio < 1 else 0.0
    counted = [*known.values(), *(assumed for name in others if name not in values or ratio > 1)]
    adjusted = sum(counted) / len(counted) / target
    if abs(1 - adjusted) <= TOLERANCE or (ratio < 1) != (adjusted < 1):
        return replicas
    wanted = math.ceil(adjusted * len(counted))
    return replicas if (adjusted < 1 and wanted > replicas) or (adjusted > 1 and wanted < replicas) else wanted


def _request(name: str, pod: Manifest) -> float:
    total = Decimal(0)
    for container in pod["spec"]["containers"]:
        request = ((container.get("resources") or {}).get("requests") or {}).get(name)
        if request is None:
            raise LookupError(f"missing request for {name} in container {container['name']} of Pod {key_of(pod)[1]}")
        total += quantities.parse(str(request))
    if not total:
        raise LookupError(f"request for {name} of Pod {key_of(pod)[1]} is 0")
    return float(total)


def _quantity(name: str, value: float) -> str:
    return f"{math.ceil(value * 1000)}m" if name == "cpu" else str(math.ceil(value))


def _entry(name: str, current: Manifest) -> Manifest:
    return {"type": "Resource", "resource": {"name": name, "current": current}}
