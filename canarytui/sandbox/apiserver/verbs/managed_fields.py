"""Who owns which field: the ``managedFields`` of objects, kept at every write.

Updates and patches take ownership of what they change, by the name of the client; :mod:`.apply` has rules
of its own and uses the reading and writing of entries from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from canarytui.sandbox.apiserver.patch import field_sets
from canarytui.sandbox.apiserver.patch.field_sets import FieldSet
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.apiserver.verbs.options import WriteOptions
from canarytui.sandbox.values import KubernetesObject

_UPDATE_MANAGERS_MAX = 10
_ANCIENT = "ancient-changes"
_UNOWNED_METADATA = frozenset({
    "f:name", "f:namespace", "f:uid", "f:resourceVersion", "f:creationTimestamp", "f:selfLink", "f:generation",
    "f:managedFields", "f:deletionTimestamp", "f:deletionGracePeriodSeconds",
})  # fmt: skip


@dataclass(frozen=True)
class ManagedFieldsEntry:
    """One manager's fields; (manager, operation, api_version, subresource) identify the entry."""

    manager: str
    operation: str
    api_version: str
    time: str
    fields: FieldSet
    subresource: str = ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes two entries the same manager's."""
        return (self.manager, self.operation, self.api_version, self.subresource)

    def to_object(self) -> KubernetesObject:
        """The entry as the API shows it."""
        entry: KubernetesObject = {
            "manager": self.manager,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.fields,
        }
        if self.subresource:
            entry["subresource"] = self.subresource
        return entry


def read(obj: Mapping[str, Any]) -> list[ManagedFieldsEntry]:
    """The entries of an object."""
    return [
        ManagedFieldsEntry(
            entry.get("manager", ""),
            entry.get("operation", "Update"),
            entry.get("apiVersion", ""),
            entry.get("time", ""),
            entry.get("fieldsV1") or {},
            entry.get("subresource", ""),
        )
        for entry in (obj.get("metadata") or {}).get("managedFields") or ()
    ]


def write(obj: KubernetesObject, entries: list[ManagedFieldsEntry]) -> None:
    """Put the entries into an object: applies first, then by time, as the API server orders them."""
    kept = [entry for entry in entries if entry.fields]
    kept.sort(key=lambda e: (e.operation != "Apply", e.time, e.manager, e.api_version, e.subresource))
    obj["metadata"].pop("managedFields", None)
    if kept:
        obj["metadata"]["managedFields"] = [entry.to_object() for entry in kept]


def strip_unowned(fields: FieldSet) -> FieldSet:
    """The set without unowned fields: identity and what the server sets."""
    result = {k: v for k, v in fields.items() if k not in ("f:apiVersion", "f:kind")}
    meta = result.get("f:metadata")
    if meta is not None:
        meta = {k: v for k, v in meta.items() if k not in _UNOWNED_METADATA and k != field_sets.SELF}
        if meta:
            result["f:metadata"] = meta
        else:
            del result["f:metadata"]
    return result


def record_write(
    strategy: KindStrategy, old: Mapping[str, Any], obj: KubernetesObject, options: WriteOptions, now: str
) -> None:
    """Give the writer what it changed from ``old`` ({} for a creation), take it from all others."""
    if _asks_for_reset(obj):
        obj["metadata"].pop("managedFields", None)
        return
    touched, gone = field_sets.changed(old, obj, strategy.type_node, mark_new_maps=strategy.rt.crd is not None)
    touched, gone = strip_unowned(touched), strip_unowned(gone)
    if strategy.has_status and not options.subresource:
        touched.pop("f:status", None)  # a new object's, which the server has made
    entries = read(old) if old else []
    if not touched and not gone:
        write(obj, entries)
        return
    own = ManagedFieldsEntry(options.field_manager, "Update", strategy.rt.api_version, now, {}, options.subresource)
    kept: list[ManagedFieldsEntry] = []
    for entry in entries:
        if entry.identity == own.identity:
            own = replace(own, fields=entry.fields)
            continue
        fields = field_sets.difference(field_sets.difference(entry.fields, _leaves(touched)), gone)
        kept.append(replace(entry, fields=fields))
    fields = field_sets.union(field_sets.difference(own.fields, gone), touched)
    kept.append(replace(own, fields=fields))
    write(obj, _bounded(kept))


def _asks_for_reset(obj: Mapping[str, Any]) -> bool:
    """A client clears all ownership by sending ``managedFields: [{}]``."""
    sent = obj["metadata"].get("managedFields")
    return bool(sent == [{}])


def _leaves(fields: FieldSet) -> FieldSet:
    """The set without the containers: changing a map's entry leaves the map its owners."""
    return {element: _leaves(inner) if inner else {} for element, inner in fields.items() if element != field_sets.SELF}


def _bounded(entries: list[ManagedFieldsEntry]) -> list[ManagedFieldsEntry]:
    """At most ten updaters; the oldest are merged into one."""
    updates = sorted((e for e in entries if e.operation == "Update" and e.fields), key=lambda e: e.time)
    surplus = updates[: max(0, len(updates) - _UPDATE_MANAGERS_MAX)]
    if not surplus:
        return entries
    merged: FieldSet = {}
    for entry in surplus:
        merged = field_sets.union(merged, entry.fields)
    latest = surplus[-1]
    ancient = ManagedFieldsEntry(_ANCIENT, "Update", latest.api_version, latest.time, merged)
    return [entry for entry in entries if entry not in surplus] + [ancient]


def without_times(obj: Mapping[str, Any]) -> list[tuple[tuple[str, str, str, str], FieldSet]]:
    """Ownership alone, to detect whether a write changed it."""
    return sorted(((entry.identity, entry.fields) for entry in read(obj)), key=lambda pair: pair[0])
