"""DaemonSets: one pod on each node that its template fits; Flagger's scaling to zero is a selector that
fits none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from canarytui.sandbox.controllers import history
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.deployment.strategy import scaled_value
from canarytui.sandbox.controllers.objects import (
    CONTROLLER_REVISIONS,
    DAEMON_SETS,
    NODES,
    PODS,
    Manifest,
    editable,
    is_controlled_by,
    is_terminating,
    key_of,
    labels_of,
    uid_of,
)
from canarytui.sandbox.controllers.pods import (
    becomes_available_at,
    is_active,
    is_available,
    is_finished,
    is_ready,
)
from canarytui.sandbox.controllers.scheduler import reason_against
from canarytui.sandbox.controllers.template import pod_from_template
from canarytui.sandbox.values import NamespacedName

_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


class DaemonSetController(Controller):
    """Keeps one pod of each DaemonSet on every fitting node."""

    component = "daemonset-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._daemon_sets = client.cache(DAEMON_SETS)
        self._pods = client.cache(PODS)
        self._nodes = client.cache(NODES)
        self.watch(DAEMON_SETS)
        self.watch_controlled(PODS, "DaemonSet")
        self.watch_controlled(CONTROLLER_REVISIONS, "DaemonSet")
        self._nodes.subscribe(self._node_changed)

    def _node_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        if before is not None and after is not None:
            unchanged = all(before.get(part) == after.get(part) for part in ("spec",))
            if unchanged and labels_of(before) == labels_of(after):
                return  # a heartbeat
        for daemon_set in self._daemon_sets:
            self.queue.add(key_of(daemon_set))

    def reconcile(self, key: NamespacedName) -> None:
        daemon_set = self._daemon_sets.get(*key)
        if daemon_set is None or is_terminating(daemon_set):
            return
        revision = history.hash_of(history.current_revision(self.client, daemon_set))
        fitting = {node["metadata"]["name"] for node in self._nodes if fits(daemon_set, node)}
        self._place(daemon_set, revision, fitting)
        if (daemon_set["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate") == "RollingUpdate":
            self._roll(daemon_set, revision, len(fitting))
        pods = self._pods_of(daemon_set)
        history.forget_old(self.client, daemon_set, {labels_of(pod).get(history.REVISION_HASH, "") for pod in pods})
        now = self.clock.now()
        status = daemon_set_status(daemon_set, pods, fitting, revision, now)
        self.client.update_status(DAEMON_SETS, self._daemon_sets.get(*key) or daemon_set, status)
        self._look_again_when_available(key, daemon_set, pods, now)

    def _look_again_when_available(
        self, key: NamespacedName, daemon_set: Manifest, pods: Sequence[Manifest], now: datetime
    ) -> None:
        min_ready_s = daemon_set["spec"].get("minReadySeconds", 0)
        for pod in pods:
            moment = becomes_available_at(pod, min_ready_s)
            if moment is not None and moment > now:
                self.queue.add_after(key, (moment - now).total_seconds())

    def _pods_of(self, daemon_set: Manifest) -> list[Manifest]:
        owned = self._pods.owned_by(uid_of(daemon_set))
        return [pod for pod in owned if is_controlled_by(pod, daemon_set)]

    def _place(self, daemon_set: Manifest, revision: str, fitting: set[str]) -> None:
        occupied: set[str] = set()
        for pod in self._pods_of(daemon_set):
            node = node_of(pod)
            if is_terminating(pod):
                occupied.add(node)  # its place is taken until it has gone
            elif node not in fitting or node in occupied or is_finished(pod):
                self._delete(daemon_set, pod)
                occupied.add(node)
            else:
                occupied.add(node)
        for node in sorted(fitting - occupied):
            pod = self.client.create(PODS, daemon_pod(daemon_set, node, revision))
            self.events.normal(daemon_set, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")

    def _roll(self, daemon_set: Manifest, revision: str, nodes: int) -> None:
        """Delete pods of older templates, never more at once than ``maxUnavailable`` allows."""
        rolling = (daemon_set["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
        allowed = max(1, scaled_value(rolling.get("maxUnavailable", 1), nodes, round_up=True))
        pods = [pod for pod in self._pods_of(daemon_set) if not is_terminating(pod)]
        min_ready_s = daemon_set["spec"].get("minReadySeconds", 0)
        now = self.clock.now()
        old = [pod for pod in pods if labels_of(pod).get(history.REVISION_HASH) != revision]
        available = [pod for pod in pods if is_available(pod, min_ready_s, now)]
        budget = allowed - (nodes - len(available))
        for pod in old:
            serves = is_available(pod, min_ready_s, now)
            if serves and budget <= 0:
                continue
            budget -= 1 if serves else 0
            self._delete(daemon_set, pod)

    def _delete(self, daemon_set: Manifest, pod: Manifest) -> None:
        self.client.delete(PODS, pod)
        self.events.normal(daemon_set, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")


def node_of(pod: Manifest) -> str:
    """The node a daemon pod is for, bound to it or not yet."""
    bound: str = pod["spec"].get("nodeName") or ""
    if bound:
        return bound
    affinity = ((pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    ) or {}
    for term in affinity.get("nodeSelectorTerms") or []:
        for field in term.get("matchFields") or []:
            if field["key"] == "metadata.name":
                name: str = field["values"][0]
                return name
    return ""


def fits(daemon_set: Manifest, node: Manifest) -> bool:
    """Whether a pod of the DaemonSet may run on `node`."""
    return reason_against({"spec": _tolerant(daemon_set["spec"]["template"]["spec"])}, node) is None


def _tolerant(pod_spec: Manifest) -> Manifest:
    extra = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]
    return {**pod_spec, "tolerations": [*(pod_spec.get("tolerations") or []), *extra]}


def daemon_pod(daemon_set: Manifest, node: str, revision: str) -> Manifest:
    """The pod for one node; the scheduler binds it there by its affinity."""
    pod = pod_from_template(daemon_set["spec"]["template"], daemon_set)
    pod["metadata"].setdefault("labels", {})[history.REVISION_HASH] = revision
    spec = _tolerant(pod["spec"])
    affinity = editable(spec.get("affinity") or {})
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    required = affinity.setdefault("nodeAffinity", {}).setdefault(
        "requiredDuringSchedulingIgnoredDuringExecution", {"nodeSelectorTerms": [{}]}
    )
    for term in required["nodeSelectorTerms"]:
        term["matchFields"] = [field]
    pod["spec"] = {**spec, "affinity": affinity}
    return pod


def daemon_set_status(
    daemon_set: Manifest, pods: Sequence[Manifest], fitting: set[str], revision: str, now: datetime
) -> Manifest:
    """Counts over nodes, as ``kubectl get ds`` shows them."""
    min_ready_s = daemon_set["spec"].get("minReadySeconds", 0)
    placed = [pod for pod in pods if is_active(pod) and node_of(pod) in fitting]
    misplaced = {node_of(pod) for pod in pods if is_active(pod)} - fitting
    available = sum(1 for pod in placed if is_available(pod, min_ready_s, now))
    status = {
        "currentNumberScheduled": len({node_of(pod) for pod in placed}),
        "numberMisscheduled": len(misplaced),
        "desiredNumberScheduled": len(fitting),
        "numberReady": sum(1 for pod in placed if is_ready(pod)),
    }
    optional = {
        "observedGeneration": daemon_set["metadata"].get("generation", 0),
        "updatedNumberScheduled": sum(1 for pod in placed if labels_of(pod).get(history.REVISION_HASH) == revision),
        "numberAvailable": available,
        "numberUnavailable": max(0, len(fitting) - available),
    }
    return {**status, **{name: count for name, count in optional.items() if count}}
