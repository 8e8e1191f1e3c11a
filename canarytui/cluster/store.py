"""An in-memory copy of one resource's objects, kept current by a reflector.

Reads cost no request. However many events arrive within one turn of the event loop, a subscriber is called once, with
the keys that changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from canarytui.cluster.resources import Resource
from canarytui.domain.values import NamespacedName
from canarytui.whole_number import whole_number

Subscriber = Callable[[frozenset[NamespacedName]], None]
ChangeObserver = Callable[[NamespacedName, dict[str, Any]], None]


def key_of(obj: dict[str, Any]) -> NamespacedName:
    """An API object's key; tolerates missing metadata."""
    metadata = obj.get("metadata") or {}
    return str(metadata.get("namespace") or ""), str(metadata.get("name") or "")


class ObjectStore:
    """Objects of one resource by (namespace, name), without their ``managedFields``. Objects are shared: readers
    must not change them.

    Attributes:
        synced: a complete list has been taken in at least once.
        to_come: about how many objects of the first list are still to come, 0 when there are none or nobody knows.
        stale_since: when contact was lost, None while the watch is up.
        error: the last error's sentence while stale.
        stale_reason: the same in a few words, "" where nobody gave any.
        before_lightening: is shown every object with its ``managedFields`` before they are dropped.
    """

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.synced = False
        self.to_come = 0
        self.stale_since: datetime | None = None
        self.stale_reason = ""
        self.error: str | None = None
        self.before_lightening: Callable[[dict[str, Any]], None] | None = None
        self._objects: dict[NamespacedName, dict[str, Any]] = {}
        self._subscribers: list[Subscriber] = []
        self._observers: list[ChangeObserver] = []
        self._changed: set[NamespacedName] = set()
        self._notice_due = False
        self._synced_event = asyncio.Event()

    def get(self, namespace: str | None, name: str) -> dict[str, Any] | None:
        return self._objects.get((namespace or "", name))

    def objects(self) -> Iterable[dict[str, Any]]:
        return self._objects.values()

    def __len__(self) -> int:
        return len(self._objects)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call `callback` in the event loop after changes; returns the function that unsubscribes. An empty set of keys
        means that only `synced`, `stale_since` or `error` changed."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def observe(self, callback: ChangeObserver) -> None:
        """Call `callback` at once with every version of every object, in order: for those who must not miss what an
        object was between two turns of the event loop."""
        self._observers.append(callback)

    async def wait_synced(self, timeout_s: float) -> bool:
        """Whether the first list arrived within `timeout_s` seconds."""
        try:
            await asyncio.wait_for(self._synced_event.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def put(self, obj: dict[str, Any]) -> None:
        """Store an object, from a watch or from the answer to a write of ours; an older version is ignored."""
        key = key_of(obj)
        known = self._objects.get(key)
        if known is not None and not _newer(obj, known):
            return
        self._lighten(obj)
        if known is not None and "spec" in obj and obj["spec"] == known.get("spec"):
            obj["spec"] = known["spec"]  # most versions differ in their status only: one copy of the rest is enough
        self._objects[key] = obj
        self._notice(key)
        for observer in self._observers:
            observer(key, obj)

    def remove(self, obj: dict[str, Any]) -> None:
        """Remove a deleted object, unless a younger one of that name has taken its place."""
        key = key_of(obj)
        known = self._objects.get(key)
        if known is None or _uid(known) != _uid(obj):
            return
        del self._objects[key]
        self._notice(key)

    def add(self, objects: Iterable[dict[str, Any]], *, to_come: int) -> None:
        """Store a part of the first list; about `to_come` objects follow before :meth:`replace` ends it."""
        self.to_come = to_come
        part = {key_of(obj): obj for obj in map(self._lighten, objects)}
        changed = self._differing(part)
        self._objects.update(part)
        self.fresh()
        self._took(changed)

    def replace(self, objects: Iterable[dict[str, Any]]) -> None:
        """Store a complete list; what is not in it is gone."""
        fresh = {key_of(obj): obj for obj in map(self._lighten, objects)}
        self._changed |= self._objects.keys() - fresh.keys()
        changed = self._differing(fresh)
        self._objects = fresh
        self.synced, self.to_come = True, 0
        self._synced_event.set()
        self.fresh()
        self._took(changed)

    def _differing(self, objects: dict[NamespacedName, dict[str, Any]]) -> list[tuple[NamespacedName, dict[str, Any]]]:
        """Those of `objects` that are new here, or here in another version."""
        found = []
        for key, obj in objects.items():
            known = self._objects.get(key)
            if known is None or _version(known) != _version(obj):
                found.append((key, obj))
        return found

    def _took(self, changed: list[tuple[NamespacedName, dict[str, Any]]]) -> None:
        self._changed.update(key for key, _ in changed)
        self._notice(None)
        for key, obj in changed:
            for observer in self._observers:
                observer(key, obj)

    @property
    def loading(self) -> bool:
        """Whether a part of the first list is here, and the rest is coming."""
        return bool(self._objects) and not self.synced and self.stale_since is None

    def stale(self, error: str, reason: str = "") -> None:
        """Contact was lost, so what is here may be old. `reason` is `error` in a few words."""
        if self.error != error or self.stale_since is None:
            self.stale_since = self.stale_since or datetime.now(UTC)
            self.error, self.stale_reason = error, reason
            self._notice(None)

    def fresh(self) -> None:
        """Contact is back."""
        if self.stale_since is not None or self.error is not None:
            self.stale_since = None
            self.error, self.stale_reason = None, ""
            self._notice(None)

    def _lighten(self, obj: dict[str, Any]) -> dict[str, Any]:
        if self.before_lightening is not None:
            self.before_lightening(obj)
        return lighten(obj)

    def _notice(self, key: NamespacedName | None) -> None:
        if key is not None:
            self._changed.add(key)
        if not self._notice_due:
            self._notice_due = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._notice_due = False
        changed = frozenset(self._changed)
        self._changed.clear()
        for callback in list(self._subscribers):
            callback(changed)


def lighten(obj: dict[str, Any]) -> dict[str, Any]:
    """Drop ``managedFields``, which nobody here reads and which are often the larger part. The server keeps them when
    an object is written without them."""
    metadata = obj.get("metadata")
    if metadata:
        metadata.pop("managedFields", None)
    return obj


def _version(obj: dict[str, Any]) -> str:
    return str((obj.get("metadata") or {}).get("resourceVersion") or "")


def _uid(obj: dict[str, Any]) -> str:
    return str((obj.get("metadata") or {}).get("uid") or "")


def _newer(obj: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether `obj` replaces `known`. Versions are compared as numbers, as etcd counts them; if either is no number,
    the later arrival wins."""
    new, old = _version(obj), _version(known)
    counted, before = whole_number(new), whole_number(old)
    if _uid(obj) != _uid(known) or counted is None or before is None:
        return new != old or _uid(obj) != _uid(known) or not new
    return counted > before
