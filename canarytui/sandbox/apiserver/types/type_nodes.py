"""The types of objects, as far as merging, apply and field ownership need to know them.

A :class:`TypeNode` says whether one place in an object is a struct, a map, a list or a value, and how list elements
are identified. Built-ins take theirs from the official client's models plus the merge
tables; custom resources from their schemas (:mod:`.schema.nodes`); anything unknown is :data:`ANY`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from kubernetes.client import models

from canarytui.sandbox.apiserver.types import merge_keys
from canarytui.sandbox.apiserver.types.resources import ResourceType


class TypeNode:
    """A place of unknown type: maps are merged key by key, lists are replaced."""

    kind = "any"
    scalar = ""
    list_type = "atomic"
    map_keys: tuple[str, ...] = ()
    atomic = False
    patch_key = ""
    patch_merges = False
    retains_keys = False
    name = ""

    def field(self, name: str) -> TypeNode | None:
        """The type of a struct's field, None when there is no such field."""
        return ANY

    def element(self) -> TypeNode:
        """The type of a map's values or a list's elements."""
        return ANY

    def default_key(self, key: str) -> Any:
        """The value that a list key has when an element leaves it out."""
        return None


ANY = TypeNode()

_CONTAINER = re.compile(r"(?:[Ll]ist)\[(?P<element>.+)\]|[Dd]ict[\[(]str, (?P<value>.+)[\])]")
_SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "datetime": "time",
            "bytes": "bytes"}  # fmt: skip


class BuiltinNode(TypeNode):
    """A place in a built-in object, by the client's type text such as ``V1PodSpec`` or ``List[str]``."""

    def __init__(self, text: str, owner: str = "", field_name: str = "") -> None:
        place = (owner, field_name)
        self.place = place
        self.name = text
        self._element = ""
        match = _CONTAINER.fullmatch(text)
        if match and match["element"]:
            self.kind, self._element = "list", match["element"]
        elif match:
            self.kind, self._element = "map", match["value"]
            self.atomic = place in merge_keys.ATOMIC_MAPS
            if place in merge_keys.QUANTITY_MAPS or (owner == "" and field_name == "quantities"):
                self._element = "quantity"
        elif text in _SCALARS:
            self.kind, self.scalar = "scalar", _SCALARS[text]
            if place in merge_keys.QUANTITIES:
                self.scalar = "quantity"
        elif text == "quantity":
            self.kind, self.scalar = "scalar", "quantity"
        elif text == "object":
            self.kind = "any"
            self.scalar = "" if place in merge_keys.FREE_OBJECTS else "int-or-string"
        else:
            self.kind = "struct"
            self.atomic = text in merge_keys.ATOMIC_STRUCTS
            self._load_fields(text)
        if self.kind == "list":
            rule = merge_keys.LISTS.get(place)
            if rule is not None:
                self.list_type, self.map_keys = rule.list_type, rule.map_keys
                self.patch_key, self.patch_merges = rule.patch_key, rule.patch_merges
        self.retains_keys = place in merge_keys.RETAIN_KEYS

    def _load_fields(self, text: str) -> None:
        model = getattr(models, text)
        self.model: str = text
        self._types: dict[str, str] = {
            # The generator writes `_exec` where `exec` is reserved in Python.
            json_name.lstrip("_"): model.openapi_types[attribute]
            for attribute, json_name in model.attribute_map.items()
        }

    def field(self, name: str) -> TypeNode | None:
        if self.kind != "struct":
            return ANY
        text = self._types.get(name)
        return None if text is None else _node(text, self.name, name)

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names of a struct's fields."""
        return tuple(self._types) if self.kind == "struct" else ()

    def element(self) -> TypeNode:
        if not self._element:
            return ANY
        return _node(self._element, "", "")

    def default_key(self, key: str) -> Any:
        return merge_keys.KEY_DEFAULTS.get(key)


@lru_cache(maxsize=4096)
def _node(text: str, owner: str, field_name: str) -> TypeNode:
    if text in merge_keys.FREE_MODELS:
        return ANY
    return BuiltinNode(text, owner, field_name)


def builtin_type(rt: ResourceType) -> TypeNode:
    """The type of a built-in resource's objects; ANY for kinds that the client has no model for."""
    text = rt.model or f"{rt.version[0].upper()}{rt.version[1:]}{rt.kind}"
    return _node(text, "", "") if hasattr(models, text) else ANY


def metadata_type() -> TypeNode:
    """The type of ``metadata``, the same for all objects."""
    return _node("V1ObjectMeta", "", "")
