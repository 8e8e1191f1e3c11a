"""What all verbs share: the registry, the store, the clock, and how to find a type's view and strategy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver import errors, objects
from canarytui.sandbox.apiserver.storage.field_selectors import parse_fields
from canarytui.sandbox.apiserver.storage.label_selectors import parse_labels
from canarytui.sandbox.apiserver.storage.store import RecordStore, StoredRecord
from canarytui.sandbox.apiserver.storage.views import ResourceView, builtin_view
from canarytui.sandbox.apiserver.storage.watch import WatchFilter
from canarytui.sandbox.apiserver.types.custom import CustomStrategy, stored_version, version_of
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import timestamp

CRDS = ("apiextensions.k8s.io", "customresourcedefinitions")
NAMESPACES = ("", "namespaces")


class Core:
    """Shared by the verb modules of one API server."""

    def __init__(self, store: RecordStore, registry: Registry, clock: Callable[[], datetime] = objects.utc_now) -> None:
        self.store = store
        self.registry = registry
        self.clock = clock
        self._cache: dict[ResourceType, tuple[ResourceView, KindStrategy]] = {}
        self._cache_generation = -1
        for record in store.records(CRDS):
            registry.add_crd(record.obj)

    def _of(self, rt: ResourceType) -> tuple[ResourceView, KindStrategy]:
        if self._cache_generation != self.registry.generation:
            self._cache.clear()
            self._cache_generation = self.registry.generation
        found = self._cache.get(rt)
        if found is None:
            found = self._cache[rt] = self._make(rt)
        return found

    def _make(self, rt: ResourceType) -> tuple[ResourceView, KindStrategy]:
        if rt.crd is None:
            kind = self.registry.kind(rt)
            return builtin_view(rt, kind.conversions.get(rt.version)), kind.strategy(rt)
        crd = self.crd(rt)
        view = ResourceView(rt, f"{rt.group}/{stored_version(crd)}")
        return view, CustomStrategy(rt, crd, version_of(crd, rt.version))

    def view(self, rt: ResourceType) -> ResourceView:
        """The shape in which the type is served."""
        return self._of(rt)[0]

    def strategy(self, rt: ResourceType) -> KindStrategy:
        """The rules of the type."""
        return self._of(rt)[1]

    def crd(self, rt: ResourceType) -> dict[str, Any]:
        """The CustomResourceDefinition that a custom type comes from."""
        record = self.store.get(CRDS, None, rt.crd or "")
        if record is None:
            raise errors.unknown_path()
        return record.obj

    def find(self, rt: ResourceType, namespace: str | None, name: str) -> StoredRecord:
        """The record, or :class:`StatusError` 404."""
        record = self.store.get(storage_key(rt), namespace if rt.namespaced else None, name)
        if record is None:
            raise errors.not_found(rt, name)
        return record

    def chosen(self, rt: ResourceType, namespace: str | None, label_selector: str, field_selector: str) -> WatchFilter:
        """A filter from a request's parameters; raises :class:`StatusError` 400."""
        selectable = self.strategy(rt).selectable_fields
        fields = parse_fields(field_selector, rt, selectable)
        return WatchFilter(namespace if rt.namespaced else None, parse_labels(label_selector), fields)

    def now(self) -> str:
        """The current time as a timestamp for metadata."""
        return timestamp(self.clock())
