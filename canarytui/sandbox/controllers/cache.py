"""The objects of one resource as the controllers last saw or wrote them.

Filled by a watch (``informer.py``) and by the controllers' own writes (``client.py``): a controller that
has just created a pod finds it here at once, so that it never creates it twice. An older version never
replaces a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from canarytui.sandbox.controllers.objects import GroupResource, Manifest, key_of, uid_of
from canarytui.sandbox.values import NamespacedName

Handler = Callable[[Manifest | None, Manifest | None], None]
"""Called with an object before and after a change; None where it does not exist."""


class Cache:
    """One resource's objects by key, by namespace and by owner."""

    def __init__(self, resource: GroupResource) -> None:
        self.resource = resource
        self.synced = False
        self._objects: dict[NamespacedName, Manifest] = {}
        self._by_namespace: dict[str, dict[NamespacedName, Manifest]] = {}
        self._by_owner: dict[str, dict[NamespacedName, Manifest]] = {}
        self._gone: set[str] = set()  # uids that we deleted and whose last watch events are still to come
        self._handlers: list[Handler] = []

    def subscribe(self, handler: Handler) -> None:
        """Call `handler` on each change from now on."""
        self._handlers.append(handler)

    def get(self, namespace: str, name: str) -> Manifest | None:
        return self._objects.get((namespace, name))

    def __iter__(self) -> Iterator[Manifest]:
        return iter(list(self._objects.values()))

    def __len__(self) -> int:
        return len(self._objects)

    def in_namespace(self, namespace: str) -> list[Manifest]:
        return list(self._by_namespace.get(namespace, {}).values())

    def owned_by(self, uid: str) -> list[Manifest]:
        """Objects with an owner reference (controlling or not) to `uid`."""
        return list(self._by_owner.get(uid, {}).values())

    def put(self, manifest: Manifest) -> None:
        """Keep `manifest` unless a newer version is known or its deletion is."""
        if uid_of(manifest) in self._gone:
            return
        before = self._objects.get(key_of(manifest))
        if before is not None and _version(before) >= _version(manifest):
            return
        self._remove(before)
        self._insert(manifest)
        self._tell(before, manifest)

    def discard(self, manifest: Manifest, *, by_watch: bool = False) -> None:
        """Forget a deleted object; `by_watch`: no event about it will follow."""
        if by_watch:
            self._gone.discard(uid_of(manifest))
        else:
            self._gone.add(uid_of(manifest))
        before = self._objects.get(key_of(manifest))
        if before is not None and uid_of(before) == uid_of(manifest):
            self._remove(before)
            self._tell(before, None)

    def replace(self, manifests: Iterable[Manifest]) -> None:
        """Replace the content with a fresh list."""
        listed = {key_of(manifest): manifest for manifest in manifests}
        self._gone.clear()
        for key, before in list(self._objects.items()):
            if key not in listed or uid_of(listed[key]) != uid_of(before):
                self.discard(before, by_watch=True)
        for manifest in listed.values():
            self.put(manifest)
        self.synced = True

    def _insert(self, manifest: Manifest) -> None:
        key = key_of(manifest)
        self._objects[key] = manifest
        self._by_namespace.setdefault(key[0], {})[key] = manifest
        for reference in manifest["metadata"].get("ownerReferences") or []:
            self._by_owner.setdefault(reference["uid"], {})[key] = manifest

    def _remove(self, manifest: Manifest | None) -> None:
        if manifest is None:
            return
        key = key_of(manifest)
        self._objects.pop(key, None)
        _drop(self._by_namespace, key[0], key)
        for reference in manifest["metadata"].get("ownerReferences") or []:
            _drop(self._by_owner, reference["uid"], key)

    def _tell(self, before: Manifest | None, after: Manifest | None) -> None:
        for handler in self._handlers:
            handler(before, after)


def _drop(index: dict[str, dict[NamespacedName, Manifest]], value: str, key: NamespacedName) -> None:
    entries = index.get(value)
    if entries is not None:
        entries.pop(key, None)
        if not entries:
            del index[value]


def _version(manifest: Manifest) -> int:
    return int(manifest["metadata"].get("resourceVersion") or 0)
