"""Field sets in the ``FieldsV1`` format of ``managedFields``, and operations on them.

A set is a tree of dictionaries: ``f:name`` for a struct field or map key, ``k:{...}`` for a list element
by its keys, ``v:...`` for an element of a set; a leaf, or ``.`` beside children, means that the place
itself is in the set. Server-side apply and the recording of writes use these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from canarytui.sandbox.apiserver.types.type_nodes import TypeNode

FieldSet = dict[str, Any]
Path = tuple[str, ...]
SELF = "."


def key_of(item: Any, node: TypeNode) -> str:
    """The path element of an element of an associative list or set."""
    if node.list_type == "set":
        return "v:" + json.dumps(item, separators=(",", ":"))
    keys = {}
    for key in node.map_keys:
        value = item.get(key) if isinstance(item, Mapping) else None
        if value is None:
            value = node.element().default_key(key)
        if value is not None:
            keys[key] = value
    return "k:" + json.dumps(dict(sorted(keys.items())), separators=(",", ":"))


def is_associative(node: TypeNode) -> bool:
    """Whether the list's elements are owned one by one."""
    return node.kind == "list" and node.list_type in ("map", "set")


def descends(value: Any, node: TypeNode) -> bool:
    """Whether ownership of this value lies in its parts."""
    if node.atomic:
        return False
    if isinstance(value, dict):
        return bool(value)
    return isinstance(value, list) and is_associative(node) and bool(value)


def children(value: Any, node: TypeNode) -> Iterator[tuple[str, Any, TypeNode]]:
    """Path element, value and type of each part of a map, struct or associative list."""
    if isinstance(value, dict):
        for key, item in value.items():
            child = node.element() if node.kind == "map" and not _declares(node, key) else node.field(key)
            yield f"f:{key}", item, child or node.element()
    elif isinstance(value, list):
        for item in value:
            yield key_of(item, node), item, node.element()


def _declares(node: TypeNode, key: str) -> bool:
    declares = getattr(node, "declares", None)
    return bool(declares and declares(key))


def of_value(value: Any, node: TypeNode) -> FieldSet:
    """All fields that an applied configuration names."""
    result: FieldSet = {}
    for element, item, child in children(value, node):
        inner = of_value(item, child) if descends(item, child) else {}
        if (inner and element[0] in "kv") or (inner and node.kind == "map" and not _declares(node, element[2:])):
            inner = {SELF: {}, **inner}
        result[element] = inner
    return result


def changed(old: Any, new: Any, node: TypeNode, *, mark_new_maps: bool) -> tuple[FieldSet, FieldSet]:
    """Fields of ``new`` that are added or modified against ``old``, and fields of ``old`` that are gone.

    ``mark_new_maps`` also counts a map itself as added when it did not exist, as for custom resources.
    """
    touched: FieldSet = {}
    gone: FieldSet = {}
    before = {element: (item, child) for element, item, child in children(old, node)}
    for element, item, child in children(new, node):
        had = before.pop(element, None)
        if had is not None and had[0] == item:
            continue
        if had is None or not (descends(item, child) and descends(had[0], child)):
            touched[element] = _whole(item, child, element, mark_new_maps)
            if had is not None and descends(had[0], child):
                gone[element] = of_value(had[0], child)
            continue
        inner_touched, inner_gone = changed(had[0], item, child, mark_new_maps=mark_new_maps)
        if inner_touched:
            touched[element] = inner_touched
        if inner_gone:
            gone[element] = inner_gone
    for element, (item, child) in before.items():
        inner = of_value(item, child) if descends(item, child) else {}
        gone[element] = {SELF: {}, **inner} if inner else {}
    return touched, gone


def _whole(value: Any, node: TypeNode, element: str, mark_new_maps: bool) -> FieldSet:
    if not descends(value, node):
        return {}
    inner = {
        child_element: _whole(item, child, child_element, mark_new_maps)
        for child_element, item, child in children(value, node)
    }
    marks = element[0] in "kv" or node.kind == "map" or (mark_new_maps and isinstance(value, dict))
    return {SELF: {}, **inner} if marks else inner


def union(one: FieldSet, other: FieldSet) -> FieldSet:
    """Fields in either set."""
    result: FieldSet = {}
    for element in {**one, **other}:
        if element == SELF:
            result[SELF] = {}
        elif element in one and element in other:
            merged = union(_as_tree(one[element]), _as_tree(other[element]))
            result[element] = {} if set(merged) == {SELF} else merged
        else:
            result[element] = one.get(element, other.get(element))
    return result


def difference(one: FieldSet, other: FieldSet) -> FieldSet:
    """Fields in ``one`` and not in ``other``."""
    return _combine(one, other, lambda in_one, in_other: in_one and not in_other)


def intersection(one: FieldSet, other: FieldSet) -> FieldSet:
    """Fields in both sets."""
    return _combine(one, other, lambda in_one, in_other: in_one and in_other)


def _combine(one: FieldSet, other: FieldSet, keep: Any) -> FieldSet:
    result: FieldSet = {}
    for element, inner in one.items():
        if element == SELF:
            continue
        has_other = element in other
        own = _as_tree(inner)
        theirs = _as_tree(other[element]) if has_other else {}
        combined = _combine(own, theirs, keep)
        if SELF in own and keep(True, SELF in theirs):
            result[element] = {SELF: {}, **combined} if combined else {}
        elif combined:
            result[element] = combined
    return result


def _as_tree(inner: FieldSet) -> FieldSet:
    """A leaf says that the place itself is in the set."""
    return inner or {SELF: {}}


def paths(fields: FieldSet, prefix: Path = ()) -> Iterator[Path]:
    """Every place in the set, parents before children."""
    for element, inner in fields.items():
        if element == SELF:
            continue
        here = (*prefix, element)
        if not inner or SELF in inner:
            yield here
        yield from paths(inner, here)


def text(path: Path) -> str:
    """A place as conflict messages show it: ``.spec.containers[name="app"].image``."""
    shown = ""
    for element in path:
        kind, content = element[0], element[2:]
        if kind == "f":
            shown += f".{content}"
        elif kind == "k":
            keys = json.loads(content)
            shown += "[" + ",".join(f"{k}={json.dumps(v)}" for k, v in keys.items()) + "]"
        else:
            shown += f"[={content}]"
    return shown
