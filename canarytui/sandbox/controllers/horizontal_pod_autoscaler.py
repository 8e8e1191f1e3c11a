"""HorizontalPodAutoscalers in a cluster without a metrics server: bounds, and conditions that say so.

A workload below ``minReplicas`` or above ``maxReplicas`` is scaled to the bound; one with no replicas is
left alone, which is how Flagger keeps a canary at zero. CPU is not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import (
    DEPLOYMENTS,
    HPAS,
    REPLICA_SETS,
    STATEFUL_SETS,
    GroupResource,
    Manifest,
    is_terminating,
    key_of,
)
from canarytui.sandbox.values import NamespacedName, timestamp

SYNC_PERIOD_S = 15.0

_SCALABLE: dict[tuple[str, str], GroupResource] = {
    ("apps", "Deployment"): DEPLOYMENTS,
    ("apps", "ReplicaSet"): REPLICA_SETS,
    ("apps", "StatefulSet"): STATEFUL_SETS,
}


class HorizontalPodAutoscalerController(Controller):
    """Checks each HorizontalPodAutoscaler every 15 s, and immediately when its spec changes."""

    component = "horizontal-pod-autoscaler"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._autoscalers = client.cache(HPAS)
        for resource in _SCALABLE.values():
            client.cache(resource)
        self._autoscalers.subscribe(self._autoscaler_changed)

    def _autoscaler_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        if after is not None and (before is None or before["spec"] != after["spec"]):
            self.queue.add(key_of(after))

    def reconcile(self, key: NamespacedName) -> None:
        autoscaler = self._autoscalers.get(*key)
        if autoscaler is None or is_terminating(autoscaler):
            return
        self.queue.add_after(key, SYNC_PERIOD_S)
        reference = autoscaler["spec"]["scaleTargetRef"]
        group = reference.get("apiVersion", "").rpartition("/")[0]
        resource = _SCALABLE.get((group, reference["kind"]))
        target = self.client.cache(resource).get(key[0], reference["name"]) if resource is not None else None
        if resource is None or target is None:
            self._target_missing(autoscaler, reference, group)
            return
        self._scale(autoscaler, resource, target)

    def _target_missing(self, autoscaler: Manifest, reference: Manifest, group: str) -> None:
        plural = f"{reference['kind'].lower()}s" + (f".{group}" if group else "")
        message = f'{plural} "{reference["name"]}" not found'
        words = f"the HPA controller was unable to get the target's current scale: {message}"
        if self._write_status(autoscaler, 0, 0, [("AbleToScale", "False", "FailedGetScale", words)]):
            self.events.warning(autoscaler, "FailedGetScale", message)

    def _scale(self, autoscaler: Manifest, resource: GroupResource, target: Manifest) -> None:
        spec = autoscaler["spec"]
        current: int = target["spec"].get("replicas", 1)
        minimum: int = spec.get("minReplicas") or 1
        maximum: int = spec["maxReplicas"]
        got_scale = (
            "AbleToScale",
            "True",
            "SucceededGetScale",
            "the HPA controller was able to get the target's current scale",
        )
        if current == 0:
            words = "scaling is disabled since the replica count of the target is zero"
            self._write_status(autoscaler, 0, 0, [got_scale, ("ScalingActive", "False", "ScalingDisabled", words)])
        elif current < minimum:
            self._rescale(autoscaler, resource, target, minimum, "Current number of replicas below Spec.MinReplicas")
        elif current > maximum:
            self._rescale(autoscaler, resource, target, maximum, "Current number of replicas above Spec.MaxReplicas")
        else:
            conditions = [got_scale, *_unmeasured(spec)]
            if self._write_status(autoscaler, current, current, conditions):
                for _, state, reason, message in conditions:
                    if state == "False":
                        self.events.warning(autoscaler, reason, message.partition(": ")[2] or message)

    def _rescale(
        self, autoscaler: Manifest, resource: GroupResource, target: Manifest, replicas: int, why: str
    ) -> None:
        before: int = target["spec"].get("replicas", 1)
        try:
            self.client.merge_patch(resource, target, {"spec": {"replicas": replicas}})
        except StatusError as error:
            words = f"the HPA controller was unable to update the target scale: {error}"
            self._write_status(autoscaler, before, before, [("AbleToScale", "False", "FailedUpdateScale", words)])
            raise
        self.events.normal(autoscaler, "SuccessfulRescale", f"New size: {replicas}; reason: {why}")
        words = f"the HPA controller was able to update the target scale to {replicas}"
        self._write_status(
            autoscaler,
            before,
            replicas,
            [("AbleToScale", "True", "SucceededRescale", words)],
            scaled_at=self.clock.now(),
        )

    def _write_status(
        self,
        autoscaler: Manifest,
        current: int,
        desired: int,
        conditions: Sequence[tuple[str, str, str, str]],
        *,
        scaled_at: datetime | None = None,
    ) -> bool:
        """Write counts and conditions; True if anything changed."""
        latest = self._autoscalers.get(*key_of(autoscaler)) or autoscaler
        before = latest.get("status") or {}
        status: Manifest = {"currentReplicas": current, "desiredReplicas": desired}
        if scaled_at is not None:
            status["lastScaleTime"] = timestamp(scaled_at)
        elif before.get("lastScaleTime"):
            status["lastScaleTime"] = before["lastScaleTime"]
        status["conditions"] = _merged(before.get("conditions") or [], conditions, self.clock.now())
        if status == before:
            return False
        self.client.update_status(HPAS, latest, status)
        return True


def _unmeasured(spec: Manifest) -> list[tuple[str, str, str, str]]:
    """Conditions for metrics that are not served here."""
    metrics = spec.get("metrics") or []
    if not metrics:
        return []
    first = metrics[0]
    api = "the server could not find the requested resource"
    if first.get("type") == "Resource":
        name = first["resource"]["name"]
        kind = "utilization" if first["resource"]["target"].get("type") == "Utilization" else "resource metric value"
        reason = "FailedGetResourceMetric"
        detail = (
            f"failed to get {name} {kind}: unable to get metrics for resource {name}: "
            f"unable to fetch metrics from resource metrics API: {api} (get pods.metrics.k8s.io)"
        )
    else:
        reason = f"FailedGet{first.get('type', 'Pods')}Metric"
        detail = f"unable to get metric: unable to fetch metrics from custom metrics API: {api}"
    return [("ScalingActive", "False", reason, f"the HPA was unable to compute the replica count: {detail}")]


def _merged(
    before: Sequence[Manifest], conditions: Sequence[tuple[str, str, str, str]], now: datetime
) -> list[Manifest]:
    """`before` updated with `conditions`; transition times are kept where the status stays."""
    merged = {entry["type"]: entry for entry in before}
    for kind, state, reason, message in conditions:
        current = merged.get(kind)
        same_state = current is not None and current["status"] == state
        merged[kind] = {
            "type": kind,
            "status": state,
            "lastTransitionTime": current["lastTransitionTime"] if current and same_state else timestamp(now),
            "reason": reason,
            "message": message,
        }
    return list(merged.values())
