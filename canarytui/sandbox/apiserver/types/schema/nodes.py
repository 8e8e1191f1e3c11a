"""A custom resource's schema as :class:`TypeNode`, for apply and field ownership."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.sandbox.apiserver.types.type_nodes import ANY, TypeNode, metadata_type

Schema = Mapping[str, Any]


class SchemaNode(TypeNode):
    """One place of a structural schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        kind = schema.get("type", "")
        if kind == "array":
            self.kind = "list"
            self.list_type = schema.get("x-kubernetes-list-type", "atomic")
            self.map_keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
        elif kind == "object":
            self.kind = "map"
            self.atomic = schema.get("x-kubernetes-map-type") == "atomic"
        elif kind:
            self.kind, self.scalar = "scalar", kind

    def field(self, name: str) -> TypeNode | None:
        properties = self._schema.get("properties") or {}
        if name in properties:
            return SchemaNode(properties[name])
        return self.element()

    def declares(self, name: str) -> bool:
        """Whether the schema names this field, rather than allowing any."""
        return name in (self._schema.get("properties") or {})

    def element(self) -> TypeNode:
        inner = self._schema.get("items" if self.kind == "list" else "additionalProperties")
        return SchemaNode(inner) if isinstance(inner, Mapping) else ANY

    def default_key(self, key: str) -> Any:
        items = self._schema.get("items") or {}
        return ((items.get("properties") or {}).get(key) or {}).get("default")


class CustomObjectNode(SchemaNode):
    """A whole custom resource: the schema, with the metadata that all objects share."""

    def field(self, name: str) -> TypeNode | None:
        return metadata_type() if name == "metadata" else super().field(name)
