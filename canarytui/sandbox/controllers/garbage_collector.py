"""Deletes objects whose owners are gone, and carries out foreground and orphaning deletions.

It reads the cache of every served resource. Keys in its queue are uids; the manager adds each new
cache.
"""

from __future__ import annotations

from msgspec import Struct

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.cache import Cache
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import GroupResource, Manifest, is_terminating, key_of, uid_of
from canarytui.sandbox.values import NamespacedName

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
UNKNOWN_KIND_RETRY_S = 30.0


class _Owners(Struct):
    """An object's owner references by what became of the owners."""

    solid: list[Manifest]
    waiting: list[Manifest]  # owners in foreground deletion
    dangling: list[Manifest]
    unknown: bool = False


class GarbageCollector(Controller):
    """Follows owner references in all resources."""

    component = "garbage-collector-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._places: dict[str, tuple[GroupResource, NamespacedName]] = {}
        self._caches: dict[GroupResource, Cache] = {}

    def include(self, cache: Cache) -> None:
        """Follow one more resource."""
        if cache.resource in self._caches:
            return
        self._caches[cache.resource] = cache

        def changed(before: Manifest | None, after: Manifest | None) -> None:
            self._changed(cache.resource, before, after)

        cache.subscribe(changed)
        for manifest in cache:
            self._changed(cache.resource, None, manifest)

    def _changed(self, resource: GroupResource, before: Manifest | None, after: Manifest | None) -> None:
        if before is not None and (after is None or uid_of(after) != uid_of(before)):
            self._places.pop(uid_of(before), None)
            self._enqueue_dependents(before)
            for reference in before["metadata"].get("ownerReferences") or []:
                self._enqueue(reference["uid"])  # an owner may be waiting for this one
        if after is None:
            return
        self._places[uid_of(after)] = (resource, key_of(after))
        metadata = after["metadata"]
        if metadata.get("ownerReferences"):
            self._enqueue(uid_of(after))
            for reference in metadata["ownerReferences"]:
                if is_terminating(after):
                    self._enqueue(reference["uid"])
        if is_terminating(after) and {FOREGROUND, ORPHAN} & set(metadata.get("finalizers") or []):
            self._enqueue(uid_of(after))

    def _enqueue(self, uid: str) -> None:
        self.queue.add(("", uid))

    def _enqueue_dependents(self, owner: Manifest) -> None:
        for _, dependent in self._dependents(owner):
            self._enqueue(uid_of(dependent))

    def _dependents(self, owner: Manifest) -> list[tuple[GroupResource, Manifest]]:
        uid = uid_of(owner)
        return [(cache.resource, each) for cache in self._caches.values() for each in cache.owned_by(uid)]

    def reconcile(self, key: NamespacedName) -> None:
        place = self._places.get(key[1])
        if place is None:
            return
        resource, where = place
        manifest = self._caches[resource].get(*where)
        if manifest is None or uid_of(manifest) != key[1]:
            return
        finalizers = manifest["metadata"].get("finalizers") or []
        if is_terminating(manifest):
            if ORPHAN in finalizers:
                self._orphan(resource, manifest)
            elif FOREGROUND in finalizers:
                self._finish_foreground(resource, manifest)
            return
        if manifest["metadata"].get("ownerReferences"):
            self._judge(resource, manifest)

    def _orphan(self, resource: GroupResource, owner: Manifest) -> None:
        """Remove the owner's reference from its dependents, then the owner."""
        for dependent_resource, dependent in self._dependents(owner):
            self._without_owners(dependent_resource, dependent, {uid_of(owner)})
        self._without_finalizer(resource, owner, ORPHAN)

    def _finish_foreground(self, resource: GroupResource, owner: Manifest) -> None:
        """Delete dependents; remove the owner when no blocking one is left."""
        dependents = self._dependents(owner)
        blocking = [each for _, each in dependents if _blocks(each, owner)]
        for _, dependent in dependents:
            if not is_terminating(dependent):
                self._enqueue(uid_of(dependent))
        if not blocking:
            self._without_finalizer(resource, owner, FOREGROUND)

    def _judge(self, resource: GroupResource, manifest: Manifest) -> None:
        owners = self._owners(resource, manifest)
        if owners.unknown:
            self.queue.add_after(("", uid_of(manifest)), UNKNOWN_KIND_RETRY_S)
            return
        absent = [*owners.dangling, *owners.waiting]
        if not absent:
            return
        if owners.solid:
            self._without_owners(resource, manifest, {each["uid"] for each in absent})
        elif owners.waiting and any(_blocks(each, manifest) for _, each in self._dependents(manifest)):
            self.client.delete(resource, manifest, propagation="Foreground")
        elif owners.waiting:
            self.client.delete(resource, manifest, propagation="Background")
        else:
            self.client.delete(resource, manifest, propagation=_own_policy(manifest))

    def _owners(self, resource: GroupResource, manifest: Manifest) -> _Owners:
        owners = _Owners([], [], [])
        for reference in manifest["metadata"]["ownerReferences"]:
            try:
                owner = self._find(reference, manifest)
            except LookupError:
                owners.unknown = True
                continue
            if owner is None:
                owners.dangling.append(reference)
            elif is_terminating(owner) and FOREGROUND in (owner["metadata"].get("finalizers") or []):
                owners.waiting.append(reference)
            else:
                owners.solid.append(reference)
        return owners

    def _find(self, reference: Manifest, dependent: Manifest) -> Manifest | None:
        """The owner that a reference names, or None. Raises: LookupError when its kind is not served."""
        resource_type = self.client.api.registry.by_kind(reference["apiVersion"], reference["kind"])
        if resource_type is None:
            raise LookupError(reference["kind"])
        namespace = key_of(dependent)[0] if resource_type.namespaced else None
        if resource_type.namespaced and not namespace:
            return None  # a cluster-scoped object cannot have an owner in a namespace
        try:
            owner = self.client.api.get(resource_type, namespace, reference["name"])
        except StatusError as error:
            if error.code == 404:
                return None
            raise
        return owner if uid_of(owner) == reference["uid"] else None

    def _without_owners(self, resource: GroupResource, manifest: Manifest, uids: set[str]) -> None:
        kept = [each for each in manifest["metadata"].get("ownerReferences") or [] if each["uid"] not in uids]
        self.client.merge_patch(resource, manifest, {"metadata": {"ownerReferences": kept or None}})

    def _without_finalizer(self, resource: GroupResource, manifest: Manifest, finalizer: str) -> None:
        kept = [each for each in manifest["metadata"].get("finalizers") or [] if each != finalizer]
        patch = {
            "metadata": {
                "resourceVersion": manifest["metadata"]["resourceVersion"],
                "finalizers": kept or None,
            }
        }
        try:
            self.client.merge_patch(resource, manifest, patch)
        except StatusError as error:
            if error.code != 404:
                raise


def _blocks(dependent: Manifest, owner: Manifest) -> bool:
    return any(
        reference["uid"] == uid_of(owner) and reference.get("blockOwnerDeletion")
        for reference in dependent["metadata"].get("ownerReferences") or []
    )


def _own_policy(manifest: Manifest) -> str:
    finalizers = manifest["metadata"].get("finalizers") or []
    if ORPHAN in finalizers:
        return "Orphan"
    return "Foreground" if FOREGROUND in finalizers else "Background"
