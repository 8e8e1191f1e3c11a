"""Binds each pod to a node, or reports why none fits.

Only what applies to the sandbox is checked: node selectors and required node affinity, ``spec.unschedulable``
(a cordoned node) and taints. Resources are not: pods here are servers in one process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import NODES, PODS, Manifest, is_terminating, key_of, labels_of, selects
from canarytui.sandbox.controllers.pods import condition, is_finished
from canarytui.sandbox.values import NamespacedName, timestamp

SCHEDULER_NAME = "default-scheduler"
_BLOCKING_EFFECTS = ("NoSchedule", "NoExecute")


class Scheduler(Controller):
    """Binds pods whose ``schedulerName`` is ours."""

    component = SCHEDULER_NAME

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._pods = client.cache(PODS)
        self._nodes = client.cache(NODES)
        self._waiting: set[NamespacedName] = set()
        self._pods.subscribe(self._pod_changed)
        self._nodes.subscribe(self._node_changed)

    def _pod_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        if after is not None and not after["spec"].get("nodeName"):
            self.queue.add(key_of(after))

    def _node_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        for key in self._waiting:
            self.queue.add(key)

    def reconcile(self, key: NamespacedName) -> None:
        pod = self._pods.get(*key)
        self._waiting.discard(key)
        if pod is None or pod["spec"].get("nodeName") or is_terminating(pod) or is_finished(pod):
            return
        if pod["spec"].get("schedulerName", SCHEDULER_NAME) != SCHEDULER_NAME or pod["spec"].get("schedulingGates"):
            return
        refusals = [(node, reason_against(pod, node)) for node in self._nodes]
        fitting = [node for node, reason in refusals if reason is None]
        if fitting:
            self._bind(pod, min(fitting, key=lambda node: str(node["metadata"]["name"])))
        else:
            self._waiting.add(key)
            self._refuse(pod, unschedulable_message(reason for _, reason in refusals if reason))

    def _bind(self, pod: Manifest, node: Manifest) -> None:
        namespace, name = key_of(pod)
        node_name = node["metadata"]["name"]
        self.client.merge_patch(PODS, pod, {"spec": {"nodeName": node_name}})
        self._write_condition(pod, {"type": "PodScheduled", "status": "True"})
        self.events.normal(pod, "Scheduled", f"Successfully assigned {namespace}/{name} to {node_name}")

    def _refuse(self, pod: Manifest, message: str) -> None:
        current = condition(pod, "PodScheduled")
        if current is not None and current.get("message") == message:
            return
        entry = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
        self._write_condition(pod, entry)
        self.events.warning(pod, "FailedScheduling", message)

    def _write_condition(self, pod: Manifest, entry: Manifest) -> None:
        latest = self._pods.get(*key_of(pod)) or pod
        others = [
            each for each in (latest.get("status") or {}).get("conditions") or [] if each["type"] != "PodScheduled"
        ]
        stamped = {**entry, "lastProbeTime": None, "lastTransitionTime": timestamp(self.clock.now())}
        self.client.merge_patch(PODS, latest, {"status": {"conditions": [*others, stamped]}}, subresource="status")


def reason_against(pod: Manifest, node: Manifest) -> str | None:
    """Why `pod` may not run on `node`, worded as the scheduler does; None when it may."""
    tolerations = pod["spec"].get("tolerations") or []
    if node["spec"].get("unschedulable"):
        cordon = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
        if not any(tolerates(toleration, cordon) for toleration in tolerations):
            return "node(s) were unschedulable"
    for taint in node["spec"].get("taints") or []:
        if taint["effect"] in _BLOCKING_EFFECTS and not any(tolerates(each, taint) for each in tolerations):
            return f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}"
    if not matches_node(pod["spec"], node):
        return "node(s) didn't match Pod's node affinity/selector"
    return None


def tolerates(toleration: Manifest, taint: Manifest) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def matches_node(pod_spec: Manifest, node: Manifest) -> bool:
    """Whether the node has the labels that nodeSelector and required node affinity ask for."""
    labels = labels_of(node)
    if any(labels.get(name) != value for name, value in (pod_spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (pod_spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    named = {**labels, "metadata.name": node["metadata"]["name"]}
    return any(
        selects({"matchExpressions": term.get("matchExpressions") or []}, labels)
        and selects({"matchExpressions": term.get("matchFields") or []}, named)
        for term in required.get("nodeSelectorTerms") or []
    )


def unschedulable_message(reasons: Iterable[str]) -> str:
    """The message of event and condition when no node fits."""
    counts = Counter(reasons)
    total = sum(counts.values())
    if not total:
        return "no nodes available to schedule pods"
    listed = ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items()))
    head = f"0/{total} nodes are available"
    return f"{head}: {listed}. preemption: {head}: {total} Preemption is not helpful for scheduling."
