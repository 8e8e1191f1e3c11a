"""Reads Deployments and ReplicaSets from caches, lets the pure modules here decide, and writes the result.

One step a call: as soon as one ReplicaSet was scaled the status is written and the next change brings the
next step, so that watchers see each stage of a rollout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.deployment import revisions, scaling, status, strategy
from canarytui.sandbox.controllers.objects import (
    DEPLOYMENTS,
    PODS,
    REPLICA_SETS,
    Manifest,
    annotations_of,
    controller_of,
    editable,
    is_controlled_by,
    is_terminating,
    key_of,
    owner_reference,
    selects,
    uid_of,
)
from canarytui.sandbox.controllers.pods import is_finished
from canarytui.sandbox.controllers.template import same_template
from canarytui.sandbox.values import NamespacedName


class DeploymentController(Controller):
    """Turns Deployments into ReplicaSets."""

    component = "deployment-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._deployments = client.cache(DEPLOYMENTS)
        self._replica_sets = client.cache(REPLICA_SETS)
        self._pods = client.cache(PODS)
        self.watch(DEPLOYMENTS)
        self.watch_controlled(REPLICA_SETS, "Deployment")
        self._pods.subscribe(self._pod_changed)

    def _pod_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        # Recreate waits for the last old pod to go; nothing else here depends on single pods.
        if before is None or after is not None:
            return
        owner = controller_of(before)
        replica_set = self._replica_sets.get(key_of(before)[0], owner["name"]) if owner else None
        deployment_reference = controller_of(replica_set) if replica_set is not None else None
        if deployment_reference is not None:
            self.queue.add((key_of(before)[0], deployment_reference["name"]))

    def reconcile(self, key: NamespacedName) -> None:
        deployment = self._deployments.get(*key)
        if deployment is None:
            return
        sets = self._claimed(deployment)
        if is_terminating(deployment):
            self._write_status(deployment, revisions.find_new(deployment, sets), sets)
            return
        deployment = self._with_paused_condition(deployment)
        if deployment["spec"].get("paused") or scaling.is_scaling_event(deployment, sets):
            self._scale_only(deployment, sets)
        elif strategy.strategy_type(deployment) == "Recreate":
            self._recreate(deployment, sets)
        else:
            self._roll(deployment, sets)

    def _claimed(self, deployment: Manifest) -> list[Manifest]:
        """ReplicaSets of this Deployment; matching orphans are adopted."""
        sets = [each for each in self._replica_sets.owned_by(uid_of(deployment)) if is_controlled_by(each, deployment)]
        if is_terminating(deployment):
            return sets
        for each in self._replica_sets.in_namespace(key_of(deployment)[0]):
            orphan = controller_of(each) is None and not is_terminating(each)
            if orphan and selects(deployment["spec"]["selector"], each["metadata"].get("labels") or {}):
                references = [*(each["metadata"].get("ownerReferences") or []), owner_reference(deployment)]
                patch = {"metadata": {"uid": uid_of(each), "ownerReferences": references}}
                sets.append(self.client.merge_patch(REPLICA_SETS, each, patch))
        return sets

    def _with_paused_condition(self, deployment: Manifest) -> Manifest:
        """Pausing stops the progress deadline; the condition says so."""
        if status.deadline_s(deployment) is None:
            return deployment
        current = status.find_condition(deployment.get("status") or {}, status.PROGRESSING)
        reason = current["reason"] if current is not None else ""
        if reason == "ProgressDeadlineExceeded":
            return deployment
        now = self.clock.now()
        if deployment["spec"].get("paused") and reason != "DeploymentPaused":
            words = ("Unknown", "DeploymentPaused", "Deployment is paused")
        elif not deployment["spec"].get("paused") and reason == "DeploymentPaused":
            words = ("Unknown", "DeploymentResumed", "Deployment is resumed")
        else:
            return deployment
        entry = status.new_condition(status.PROGRESSING, *words, now)
        changed = status.with_condition(deployment.get("status") or {}, entry)
        return self.client.update_status(DEPLOYMENTS, deployment, changed)

    def _scale_only(self, deployment: Manifest, sets: list[Manifest]) -> None:
        new, old = self._with_revision(deployment, sets, create=False)
        scaled = self._scale_to(
            deployment, [*old, *([new] if new else [])], scaling.scaled_counts(deployment, new, old)
        )
        if deployment["spec"].get("paused"):
            self._clean_up(deployment, old)
        self._write_counted_status(deployment, new, scaled)

    def _roll(self, deployment: Manifest, sets: list[Manifest]) -> None:
        new, old = self._with_revision(deployment, sets, create=True)
        deployment = self._latest(deployment)
        everything = [*old, *([new] if new else [])]
        counts: Mapping[str, int] = {}
        if new is not None:
            wanted = strategy.new_replicas(deployment, new, everything)
            if wanted != strategy.desired_replicas(new):
                counts = {new["metadata"]["name"]: wanted}
        if not counts:
            counts = strategy.old_replicas(deployment, new, old)
        if counts:
            everything = self._scale_to(deployment, everything, counts)
        elif status.is_complete(deployment, deployment.get("status") or {}):
            self._clean_up(deployment, old)
        self._write_status(deployment, _named(everything, new), everything)

    def _recreate(self, deployment: Manifest, sets: list[Manifest]) -> None:
        new = revisions.find_new(deployment, sets)
        old = [each for each in sets if each is not new]
        down = {each["metadata"]["name"]: 0 for each in old if strategy.desired_replicas(each) > 0}
        if down:
            self._write_status(deployment, new, self._scale_to(deployment, sets, down))
            return
        if any(self._has_running_pods(each) for each in old):
            self._write_status(deployment, new, sets)
            return
        new, old = self._with_revision(deployment, sets, create=True)
        deployment = self._latest(deployment)
        everything = [*old, *([new] if new else [])]
        if new is not None and strategy.desired_replicas(new) != strategy.desired_replicas(deployment):
            counts = {new["metadata"]["name"]: strategy.desired_replicas(deployment)}
            everything = self._scale_to(deployment, everything, counts)
        elif status.is_complete(deployment, deployment.get("status") or {}):
            self._clean_up(deployment, old)
        self._write_status(deployment, _named(everything, new), everything)

    def _has_running_pods(self, replica_set: Manifest) -> bool:
        pods = self._pods.owned_by(uid_of(replica_set))
        return any(not is_finished(pod) for pod in pods if is_controlled_by(pod, replica_set))

    def _latest(self, deployment: Manifest) -> Manifest:
        return self._deployments.get(*key_of(deployment)) or deployment

    def _with_revision(
        self, deployment: Manifest, sets: Sequence[Manifest], *, create: bool
    ) -> tuple[Manifest | None, list[Manifest]]:
        """The new ReplicaSet with its revision written, made if absent and wanted; and the old ones."""
        new = revisions.find_new(deployment, sets)
        old = [each for each in sets if each is not new]
        revision = revisions.next_revision(old)
        if new is not None:
            new = self._with_annotations(deployment, new, revision)
            self._note_found(deployment, new)
        elif create:
            new = self._create(deployment, old, revision)
        if new is not None:
            self._write_revision(deployment, revisions.revision_of(new))
        return new, old

    def _with_annotations(self, deployment: Manifest, new: Manifest, revision: int) -> Manifest:
        annotations = revisions.revision_annotations(new, deployment, revision)
        min_ready_s = deployment["spec"].get("minReadySeconds", 0)
        if annotations == annotations_of(new) and new["spec"].get("minReadySeconds", 0) == min_ready_s:
            return new
        changed = editable(new)
        changed["metadata"]["annotations"] = annotations
        changed["spec"]["minReadySeconds"] = min_ready_s
        return self.client.update(REPLICA_SETS, changed)

    def _note_found(self, deployment: Manifest, new: Manifest) -> None:
        current = deployment.get("status") or {}
        if status.deadline_s(deployment) is None or status.find_condition(current, status.PROGRESSING) is not None:
            return
        message = f'Found new replica set "{new["metadata"]["name"]}"'
        self._progress(deployment, "FoundNewReplicaSet", message)

    def _progress(self, deployment: Manifest, reason: str, message: str, state: str = "True") -> None:
        latest = self._latest(deployment)
        entry = status.new_condition(status.PROGRESSING, state, reason, message, self.clock.now())
        self.client.update_status(DEPLOYMENTS, latest, status.with_condition(latest.get("status") or {}, entry))

    def _create(self, deployment: Manifest, old: Sequence[Manifest], revision: int) -> Manifest | None:
        replicas = strategy.new_replicas(deployment, None, old)
        annotations = {
            **revisions.copied_annotations(deployment),
            revisions.REVISION: str(revision),
            **scaling.replica_annotations(deployment),
        }
        wanted = revisions.new_replica_set(deployment, replicas, annotations)
        try:
            created = self.client.create(REPLICA_SETS, wanted)
        except StatusError as error:
            if error.reason == "AlreadyExists" and not self._is_ours_already(deployment, wanted):
                self._avoid_collision(deployment)
            elif error.reason not in ("AlreadyExists", "NamespaceTerminating"):
                message = f'Failed to create new replica set "{wanted["metadata"]["name"]}": {error}'
                self._progress(deployment, "ReplicaSetCreateError", message, "False")
                self.events.warning(deployment, "ReplicaSetCreateError", message)
            raise
        if replicas > 0:
            message = f"Scaled up replica set {created['metadata']['name']} from 0 to {replicas}"
            self.events.normal(deployment, "ScalingReplicaSet", message)
        if status.deadline_s(deployment) is not None:
            name = created["metadata"]["name"]
            self._progress(deployment, "NewReplicaSetCreated", f'Created new replica set "{name}"')
        return created

    def _is_ours_already(self, deployment: Manifest, wanted: Manifest) -> bool:
        taken = self._replica_sets.get(*key_of(wanted))
        if taken is None:
            return True  # not in the cache yet: retry
        same = same_template(taken["spec"]["template"], deployment["spec"]["template"])
        return same and is_controlled_by(taken, deployment)

    def _avoid_collision(self, deployment: Manifest) -> None:
        current = deployment.get("status") or {}
        changed = {**current, "collisionCount": current.get("collisionCount", 0) + 1}
        self.client.update_status(DEPLOYMENTS, deployment, changed)

    def _write_revision(self, deployment: Manifest, revision: int) -> None:
        latest = self._latest(deployment)
        if revision and revisions.revision_of(latest) != revision:
            patch = {"metadata": {"annotations": {revisions.REVISION: str(revision)}}}
            self.client.merge_patch(DEPLOYMENTS, latest, patch)

    def _scale_to(self, deployment: Manifest, sets: Sequence[Manifest], counts: Mapping[str, int]) -> list[Manifest]:
        """Give the named ReplicaSets their counts, with an Event for each that changes. Returns all of
        `sets`."""
        scaled = []
        for each in sets:
            name = each["metadata"]["name"]
            if name in counts:
                each = self._scale_one(deployment, each, counts[name])
            scaled.append(each)
        return scaled

    def _scale_one(self, deployment: Manifest, replica_set: Manifest, replicas: int) -> Manifest:
        before = strategy.desired_replicas(replica_set)
        annotations = {**annotations_of(replica_set), **scaling.replica_annotations(deployment)}
        if before == replicas and annotations == annotations_of(replica_set):
            return replica_set
        changed = editable(replica_set)
        changed["metadata"]["annotations"] = annotations
        changed["spec"]["replicas"] = replicas
        updated = self.client.update(REPLICA_SETS, changed)
        if before != replicas:
            direction = "up" if replicas > before else "down"
            name = replica_set["metadata"]["name"]
            message = f"Scaled {direction} replica set {name} from {before} to {replicas}"
            self.events.normal(deployment, "ScalingReplicaSet", message)
        return updated

    def _clean_up(self, deployment: Manifest, old: Sequence[Manifest]) -> None:
        for each in revisions.expired(deployment, old):
            self.client.delete(REPLICA_SETS, each)

    def _write_status(self, deployment: Manifest, new: Manifest | None, sets: Sequence[Manifest]) -> None:
        latest = self._latest(deployment)
        now = self.clock.now()
        after = status.rollout_status(_generation_of(latest, deployment), new, sets, now)
        self.client.update_status(DEPLOYMENTS, latest, after)
        delay_s = status.seconds_to_deadline(latest, after, now)
        if delay_s is not None:
            self.queue.add_after(key_of(deployment), delay_s)

    def _write_counted_status(self, deployment: Manifest, new: Manifest | None, sets: Sequence[Manifest]) -> None:
        latest = self._latest(deployment)
        after = status.counted_status(_generation_of(latest, deployment), new, sets, self.clock.now())
        self.client.update_status(DEPLOYMENTS, latest, after)


def _generation_of(latest: Manifest, reconciled: Manifest) -> Manifest:
    """`latest` with the generation that was reconciled: a newer spec has not been observed yet."""
    generation = reconciled["metadata"].get("generation", 0)
    if latest["metadata"].get("generation", 0) == generation:
        return latest
    return {
        **latest,
        "spec": reconciled["spec"],
        "metadata": {**latest["metadata"], "generation": generation},
    }


def _named(sets: Sequence[Manifest], wanted: Manifest | None) -> Manifest | None:
    """The present version of `wanted` among `sets`."""
    if wanted is None:
        return None
    return next((each for each in sets if each["metadata"]["name"] == wanted["metadata"]["name"]), wanted)
