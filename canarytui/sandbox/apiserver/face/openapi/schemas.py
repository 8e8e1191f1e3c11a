"""Component schemas: built-ins from the official client's models and their descriptions, others from CRDs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kubernetes.client import models

from canarytui.sandbox.apiserver.resources import ResourceType
from canarytui.sandbox.apiserver.typenodes import BuiltinNode, TypeNode, metadata_type

Object = dict[str, Any]
_PREFIX = "#/components/schemas/"
_MODEL = re.compile(r"(?:Core|Events|Rbac)?(V\d+(?:(?:alpha|beta)\d+)?)(.+)")
_SCALARS: dict[str, Object] = {
    "string": {"type": "string"},
    "bytes": {"type": "string", "format": "byte"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "format": "int32"},
    "number": {"type": "number", "format": "double"},
    "time": {"type": "string", "format": "date-time"},
    "quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "int-or-string": {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
}
_TYPE_META = {
    "apiVersion": "APIVersion defines the versioned schema of this representation of an object.",
    "kind": "Kind is a string value representing the REST resource this object represents.",
}


class Schemas:
    """Component schemas by name, each made once, with those it refers to."""

    def __init__(self) -> None:
        self.found: Object = {}

    def add(self, name: str, schema: Object) -> None:
        """Put a schema under a name."""
        self.found[name] = schema

    def resolve(self, schema: Object) -> Object:
        """The schema behind a reference, or itself."""
        reference = schema.get("$ref")
        resolved: Object = self.found[reference.removeprefix(_PREFIX)] if reference else schema
        return resolved

    def of(self, node: TypeNode) -> Object:
        """The schema of a place; structs become references."""
        if node.kind == "struct" and isinstance(node, BuiltinNode):
            name = component_name(node.name)
            if name not in self.found:
                self.found[name] = {}
                self.found[name] = self._struct(node)
            return {"$ref": _PREFIX + name}
        if node.kind == "list":
            return {"type": "array", "items": self._item(node.element())}
        if node.kind == "map":
            return {"type": "object", "additionalProperties": self._item(node.element())}
        if node.scalar:
            return dict(_SCALARS[node.scalar])
        return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}

    def _item(self, node: TypeNode) -> Object:
        schema = self.of(node)
        return {"allOf": [schema], "default": {}} if "$ref" in schema else schema

    def _struct(self, node: BuiltinNode) -> Object:
        model = getattr(models, node.name)
        fields = _fields_by_json_name(model)
        properties: Object = {}
        required: list[str] = []
        for name in node.field_names:
            child = node.field(name)
            assert child is not None
            schema = self.of(child)
            if "$ref" in schema:
                schema = {"allOf": [schema], "default": {}}
            field = fields.get(name) or fields.get(_snake(name))
            text = " ".join((getattr(field, "description", None) or "").split())
            properties[name] = {"description": text, **schema, **_merging(child)}
            if field is not None and field.is_required():
                required.append(name)
        text = " ".join((model.__doc__ or "").partition("Attributes:")[0].split())
        schema = {"description": text, "type": "object", "properties": properties}
        if required:
            schema["required"] = required
        return schema


def component_name(model: str) -> str:
    """``V1PodSpec`` as ``io.k8s.api.v1.PodSpec``."""
    match = _MODEL.fullmatch(model)
    return f"io.k8s.api.{match[1].lower()}.{match[2]}" if match else f"io.k8s.{model}"


def _fields_by_json_name(model: Any) -> dict[str, Any]:
    """The client's model fields; names that Python keeps for itself have an alias."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?<![A-Z])(?=[A-Z])", "_", name).lower()


def _merging(node: TypeNode) -> Object:
    extensions: Object = {}
    if node.kind == "list" and node.patch_merges:
        extensions["x-kubernetes-patch-strategy"] = "merge"
        if node.patch_key:
            extensions["x-kubernetes-patch-merge-key"] = node.patch_key
    if node.kind == "list" and node.list_type != "atomic":
        extensions["x-kubernetes-list-type"] = node.list_type
        if node.map_keys:
            extensions["x-kubernetes-list-map-keys"] = list(node.map_keys)
    if node.retains_keys:
        extensions["x-kubernetes-patch-strategy"] = "retainKeys"
    if node.kind == "map" and node.atomic:
        extensions["x-kubernetes-map-type"] = "atomic"
    return extensions


def custom_schema(rt: ResourceType, crd: Mapping[str, Any], schemas: Schemas) -> Object:
    """The schema of one version of a CRD, with the standard fields beside its own."""
    version = next(each for each in crd["spec"]["versions"] if each["name"] == rt.version)
    own: Object = dict((version.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"})
    standard: Object = {
        name: {"type": "string", "description": description} for name, description in _TYPE_META.items()
    }
    standard["metadata"] = {"allOf": [schemas.of(metadata_type())], "description": "Standard object's metadata."}
    own["properties"] = {**(own.get("properties") or {}), **standard}
    own["x-kubernetes-group-version-kind"] = [{"group": rt.group, "kind": rt.kind, "version": rt.version}]
    return own
