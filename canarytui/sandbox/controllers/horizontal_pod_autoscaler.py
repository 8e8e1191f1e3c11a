"""HorizontalPodAutoscalers: replicas by CPU and memory of the pods, as the metrics server measured them.

A workload below ``minReplicas`` or above ``maxReplicas`` is scaled to the bound; one with no replicas is
left alone, which is how Flagger keeps a canary at zero. ``spec.behavior`` counts for its stabilization windows only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.autoscaler_metrics import MetricUnavailable, Recommendation, recommend
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import (
    DEPLOYMENTS,
    HPAS,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
    GroupResource,
    Manifest,
    is_terminating,
    key_of,
    labels_of,
    selects,
)
from canarytui.sandbox.values import NamespacedName, timestamp

SYNC_PERIOD_S = 15.0
STABILIZATION_S = 300.0
"""How long the highest recommendation counts before a workload is scaled down."""
SCALE_UP_PODS = 4
"""A step up may add these, or as many as there are."""

Condition = tuple[str, str, str, str]
"""Type, status, reason, message."""

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
        self._wanted: dict[NamespacedName, list[tuple[datetime, int]]] = {}
        """What was recommended lately, and when."""
        client.cache(PODS)
        for resource in _SCALABLE.values():
            client.cache(resource)
        self._autoscalers.subscribe(self._autoscaler_changed)

    def _autoscaler_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        if after is not None and (before is None or before["spec"] != after["spec"]):
            self.queue.add(key_of(after))

    def reconcile(self, key: NamespacedName) -> None:
        autoscaler = self._autoscalers.get(*key)
        if autoscaler is None or is_terminating(autoscaler):
            self._wanted.pop(key, None)
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
            self._by_metrics(autoscaler, resource, target, got_scale)

    def _by_metrics(
        self, autoscaler: Manifest, resource: GroupResource, target: Manifest, got_scale: Condition
    ) -> None:
        """Scale to the most that any metric asks for; down only if all of them can be computed."""
        spec, current = autoscaler["spec"], target["spec"].get("replicas", 1)
        pods = self._pods_of(target)
        found: list[Recommendation] = []
        problems: list[MetricUnavailable] = []
        for metric in spec.get("metrics") or []:
            try:
                found.append(recommend(metric, current, pods, self.client.api.resource_metrics))
            except MetricUnavailable as error:
                problems.append(error)
        if not found and not problems:
            self._write_status(autoscaler, current, current, [got_scale])
            return
        chosen = max(found, key=lambda each: each.replicas, default=None)
        if chosen is None or (problems and chosen.replicas < current):
            problem = problems[0]
            words = f"the HPA was unable to compute the replica count: {problem}"
            conditions = [got_scale, ("ScalingActive", "False", problem.reason, words)]
            if self._write_status(autoscaler, current, current, conditions, measured=found):
                self.events.warning(autoscaler, problem.reason, str(problem))
            return
        active = f"the HPA was able to successfully calculate a replica count from {chosen.name}"
        able, desired = self._stabilized(autoscaler, current, chosen.replicas)
        desired, limited = _within(spec, current, desired)
        conditions = [able, ("ScalingActive", "True", "ValidMetricFound", active), limited]
        if desired != current:
            why = f"{chosen.name} above target" if desired > current else "All metrics below target"
            self._rescale(autoscaler, resource, target, desired, why, conditions[1:], found)
        else:
            self._write_status(autoscaler, current, desired, conditions, measured=found)

    def _pods_of(self, target: Manifest) -> list[Manifest]:
        namespace, selector = key_of(target)[0], target["spec"].get("selector")
        pods = self.client.cache(PODS).in_namespace(namespace)
        return [pod for pod in pods if selects(selector, labels_of(pod))]

    def _stabilized(self, autoscaler: Manifest, current: int, wanted: int) -> tuple[Condition, int]:
        """The most that was asked for in the window for scaling down, and the least in that for scaling up."""
        now, key = self.clock.now(), key_of(autoscaler)
        behavior = autoscaler["spec"].get("behavior") or {}
        down_s = _window_s(behavior, "scaleDown", STABILIZATION_S)
        up_s = _window_s(behavior, "scaleUp", 0)
        # Of an autoscaler that has not asked for anything yet, what there is counts as asked for a moment ago.
        before = self._wanted.get(key, [(now - timedelta(microseconds=1), current)])
        kept = [(at, count) for at, count in before if (now - at).total_seconds() <= max(down_s, up_s)]
        kept.append((now, wanted))
        self._wanted[key] = kept
        most = max(count for at, count in kept if (now - at).total_seconds() <= down_s)
        least = min(count for at, count in kept if (now - at).total_seconds() <= up_s)
        if wanted < current and min(most, current) > wanted:
            words = "recent recommendations were higher than current one, applying the highest recent recommendation"
            return ("AbleToScale", "True", "ScaleDownStabilized", words), min(most, current)
        if wanted > current and max(least, current) < wanted:
            words = "recent recommendations were lower than current one, applying the lowest recent recommendation"
            return ("AbleToScale", "True", "ScaleUpStabilized", words), max(least, current)
        return ("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"), wanted

    def _rescale(
        self,
        autoscaler: Manifest,
        resource: GroupResource,
        target: Manifest,
        replicas: int,
        why: str,
        others: Sequence[Condition] = (),
        measured: Sequence[Recommendation] = (),
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
            [("AbleToScale", "True", "SucceededRescale", words), *others],
            scaled_at=self.clock.now(),
            measured=measured,
        )

    def _write_status(
        self,
        autoscaler: Manifest,
        current: int,
        desired: int,
        conditions: Sequence[Condition],
        *,
        scaled_at: datetime | None = None,
        measured: Sequence[Recommendation] = (),
    ) -> bool:
        """Write counts and conditions; True if anything changed."""
        latest = self._autoscalers.get(*key_of(autoscaler)) or autoscaler
        before = latest.get("status") or {}
        metrics = [each.current for each in measured]
        status: Manifest = {"currentMetrics": metrics or None, "currentReplicas": current, "desiredReplicas": desired}
        if scaled_at is not None:
            status["lastScaleTime"] = timestamp(scaled_at)
        elif before.get("lastScaleTime"):
            status["lastScaleTime"] = before["lastScaleTime"]
        status["conditions"] = _merged(before.get("conditions") or [], conditions, self.clock.now())
        if status == before:
            return False
        self.client.update_status(HPAS, latest, status)
        return True


def _window_s(behavior: Manifest, direction: str, default_s: float) -> float:
    found = (behavior.get(direction) or {}).get("stabilizationWindowSeconds")
    return default_s if found is None else float(found)


def _within(spec: Manifest, current: int, wanted: int) -> tuple[int, Condition]:
    """`wanted` within the bounds and within what one step up may add, and the condition that says so."""
    minimum, maximum = spec.get("minReplicas") or 1, spec["maxReplicas"]
    step = max(2 * current, current + SCALE_UP_PODS)
    if wanted < minimum:
        words = "the desired replica count is less than the minimum replica count"
        return minimum, ("ScalingLimited", "True", "TooFewReplicas", words)
    if wanted > maximum:
        words = "the desired replica count is more than the maximum replica count"
        return min(maximum, step), ("ScalingLimited", "True", "TooManyReplicas", words)
    if wanted > step:
        words = "the desired replica count is increasing faster than the maximum scale rate"
        return step, ("ScalingLimited", "True", "ScaleUpLimit", words)
    words = "the desired count is within the acceptable range"
    return wanted, ("ScalingLimited", "False", "DesiredWithinRange", words)


def _merged(before: Sequence[Manifest], conditions: Sequence[Condition], now: datetime) -> list[Manifest]:
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
