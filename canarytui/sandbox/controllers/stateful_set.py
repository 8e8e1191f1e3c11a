"""StatefulSets: pods with fixed names, made in order and replaced in reverse order. Volumes are not made
here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from canarytui.sandbox.controllers import history
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.deployment.strategy import desired_replicas
from canarytui.sandbox.controllers.objects import (
    CONTROLLER_REVISIONS,
    PODS,
    STATEFUL_SETS,
    Key,
    Manifest,
    is_controlled_by,
    is_terminating,
    key_of,
    labels_of,
    uid_of,
)
from canarytui.sandbox.controllers.pods import becomes_available_at, is_available, is_finished, is_ready
from canarytui.sandbox.controllers.template import pod_from_template

POD_NAME = "statefulset.kubernetes.io/pod-name"
POD_INDEX = "apps.kubernetes.io/pod-index"


class StatefulSetController(Controller):
    """Keeps pods ``name-0`` to ``name-(replicas-1)`` of each StatefulSet."""

    component = "statefulset-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._stateful_sets = client.cache(STATEFUL_SETS)
        self._pods = client.cache(PODS)
        self.watch(STATEFUL_SETS)
        self.watch_controlled(PODS, "StatefulSet")
        self.watch_controlled(CONTROLLER_REVISIONS, "StatefulSet")

    def reconcile(self, key: Key) -> None:
        stateful_set = self._stateful_sets.get(*key)
        if stateful_set is None or is_terminating(stateful_set):
            return
        update = history.hash_of(history.current_revision(self.client, stateful_set))
        self._step(stateful_set, update)
        pods = self._pods_of(stateful_set)
        now = self.clock.now()
        status = stateful_set_status(stateful_set, pods, update, now)
        self.client.update_status(STATEFUL_SETS, self._stateful_sets.get(*key) or stateful_set, status)
        in_use = {labels_of(pod).get(history.REVISION_HASH, "") for pod in pods.values()}
        history.forget_old(self.client, stateful_set, {*in_use, status.get("currentRevision", "")})
        min_ready_s = stateful_set["spec"].get("minReadySeconds", 0)
        for pod in pods.values():
            moment = becomes_available_at(pod, min_ready_s)
            if moment is not None and moment > now:
                self.queue.add_after(key, (moment - now).total_seconds())

    def _pods_of(self, stateful_set: Manifest) -> dict[int, Manifest]:
        """Pods by ordinal."""
        prefix = f"{stateful_set['metadata']['name']}-"
        pods = {}
        for pod in self._pods.owned_by(uid_of(stateful_set)):
            ordinal = pod["metadata"]["name"].removeprefix(prefix)
            if is_controlled_by(pod, stateful_set) and ordinal.isdigit():
                pods[int(ordinal)] = pod
        return dict(sorted(pods.items()))

    def _step(self, stateful_set: Manifest, update: str) -> None:
        """Create what is missing, delete what is too many, replace what is old: one pod at a time unless
        Parallel."""
        spec = stateful_set["spec"]
        one_by_one = spec.get("podManagementPolicy", "OrderedReady") == "OrderedReady"
        wanted = desired_replicas(stateful_set)
        min_ready_s = spec.get("minReadySeconds", 0)
        pods = self._pods_of(stateful_set)
        for ordinal in range(wanted):
            pod = pods.get(ordinal)
            if pod is None:
                self._create(stateful_set, ordinal, update)
            elif is_finished(pod) and not is_terminating(pod):
                self._delete(stateful_set, pod)
            elif is_available(pod, min_ready_s, self.clock.now()) and not is_terminating(pod):
                continue
            if one_by_one:
                return
        surplus = [pod for ordinal, pod in sorted(pods.items(), reverse=True) if ordinal >= wanted]
        for pod in surplus:
            if not is_terminating(pod):
                self._delete(stateful_set, pod)
            if one_by_one:
                return
        if not surplus:
            self._replace_old(stateful_set, pods, update)

    def _replace_old(self, stateful_set: Manifest, pods: Mapping[int, Manifest], update: str) -> None:
        strategy = stateful_set["spec"].get("updateStrategy") or {}
        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return
        partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        for ordinal, pod in sorted(pods.items(), reverse=True):
            if ordinal < partition:
                return
            if is_terminating(pod) or not is_ready(pod):
                return  # wait for the one that is being replaced
            if labels_of(pod).get(history.REVISION_HASH) != update:
                self._delete(stateful_set, pod)
                return

    def _create(self, stateful_set: Manifest, ordinal: int, update: str) -> None:
        set_name = stateful_set["metadata"]["name"]
        name = f"{set_name}-{ordinal}"
        partition = ((stateful_set["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition", 0)
        template = stateful_set["spec"]["template"]
        revision = update
        if ordinal < partition:
            for each in history.revisions_of(self.client, stateful_set):
                if history.hash_of(each) == (stateful_set.get("status") or {}).get("currentRevision", "").removeprefix(
                    f"{set_name}-"
                ):
                    template, revision = each["data"]["spec"]["template"], history.hash_of(each)
        pod = pod_from_template(template, stateful_set, name=name)
        pod["metadata"].setdefault("labels", {}).update(
            {history.REVISION_HASH: revision, POD_NAME: name, POD_INDEX: str(ordinal)}
        )
        pod["spec"]["hostname"] = name
        if stateful_set["spec"].get("serviceName"):
            pod["spec"]["subdomain"] = stateful_set["spec"]["serviceName"]
        self.client.create(PODS, pod)
        message = f"create Pod {name} in StatefulSet {set_name} successful"
        self.events.normal(stateful_set, "SuccessfulCreate", message)

    def _delete(self, stateful_set: Manifest, pod: Manifest) -> None:
        self.client.delete(PODS, pod)
        message = f"delete Pod {key_of(pod)[1]} in StatefulSet {stateful_set['metadata']['name']} successful"
        self.events.normal(stateful_set, "SuccessfulDelete", message)


def stateful_set_status(stateful_set: Manifest, pods: Mapping[int, Manifest], update: str, now: datetime) -> Manifest:
    """Counts by revision; ``currentRevision`` follows once all pods are of the update."""
    name = stateful_set["metadata"]["name"]
    before = stateful_set.get("status") or {}
    min_ready_s = stateful_set["spec"].get("minReadySeconds", 0)
    alive = [pod for pod in pods.values() if not is_terminating(pod)]
    ready = [pod for pod in alive if is_ready(pod)]
    updated = sum(1 for pod in alive if labels_of(pod).get(history.REVISION_HASH) == update)
    update_revision = f"{name}-{update}"
    current_revision = before.get("currentRevision") or update_revision
    if updated == len(alive) == desired_replicas(stateful_set) and len(ready) == len(alive):
        current_revision = update_revision
    current = sum(1 for pod in alive if f"{name}-{labels_of(pod).get(history.REVISION_HASH)}" == current_revision)
    counts = {
        "observedGeneration": stateful_set["metadata"].get("generation", 0),
        "readyReplicas": len(ready),
        "currentReplicas": current,
        "updatedReplicas": updated,
    }
    return {
        "replicas": len(pods),
        "availableReplicas": sum(1 for pod in alive if is_available(pod, min_ready_s, now)),
        "collisionCount": before.get("collisionCount", 0),
        **{field: count for field, count in counts.items() if count},
        "currentRevision": current_revision,
        "updateRevision": update_revision,
    }
