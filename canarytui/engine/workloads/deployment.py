"""Deployments as targets: scaled by their replicas, ready by their conditions."""

from __future__ import annotations

from typing import Any

from canarytui.domain.values import KubernetesObject
from canarytui.engine import scalers
from canarytui.engine.decide.effects import Decision, Patch
from canarytui.engine.decide.tick import Tick
from canarytui.engine.workloads.base import READY, Readiness, find
from canarytui.engine.workloads.pods import PodWorkload
from canarytui.engine.workloads.readiness import deployment_readiness


class DeploymentWorkload(PodWorkload):
    """See :class:`canarytui.engine.workloads.base.WorkloadKind`."""

    kind = "Deployment"
    copied = ("progressDeadlineSeconds", "minReadySeconds", "revisionHistoryLimit", "strategy")

    def scale_to_zero(self, tick: Tick) -> Decision[None]:
        yield from self._scale(tick, 0)

    def scale_from_zero(self, tick: Tick) -> Decision[None]:
        yield from self._scale(tick, self._replicas_to_resume(tick))

    def take_over(self, tick: Tick) -> Decision[None]:
        canary = tick.canary
        primary = tick.cluster_view.get(self.kind, canary.namespace, canary.primary_name)
        if primary is None:
            own = _replicas(self.target(tick))
            yield from self._scale(tick, own or scalers.least_replicas(tick))
        else:
            yield from self._scale(tick, _replicas(primary) or 1)

    def _at_work(self, template: KubernetesObject) -> KubernetesObject:
        return template

    def _require_copyable(self, tick: Tick, target: KubernetesObject) -> None:
        pass

    def _size(self, tick: Tick, target: KubernetesObject, live: KubernetesObject | None) -> dict[str, Any]:
        replicas = _replicas(target)
        if live is None:
            return {"replicas": replicas or 1}
        if tick.canary.spec.autoscaler is not None:
            return {}
        # Flagger would also copy 0 from a target that was scaled down in the meantime: an outage.
        return {"replicas": replicas} if replicas else {}

    def _adapt(self, tick: Tick, pod: dict[str, Any]) -> None:
        """Make anti-affinity and topology spread refer to the primary's pods, not the target's.

        Flagger looks for the target's name under any of the selector labels; pods bear the selector's value.
        """
        selector = self.selector(tick)
        keys: tuple[str, ...] = (selector.key,)
        value = selector.value
        if tick.settings.strict:
            keys, value = tick.settings.selector_labels, tick.canary.target_name
        for terms in _pod_selectors(pod):
            labels = terms.get("matchLabels") or {}
            for key in labels.keys() & set(keys):
                labels[key] = _renamed(labels[key], value)
            for expression in terms.get("matchExpressions") or []:
                if expression.get("key") in keys:
                    expression["values"] = [_renamed(each, value) for each in expression.get("values") or []]

    def _judge(self, tick: Tick, workload: KubernetesObject, threshold: int, *, primary: bool) -> Readiness:
        who = tick.primary if primary else f"canary deployment {tick.target}"
        found = deployment_readiness(
            workload, deadline_s=tick.canary.spec.progress_deadline_s, threshold=threshold, now=tick.now
        )
        if found.ready and primary and _is_switched_off(tick, workload):
            return Readiness(False, text=f"{who} not ready: scaled to zero")
        return READY if found.ready else Readiness(False, found.retriable, f"{who} not ready: {found.text}")

    def _scale(self, tick: Tick, replicas: int) -> Decision[None]:
        if self.target(tick)["spec"].get("replicas", 1) != replicas:
            name, namespace = tick.canary.target_name, tick.canary.namespace
            yield Patch(self.kind, namespace, name, {"spec": {"replicas": replicas}})

    def _replicas_to_resume(self, tick: Tick) -> int:
        own = _replicas(self.target(tick))
        if own > 0:
            return own
        if tick.canary.spec.autoscaler is None:
            return _replicas(find(tick, self.kind, tick.canary.primary_name)) or 1
        return scalers.least_replicas(tick)


def _replicas(deployment: KubernetesObject) -> int:
    wanted = deployment["spec"].get("replicas")
    return 1 if wanted is None else int(wanted)


def _is_switched_off(tick: Tick, primary: KubernetesObject) -> bool:
    """Whether the primary was scaled to zero manually; a ScaledObject may do so when it is idle.

    For Flagger no pods at all are ready pods.
    """
    scaler = tick.canary.spec.autoscaler
    idles = scaler is not None and scaler.kind == "ScaledObject"
    return _replicas(primary) == 0 and not idles and not tick.settings.strict


def _renamed(name: object, target: str) -> object:
    return f"{target}-primary" if name == target else name


def _pod_selectors(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """The label selectors by which pods keep away from each other."""
    found = [rule.get("labelSelector") for rule in pod.get("topologySpreadConstraints") or []]
    rules = (pod.get("affinity") or {}).get("podAntiAffinity") or {}
    for term in rules.get("requiredDuringSchedulingIgnoredDuringExecution") or []:
        found.append(term.get("labelSelector"))
    for term in rules.get("preferredDuringSchedulingIgnoredDuringExecution") or []:
        found.append((term.get("podAffinityTerm") or {}).get("labelSelector"))
    return [selector for selector in found if selector]
