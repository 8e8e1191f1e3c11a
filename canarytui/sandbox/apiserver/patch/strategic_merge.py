"""Strategic merge patches of built-in objects: lists of objects merge by their key, with ``$patch`` directives.

The merge keys are those of :mod:`.merge_keys`, found through the type of the place being patched.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.types.type_nodes import TypeNode

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder/"
_DELETE_FROM = "$deleteFromPrimitiveList/"


def strategic_merge(target: Any, patch: Any, node: TypeNode) -> Any:
    """``target`` changed by ``patch``; neither argument is changed.

    Raises:
        StatusError: 400 for directives that make no sense, or list elements without their merge key.
    """
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    directive = patch.get(_PATCH)
    if directive == "delete":
        return {}
    if directive == "replace":
        return {key: copy.deepcopy(value) for key, value in patch.items() if key != _PATCH}
    if directive not in (None, "merge"):
        raise errors.bad_request(f"unknown patch type found: {directive}")
    result = dict(target) if isinstance(target, dict) else {}
    retained = patch.get(_RETAIN)
    if isinstance(retained, list):
        result = {key: value for key, value in result.items() if key in retained}
    for key, value in patch.items():
        if key in (_PATCH, _RETAIN) or key.startswith((_ORDER, _DELETE_FROM)):
            continue
        _merge_field(result, key, value, _child(node, key))
    _delete_primitives(result, patch)
    _reorder(result, patch, node)
    return result


def _child(node: TypeNode, key: str) -> TypeNode:
    if node.kind == "map":
        return node.element()
    return node.field(key) or node.element()


def _merge_field(result: dict[str, Any], key: str, value: Any, node: TypeNode) -> None:
    if value is None:
        result.pop(key, None)
    elif isinstance(value, list):
        result[key] = _merge_list(result.get(key), value, node, key)
    elif isinstance(value, dict):
        if value.get(_PATCH) == "delete":
            result.pop(key, None)
        else:
            result[key] = strategic_merge(result.get(key), value, node)
    else:
        result[key] = value


def _merge_list(present: Any, patch: list[Any], node: TypeNode, name: str) -> list[Any]:
    old = list(present) if isinstance(present, list) else []
    if not node.patch_merges:
        return copy.deepcopy([item for item in patch if not _is_directive(item)])
    if not node.patch_key:
        return old + [copy.deepcopy(item) for item in patch if item not in old]
    if any(isinstance(item, dict) and item.get(_PATCH) == "replace" for item in patch):
        return copy.deepcopy([item for item in patch if not _is_directive(item)])
    for item in patch:
        old = _merge_element(old, item, node, name)
    return old


def _is_directive(item: Any) -> bool:
    return isinstance(item, dict) and _PATCH in item


def _merge_element(items: list[Any], patch: Any, node: TypeNode, name: str) -> list[Any]:
    key = node.patch_key
    if not isinstance(patch, dict) or patch.get(key) is None:
        raise errors.bad_request(f"map: {patch} does not contain declared merge key: {key} (in {name})")
    position = next((at for at, item in enumerate(items) if item.get(key) == patch[key]), None)
    if patch.get(_PATCH) == "delete":
        return [item for item in items if item.get(key) != patch[key]]
    merged = strategic_merge(None if position is None else items[position], patch, node.element())
    if position is None:
        return [*items, merged]
    return [*items[:position], merged, *items[position + 1 :]]


def _delete_primitives(result: dict[str, Any], patch: dict[str, Any]) -> None:
    for directive, values in patch.items():
        field = directive.removeprefix(_DELETE_FROM)
        if field != directive and isinstance(result.get(field), list) and isinstance(values, list):
            result[field] = [value for value in result[field] if value not in values]


def _reorder(result: dict[str, Any], patch: dict[str, Any], node: TypeNode) -> None:
    """Put merged lists into the order that the client saw; elements it did not name go last."""
    for directive, wanted in patch.items():
        field = directive.removeprefix(_ORDER)
        if field == directive or not isinstance(result.get(field), list) or not isinstance(wanted, list):
            continue
        key = _child(node, field).patch_key
        ranks = {_identity(item, key): rank for rank, item in enumerate(wanted)}
        last = len(ranks)
        result[field] = sorted(result[field], key=lambda item: ranks.get(_identity(item, key), last))


def _identity(item: Any, key: str) -> Any:
    return item.get(key) if isinstance(item, dict) else item
