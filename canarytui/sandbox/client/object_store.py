"""A copy of one resource's objects in memory, kept by a reflector, read by everything else.

Reads cost no request. However many changes arrive within one turn of the event loop, a subscriber is called once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from canarytui.sandbox.client.resources import ApiPath

ObjectKey = tuple[str, str]
"""(namespace, name); the namespace is "" for cluster-scoped objects."""

Subscriber = Callable[[frozenset[ObjectKey]], None]


class WatchedStore:
    """Objects of one resource by (namespace, name), without their ``managedFields``. They are shared: readers must
    not change them.

    Attributes:
        error: why the objects may be out of date, None while the watch is up.
    """

    def __init__(self, resource: ApiPath) -> None:
        self.resource = resource
        self.error: str | None = None
        self._objects: dict[ObjectKey, dict[str, Any]] = {}
        self._subscribers: list[Subscriber] = []
        self._changed: set[ObjectKey] = set()
        self._synced = asyncio.Event()

    def get(self, namespace: str, name: str) -> dict[str, Any] | None:
        return self._objects.get((namespace, name))

    def objects(self) -> Iterable[dict[str, Any]]:
        return self._objects.values()

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call `callback` with the keys that changed, in the event loop; returns the function that ends it."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    async def wait_synced(self, timeout_s: float) -> bool:
        """Whether the first list arrived within `timeout_s` seconds."""
        try:
            await asyncio.wait_for(self._synced.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def put(self, obj: dict[str, Any]) -> None:
        """Store a version of an object."""
        key = key_of(obj)
        self._objects[key] = _lean(obj)
        self._mark(key)

    def remove(self, obj: dict[str, Any]) -> None:
        """Remove a deleted object."""
        key = key_of(obj)
        if self._objects.pop(key, None) is not None:
            self._mark(key)

    def replace(self, objects: Iterable[dict[str, Any]]) -> None:
        """Store a complete list; objects that are not in it are removed."""
        before, self._objects = self._objects, {key_of(obj): _lean(obj) for obj in objects}
        for key in before.keys() | self._objects.keys():
            if before.get(key) != self._objects.get(key):
                self._mark(key)
        self._synced.set()

    def _mark(self, key: ObjectKey) -> None:
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._notify)
        self._changed.add(key)

    def _notify(self) -> None:
        changed, self._changed = frozenset(self._changed), set()
        for callback in tuple(self._subscribers):
            callback(changed)


def key_of(obj: dict[str, Any]) -> ObjectKey:
    """The key of an API object."""
    return str(obj["metadata"].get("namespace") or ""), str(obj["metadata"]["name"])


def _lean(obj: dict[str, Any]) -> dict[str, Any]:
    """`obj` without the field that nothing here reads and that is often the largest."""
    obj["metadata"].pop("managedFields", None)
    return obj
