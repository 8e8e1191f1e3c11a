"""Decodes a client's object into its type, as Go's JSON decoder does in the real API server.

Drops nulls and unknown fields; refuses values of a wrong type with the decoder's message; unknown fields
are an error (Strict) or a warning (Warn), as ``fieldValidation`` asks.
"""

from __future__ import annotations

import re
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.types import quantities
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.types.type_nodes import TypeNode, metadata_type
from canarytui.sandbox.apiserver.warnings import warn
from canarytui.sandbox.values import KubernetesObject

_INDEX = re.compile(r"\[[0-9]+\]")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class _TypeMismatch(Exception):
    pass


def decode(rt: ResourceType, obj: KubernetesObject, node: TypeNode, field_validation: str) -> KubernetesObject:
    """The typed object; raises :class:`StatusError` 400. Consumes ``obj``."""
    unknown: list[str] = []
    if not isinstance(obj, dict):
        raise errors.bad_request(f"couldn't get version/kind; json parse error: {type(obj).__name__}")
    try:
        decoded: KubernetesObject = _struct(obj, node, "", rt.kind, unknown)
    except _TypeMismatch as mismatch:
        raise errors.bad_request(_cannot_handle(rt, str(mismatch))) from mismatch
    report_unknown(rt, unknown, field_validation)
    return decoded


def decode_metadata(rt: ResourceType, meta: Any, unknown: list[str]) -> KubernetesObject:
    """``metadata`` of a custom resource; raises :class:`StatusError` 400 when a field has a wrong type."""
    try:
        decoded: KubernetesObject = _struct(meta, metadata_type(), "metadata", "ObjectMeta", unknown)
        return decoded
    except _TypeMismatch as mismatch:
        raise errors.bad_request(_cannot_handle(rt, str(mismatch))) from mismatch


def report_unknown(rt: ResourceType, paths: list[str], field_validation: str) -> None:
    """Refuse, warn about, or ignore unknown fields."""
    texts = [f'unknown field "{path}"' for path in sorted(paths)]
    if not texts:
        return
    if field_validation == "Strict":
        raise errors.bad_request(_cannot_handle(rt, "strict decoding error: " + ", ".join(texts)))
    if field_validation == "Warn":
        for text in texts:
            warn(text)


def _cannot_handle(rt: ResourceType, why: str) -> str:
    return f'{rt.kind} in version "{rt.version}" cannot be handled as a {rt.kind}: {why}'


def _struct(value: Any, node: TypeNode, path: str, go_name: str, unknown: list[str]) -> Any:
    if not isinstance(value, dict):
        raise _mismatch(value, path, go_name, go_name)
    result: KubernetesObject = {}
    for key, item in value.items():
        here = f"{path}.{key}" if path else key
        child = node.field(key)
        if child is None:
            unknown.append(here)
        elif item is not None:
            result[key] = _value(item, child, here, go_name, unknown)
    return result


def _value(value: Any, node: TypeNode, path: str, owner: str, unknown: list[str]) -> Any:
    if node.kind == "struct":
        return _struct(value, node, path, _go_name(node.name), unknown)
    if node.kind == "list":
        if not isinstance(value, list):
            raise _mismatch(value, path, owner, f"[]{_go_type(node.element())}")
        element = node.element()
        return [_value(item, element, f"{path}[{at}]", owner, unknown) for at, item in enumerate(value)]
    if node.kind == "map":
        if not isinstance(value, dict):
            raise _mismatch(value, path, owner, f"map[string]{_go_type(node.element())}")
        element = node.element()
        return {k: _value(v, element, f"{path}.{k}", owner, unknown) for k, v in value.items() if v is not None}
    if node.kind == "scalar" or node.scalar:
        return _scalar(value, node, path, owner)
    return value


def _scalar(value: Any, node: TypeNode, path: str, owner: str) -> Any:
    kind = node.scalar
    if kind == "quantity":
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _mismatch(value, path, owner, "resource.Quantity")
        try:
            return quantities.canonical(str(value))
        except ValueError as error:
            raise _TypeMismatch(str(error)) from error
    if kind == "int-or-string":
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise _mismatch(value, path, owner, "intstr.IntOrString")
        return value
    if kind == "integer":
        if isinstance(value, float) and value.is_integer():
            return int(value)
        good = isinstance(value, int) and not isinstance(value, bool)
    elif kind == "number":
        good = isinstance(value, int | float) and not isinstance(value, bool)
    elif kind == "boolean":
        good = isinstance(value, bool)
    else:
        good = isinstance(value, str)
        if good and kind == "time" and not _TIME.fullmatch(value):
            raise _TypeMismatch(
                f'parsing time "{value}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value}" as "2006"'
            )
    if not good:
        raise _mismatch(value, path, owner, _go_type(node))
    return value


def _mismatch(value: Any, path: str, owner: str, wanted: str) -> _TypeMismatch:
    place = f"{owner}.{_INDEX.sub('', path)}" if path else owner
    return _TypeMismatch(f"json: cannot unmarshal {_json_kind(value)} into Go struct field {place} of type {wanted}")


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int):
        return "number"
    if isinstance(value, float):
        return f"number {value}"
    return "array" if isinstance(value, list) else "object"


def _go_name(model: str) -> str:
    return re.sub(r"^(Core|Events|Rbac)?V\d+((alpha|beta)\d+)?", "", model)


def _go_type(node: TypeNode) -> str:
    names = {"integer": "int32", "number": "float64", "boolean": "bool", "quantity": "resource.Quantity",
             "time": "string", "bytes": "[]uint8", "string": "string"}  # fmt: skip
    if node.kind == "struct":
        return f"v1.{_go_name(node.name)}"
    return names.get(node.scalar, "string")
