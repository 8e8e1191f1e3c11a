"""Custom resources: the rules of one version of one CRD."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import decoding
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.types.schema import shaping
from canarytui.sandbox.apiserver.types.schema.nodes import CustomObjectNode
from canarytui.sandbox.apiserver.types.schema.validation import validate_object
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.apiserver.types.type_nodes import TypeNode
from canarytui.sandbox.values import KubernetesObject

_META_KEYS = ("apiVersion", "kind", "metadata")


def version_of(crd: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The entry of ``spec.versions`` with this name; raises :class:`StatusError` 404."""
    for version in crd["spec"]["versions"]:
        if version["name"] == name:
            found: dict[str, Any] = version
            return found
    raise errors.unknown_path()


def stored_version(crd: Mapping[str, Any]) -> str:
    """Name of the version in which objects are stored."""
    return str(next(version["name"] for version in crd["spec"]["versions"] if version.get("storage")))


class CustomStrategy(KindStrategy):
    """Validation, defaults and pruning by the structural schema of one version."""

    has_generation = True
    allows_unconditional_update = False
    status_takes = ("managedFields", "resourceVersion")

    def __init__(self, rt: ResourceType, crd: Mapping[str, Any], version: Mapping[str, Any]) -> None:
        super().__init__(rt)
        self.version = version
        self.schema: dict[str, Any] = (version.get("schema") or {}).get("openAPIV3Schema") or {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
        }
        self._preserves = bool(crd["spec"].get("preserveUnknownFields"))
        self.selectable_fields = tuple(
            field["jsonPath"].removeprefix(".") for field in version.get("selectableFields") or ()
        )

    @cached_property
    def _node(self) -> TypeNode:
        return CustomObjectNode(self.schema)

    @property
    def type_node(self) -> TypeNode:
        return self._node

    def decode(self, obj: KubernetesObject, field_validation: str) -> KubernetesObject:
        if not isinstance(obj, dict):
            raise errors.bad_request("the object provided is unrecognized (must be of type Object)")
        unknown: list[str] = []
        if obj.get("metadata") is not None:
            obj["metadata"] = decoding.decode_metadata(self.rt, obj["metadata"], unknown)
        else:
            obj["metadata"] = {}
        if not self._preserves:
            shaping.prune(obj, self.schema, "", unknown, root=True)
        decoding.report_unknown(self.rt, unknown, field_validation)
        return obj

    def default(self, obj: KubernetesObject) -> None:
        if self._has_defaults:
            shaping.default(obj, self.schema)

    @cached_property
    def _has_defaults(self) -> bool:
        return shaping.has_defaults(self.schema)

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        return validate_object(obj, self.schema)

    def validate_status(self, obj: KubernetesObject) -> list[Cause]:
        return validate_object(obj, self.schema)

    def spec_changed(self, obj: KubernetesObject, old: KubernetesObject) -> bool:
        ignored = {*_META_KEYS, "status"} if self.has_status else set(_META_KEYS)
        new_rest = {k: v for k, v in obj.items() if k not in ignored}
        return new_rest != {k: v for k, v in old.items() if k not in ignored}
