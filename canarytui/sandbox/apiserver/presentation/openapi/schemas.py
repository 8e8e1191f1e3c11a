"""Component schemas: built-ins from the official client's models and their descriptions, others from CRDs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kubernetes.client import models

from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.types.type_nodes import BuiltinNode, TypeNode, builtin_type, metadata_type
from canarytui.sandbox.values import KubernetesObject

_PREFIX = "#/components/schemas/"
_GVK = "x-kubernetes-group-version-kind"
_MODEL = re.compile(r"(?:Core|Events|Rbac)?(V\d+(?:(?:alpha|beta)\d+)?)(.+)")
_SCALARS: dict[str, KubernetesObject] = {
    "string": {"type": "string"},
    "bytes": {"type": "string", "format": "byte"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "format": "int32"},
    "number": {"type": "number", "format": "double"},
    "time": {"type": "string", "format": "date-time"},
}
_NAMED_SCALARS: dict[str, tuple[str, KubernetesObject]] = {
    "quantity": (
        "io.k8s.apimachinery.pkg.api.resource.Quantity",
        {
            "description": "Quantity is a number with or without a suffix, such as 500m, 1.5, 64Mi or 2G.",
            "oneOf": [{"type": "string"}, {"type": "number"}],
        },
    ),
    "int-or-string": (
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
        {
            "description": "IntOrString is an integer or a string, such as 8080, http or 25%.",
            "format": "int-or-string",
            "oneOf": [{"type": "integer"}, {"type": "string"}],
        },
    ),
}
_TYPE_META = {
    "apiVersion": "APIVersion defines the versioned schema of this representation of an object.",
    "kind": "Kind is a string value representing the REST resource this object represents.",
}


class Schemas:
    """Component schemas by name, with all that they refer to."""

    def __init__(self) -> None:
        self.found: KubernetesObject = {}

    def add_builtin(self, rt: ResourceType) -> str:
        """Add a built-in kind and all that it refers to; returns the component name."""
        schema = self.of(builtin_type(rt))
        name = schema.get("$ref", _PREFIX + _kind_name(rt)).removeprefix(_PREFIX)
        self.found[name] = {**self.found.get(name, schema), _GVK: [_gvk(rt)]}
        return str(name)

    def add_custom(self, rt: ResourceType, crd: Mapping[str, Any]) -> str:
        """Add one version of a CRD with the standard fields; returns the component name."""
        version = next(each for each in crd["spec"]["versions"] if each["name"] == rt.version)
        own: KubernetesObject = dict((version.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"})
        standard: KubernetesObject = {
            name: {"type": "string", "description": text} for name, text in _TYPE_META.items()
        }
        standard["metadata"] = self._described(self.of(metadata_type()), "")
        own["properties"] = {**(own.get("properties") or {}), **standard}
        own[_GVK] = [_gvk(rt)]
        name = _kind_name(rt)
        self.found[name] = own
        return name

    def of(self, node: TypeNode) -> KubernetesObject:
        """The schema of a place; structs become references."""
        if node.kind == "struct" and isinstance(node, BuiltinNode):
            name = component_name(node.name)
            if name not in self.found:
                self.found[name] = {}
                self.found[name] = self._struct(node)
            return {"$ref": _PREFIX + name}
        if node.kind == "list":
            return {"type": "array", "items": self.of(node.element())}
        if node.kind == "map":
            return {"type": "object", "additionalProperties": self.of(node.element())}
        if node.scalar in _NAMED_SCALARS:
            name, schema = _NAMED_SCALARS[node.scalar]
            self.found[name] = schema
            return {"$ref": _PREFIX + name}
        if node.scalar:
            return dict(_SCALARS[node.scalar])
        return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}

    def _struct(self, node: BuiltinNode) -> KubernetesObject:
        model = getattr(models, node.name)
        fields = _fields_by_json_name(model)
        properties: KubernetesObject = {}
        required: list[str] = []
        for name in node.field_names:
            child = node.field(name)
            assert child is not None
            field = fields.get(name) or fields.get(_snake(name))
            text = " ".join((getattr(field, "description", None) or "").split())
            properties[name] = {**self._described(self.of(child), text), **_merging(child)}
            if field is not None and field.is_required():
                required.append(name)
        text = " ".join((model.__doc__ or "").partition("Attributes:")[0].split())
        schema = {"description": text, "type": "object", "properties": properties}
        if required:
            schema["required"] = required
        return schema

    def _described(self, schema: KubernetesObject, text: str) -> KubernetesObject:
        """A field's schema with its text.

        The client's models have no text for most fields that hold a struct. These get the struct's own beside the
        reference, where kubectl shows it in the list of fields, but not a second time when asked for the field.
        """
        reference = schema.get("$ref")
        if reference is None:
            return {"description": text, **schema} if text else schema
        if text:
            return {"description": text, "allOf": [schema]}
        own = self.found[reference.removeprefix(_PREFIX)].get("description", "")
        return {"description": own, **schema} if own else schema


def component_name(model: str) -> str:
    """``V1PodSpec`` as ``io.k8s.api.v1.PodSpec``."""
    match = _MODEL.fullmatch(model)
    return f"io.k8s.api.{match[1].lower()}.{match[2]}" if match else f"io.k8s.{model}"


def _fields_by_json_name(model: Any) -> dict[str, Any]:
    """The client's model fields; names that Python keeps for itself have an alias."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?<![A-Z])(?=[A-Z])", "_", name).lower()


def _merging(node: TypeNode) -> KubernetesObject:
    extensions: KubernetesObject = {}
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


def _gvk(rt: ResourceType) -> KubernetesObject:
    return {"group": rt.group, "kind": rt.kind, "version": rt.version}


def _kind_name(rt: ResourceType) -> str:
    return ".".join([*reversed(rt.group.split(".")), rt.version, rt.kind]).lstrip(".")
