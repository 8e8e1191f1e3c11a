"""Creates and deletes the pods of ReplicaSets, and counts them."""

from __future__ import annotations

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import (
    PODS,
    REPLICA_SETS,
    Manifest,
    controller_of,
    is_controlled_by,
    is_terminating,
    key_of,
    labels_of,
    owner_reference,
    selects,
    uid_of,
)
from canarytui.sandbox.controllers.pods import is_active
from canarytui.sandbox.controllers.replicaset import status
from canarytui.sandbox.controllers.replicaset.ranking import deletion_order
from canarytui.sandbox.controllers.template import pod_from_template
from canarytui.sandbox.values import NamespacedName

BURST = 500
"""Pods created or deleted per reconcile; the rest follows immediately."""


class ReplicaSetController(Controller):
    """Keeps ``spec.replicas`` active pods for each ReplicaSet."""

    component = "replicaset-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._replica_sets = client.cache(REPLICA_SETS)
        self._pods = client.cache(PODS)
        self.watch(REPLICA_SETS)
        self.watch_controlled(PODS, "ReplicaSet")
        self._pods.subscribe(self._orphan_changed)

    def _orphan_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        if after is None or controller_of(after) is not None or is_terminating(after):
            return
        for replica_set in self._replica_sets.in_namespace(key_of(after)[0]):
            if selects(replica_set["spec"]["selector"], labels_of(after)):
                self.queue.add(key_of(replica_set))

    def reconcile(self, key: NamespacedName) -> None:
        replica_set = self._replica_sets.get(*key)
        if replica_set is None:
            return
        pods = [pod for pod in self._claimed(replica_set) if is_active(pod)]
        failure: Manifest | None = None
        refused: StatusError | None = None
        if not is_terminating(replica_set):
            try:
                pods = self._manage(replica_set, pods)
            except StatusError as error:
                refused = error
                reason = "FailedCreate" if len(pods) < self._wanted(replica_set) else "FailedDelete"
                failure = status.replica_failure(reason, str(error), self.clock.now())
                pods = [pod for pod in self._claimed(replica_set) if is_active(pod)]
        self._write_status(key, replica_set, pods, failure)
        if refused is not None:
            raise refused

    def _write_status(
        self, key: NamespacedName, replica_set: Manifest, pods: list[Manifest], failure: Manifest | None
    ) -> None:
        now = self.clock.now()
        after = status.replica_set_status(replica_set, pods, failure, now)
        self.client.update_status(REPLICA_SETS, self._replica_sets.get(*key) or replica_set, after)
        min_ready_s = replica_set["spec"].get("minReadySeconds", 0)
        moment = status.next_availability(pods, min_ready_s, now) if min_ready_s else None
        if moment is not None:
            self.queue.add_after(key, (moment - now).total_seconds())

    def _wanted(self, replica_set: Manifest) -> int:
        replicas: int = replica_set["spec"].get("replicas", 1)
        return replicas

    def _claimed(self, replica_set: Manifest) -> list[Manifest]:
        """The ReplicaSet's pods: matching orphans are adopted, pods that no longer match are released."""
        claimed = []
        selector = replica_set["spec"]["selector"]
        for pod in self._pods.owned_by(uid_of(replica_set)):
            if not is_controlled_by(pod, replica_set):
                continue
            if selects(selector, labels_of(pod)) or is_terminating(replica_set):
                claimed.append(pod)
            elif not is_terminating(pod):
                kept = [each for each in pod["metadata"]["ownerReferences"] if each["uid"] != uid_of(replica_set)]
                self.client.merge_patch(PODS, pod, {"metadata": {"ownerReferences": kept or None}})
        if is_terminating(replica_set):
            return claimed
        for pod in self._pods.in_namespace(key_of(replica_set)[0]):
            orphan = controller_of(pod) is None and is_active(pod)
            if orphan and selects(selector, labels_of(pod)):
                references = [*(pod["metadata"].get("ownerReferences") or []), owner_reference(replica_set)]
                claimed.append(self.client.merge_patch(PODS, pod, {"metadata": {"ownerReferences": references}}))
        return claimed

    def _manage(self, replica_set: Manifest, pods: list[Manifest]) -> list[Manifest]:
        missing = self._wanted(replica_set) - len(pods)
        if missing > 0:
            return [*pods, *(self._create(replica_set) for _ in range(min(missing, BURST)))]
        if missing < 0:
            order = deletion_order(pods, self._related(replica_set), self.clock.now())
            victims = order[: min(-missing, BURST)]
            for pod in victims:
                self.client.delete(PODS, pod)
                self.events.normal(replica_set, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")
            return order[len(victims) :]
        return pods

    def _create(self, replica_set: Manifest) -> Manifest:
        try:
            pod = self.client.create(PODS, pod_from_template(replica_set["spec"]["template"], replica_set))
        except StatusError as error:
            self.events.warning(replica_set, "FailedCreate", f"Error creating: {error}")
            raise
        self.events.normal(replica_set, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")
        return pod

    def _related(self, replica_set: Manifest) -> list[Manifest]:
        """Pods of all ReplicaSets with the same owner."""
        owner = controller_of(replica_set)
        if owner is None:
            return self._pods.owned_by(uid_of(replica_set))
        siblings = self._replica_sets.owned_by(owner["uid"])
        return [pod for each in siblings for pod in self._pods.owned_by(uid_of(each))]
