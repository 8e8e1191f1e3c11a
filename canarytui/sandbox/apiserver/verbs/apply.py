"""Server-side apply: a manager states all its fields; others' fields stay, fields it no longer states go.

As in the API server: merge the configuration into the live object by its type, remove what the manager no longer
states and nobody else owns, refuse to change what others own unless forced.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from msgspec import structs

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.patch import field_sets
from canarytui.sandbox.apiserver.patch.field_sets import FieldSet
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key
from canarytui.sandbox.apiserver.types.type_nodes import TypeNode
from canarytui.sandbox.apiserver.verbs import create as creation
from canarytui.sandbox.apiserver.verbs import identity, managed_fields, update
from canarytui.sandbox.apiserver.verbs.core import Core
from canarytui.sandbox.apiserver.verbs.managed_fields import ManagedFieldsEntry
from canarytui.sandbox.apiserver.verbs.options import WriteOptions
from canarytui.sandbox.values import KubernetesObject


def apply(
    core: Core, rt: ResourceType, namespace: str | None, name: str, config: KubernetesObject, options: WriteOptions
) -> tuple[KubernetesObject, bool]:
    """Apply a configuration; returns the object and whether it was created.

    Raises:
        StatusError: 400, 404 (a subresource of nothing), 409 for fields of other managers, 422.
    """
    strategy = core.strategy(rt)
    config = strategy.decode(copy.deepcopy(config), options.field_validation)
    identity.check_body(rt, config, namespace, name)
    if config["metadata"].get("managedFields"):
        raise errors.bad_request("metadata.managedFields must be nil")
    options = structs.replace(options, apply=True)
    owned = managed_fields.strip_unowned(field_sets.of_value(config, strategy.type_node))
    entry = ManagedFieldsEntry(options.field_manager, "Apply", rt.api_version, core.now(), owned, options.subresource)
    existing = core.store.get(storage_key(rt), namespace if rt.namespaced else None, name)
    if existing is None:
        if options.subresource:
            raise errors.not_found(rt, name)
        managed_fields.write(config, [entry])
        return creation.create(core, rt, namespace, config, options), True
    live = core.view(rt).serve_copy(existing)
    entries = managed_fields.read(live)
    former = next((each for each in entries if each.identity == entry.identity), None)
    merged = merge(live, config, strategy.type_node)
    if former is not None:
        dropped = field_sets.difference(former.fields, owned)
        for other in entries:
            if other is not former:
                dropped = field_sets.difference(dropped, other.fields)
        merged = remove(merged, dropped, strategy.type_node)
    others = _settle(live, merged, entry, former, entries, strategy.type_node, options.force)
    kept = entry
    if former is not None and former.fields == owned:
        kept = replace(entry, time=former.time)
    merged["metadata"]["managedFields"] = []
    managed_fields.write(merged, [*others, kept])
    version = config["metadata"].get("resourceVersion")
    if version:
        merged["metadata"]["resourceVersion"] = version
    return update.commit(core, rt, existing, merged, options), False


def _settle(
    live: KubernetesObject,
    merged: KubernetesObject,
    entry: ManagedFieldsEntry,
    former: ManagedFieldsEntry | None,
    entries: list[ManagedFieldsEntry],
    node: TypeNode,
    force: bool,
) -> list[ManagedFieldsEntry]:
    """The other managers' entries after this apply; raises :class:`StatusError` 409 for conflicts."""
    touched, _ = field_sets.changed(live, merged, node, mark_new_maps=False)
    contested = field_sets.intersection(_leaves(managed_fields.strip_unowned(touched)), _leaves(entry.fields))
    conflicts: list[tuple[str, str, str]] = []
    others: list[ManagedFieldsEntry] = []
    for other in entries:
        if other is former:
            continue
        both = field_sets.intersection(other.fields, contested)
        if both and not force:
            shown = [(other.manager, other.api_version, field_sets.text(path)) for path in field_sets.paths(both)]
            conflicts += shown
        others.append(replace(other, fields=field_sets.difference(other.fields, both)) if both else other)
    if conflicts:
        raise errors.apply_conflict(conflicts)
    return others


def _leaves(fields: FieldSet) -> FieldSet:
    return {key: _leaves(inner) if inner else {} for key, inner in fields.items() if key != field_sets.SELF}


def merge(live: Any, config: Any, node: TypeNode) -> Any:
    """``live`` with everything that ``config`` states; lists by their type. Arguments stay as they are."""
    if isinstance(config, dict) and isinstance(live, dict) and not node.atomic:
        result = dict(live)
        for key, value in config.items():
            child = node.element() if node.kind == "map" else (node.field(key) or node.element())
            result[key] = merge(live[key], value, child) if key in live else copy.deepcopy(value)
        return result
    if isinstance(config, list) and isinstance(live, list) and field_sets.is_associative(node):
        return _merge_list(live, config, node)
    return copy.deepcopy(config)


def _merge_list(live: list[Any], config: list[Any], node: TypeNode) -> list[Any]:
    stated = {field_sets.key_of(item, node): item for item in config}
    result = []
    for item in live:
        key = field_sets.key_of(item, node)
        result.append(merge(item, stated.pop(key), node.element()) if key in stated else item)
    return result + [copy.deepcopy(item) for item in stated.values()]


def remove(value: Any, fields: FieldSet, node: TypeNode) -> Any:
    """``value`` without the places in ``fields``."""
    if not fields:
        return value
    if isinstance(value, dict):
        result = {}
        for key, item in value.items():
            element = f"f:{key}"
            child = node.element() if node.kind == "map" else (node.field(key) or node.element())
            gone, kept = _reduced(item, fields, element, child)
            if not gone:
                result[key] = kept
        return result
    if isinstance(value, list) and field_sets.is_associative(node):
        items = []
        for item in value:
            gone, kept = _reduced(item, fields, field_sets.key_of(item, node), node.element())
            if not gone:
                items.append(kept)
        return items
    return value


def _reduced(item: Any, fields: FieldSet, element: str, node: TypeNode) -> tuple[bool, Any]:
    if element not in fields:
        return False, item
    inner = fields[element]
    if not inner or (field_sets.SELF in inner and not isinstance(item, dict | list)):
        return True, None
    kept = remove(item, inner, node)
    emptied = isinstance(kept, dict | list) and not kept and bool(item)
    return (emptied or (field_sets.SELF in inner and not kept)), kept
