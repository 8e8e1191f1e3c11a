"""Field selectors: parsing, matching, and an error for unsupported fields.

All know ``metadata.name`` and ``metadata.namespace``; built-in kinds add what their record names, custom resources
the ``selectableFields`` of their CRD.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.types.resources import ResourceType

_META = ("metadata.name", "metadata.namespace")
_EVENTS_V1 = {
    "regarding": "involvedObject",
    "reportingController": "reportingComponent",
}


class FieldSelector(Struct, frozen=True):
    """Terms (path, equal?, value) over stored objects; all must hold."""

    terms: tuple[tuple[str, bool, str], ...] = ()

    def matches(self, obj: Mapping[str, Any]) -> bool:
        """Whether the object is selected."""
        return all((_value(obj, path) == value) is equal for path, equal, value in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)


def parse_fields(text: str, rt: ResourceType, selectable: Iterable[str] = ()) -> FieldSelector:
    """A selector from a ``fieldSelector`` parameter; raises :class:`StatusError` 400 for unknown fields."""
    supported = {*_META, *rt.selectable_fields, *selectable}
    terms = []
    for part in _split(text):
        for operator in ("!=", "==", "="):
            path, found, value = part.partition(operator)
            if found:
                break
        else:
            raise errors.bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        path = path.strip()
        if rt.group == "events.k8s.io":
            head, dot, tail = path.partition(".")
            path = _EVENTS_V1.get(head, head) + dot + tail
        if path not in supported:
            raise errors.bad_request(_unsupported(rt, path))
        terms.append((path, operator != "!=", _unescape(value)))
    return FieldSelector(tuple(terms))


def _unsupported(rt: ResourceType, path: str) -> str:
    if rt.crd or rt.selectable_fields:
        return f"field label not supported: {path}"
    return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _split(text: str) -> list[str]:
    parts, current, escaped = [], "", False
    for char in text:
        if char == "," and not escaped:
            parts.append(current)
            current = ""
            continue
        escaped = char == "\\" and not escaped
        current += char
    parts.append(current)
    return [part for part in parts if part]


def _unescape(value: str) -> str:
    return value.replace("\\\\", "\0").replace("\\,", ",").replace("\\=", "=").replace("\0", "\\")


def _value(obj: Mapping[str, Any], path: str) -> str:
    if path == "source" and "involvedObject" in obj:
        return str((obj.get("source") or {}).get("component") or obj.get("reportingComponent") or "")
    node: Any = obj
    for part in path.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    if node is None:
        return "false" if path in ("spec.unschedulable", "spec.hostNetwork") else ""
    return str(node).lower() if isinstance(node, bool) else str(node)
