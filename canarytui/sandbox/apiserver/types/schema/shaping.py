"""Pruning and defaulting by a structural schema.

Pruning drops what the schema does not name (unless ``x-kubernetes-preserve-unknown-fields``) and reports
it, so that strict field validation can refuse it. Defaulting fills in copies of the defaults of absent fields.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_EMBEDDED = ("apiVersion", "kind", "metadata")


def prune(value: Any, schema: Schema, path: str, unknown: list[str], *, root: bool = False) -> None:
    """Drop unknown fields in place; their paths are appended to ``unknown``."""
    if isinstance(value, list):
        items = schema.get("items")
        if isinstance(items, Mapping):
            for at, item in enumerate(value):
                prune(item, items, f"{path}[{at}]", unknown)
        return
    if not isinstance(value, dict):
        return
    properties = schema.get("properties") or {}
    additional = schema.get("additionalProperties")
    keeps_all = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or additional is True
    embedded = root or bool(schema.get("x-kubernetes-embedded-resource"))
    for key in list(value):
        here = f"{path}.{key}" if path else key
        if embedded and key in _EMBEDDED:
            continue
        if key in properties:
            prune(value[key], properties[key], here, unknown)
        elif isinstance(additional, Mapping):
            prune(value[key], additional, here, unknown)
        elif not keeps_all:
            del value[key]
            unknown.append(here)


def default(value: Any, schema: Schema) -> None:
    """Fill in defaults in place. A null for a field that has a default and may not be null is replaced."""
    if isinstance(value, list):
        items = schema.get("items")
        if isinstance(items, Mapping):
            for item in value:
                default(item, items)
        return
    if not isinstance(value, dict):
        return
    properties: Mapping[str, Schema] = schema.get("properties") or {}
    for key, inner in properties.items():
        if "default" in inner:
            missing = key not in value or (value[key] is None and not inner.get("nullable"))
            if missing:
                value[key] = copy.deepcopy(inner["default"])
        if key in value:
            default(value[key], inner)
    additional = schema.get("additionalProperties")
    if isinstance(additional, Mapping):
        for key in value:
            if key not in properties:
                default(value[key], additional)


def has_defaults(schema: Schema) -> bool:
    """Whether any default is set anywhere in the schema, so that defaulting is needed."""
    if "default" in schema:
        return True
    inner = [
        *(schema.get("properties") or {}).values(),
        schema.get("items"),
        schema.get("additionalProperties"),
    ]
    return any(isinstance(s, Mapping) and has_defaults(s) for s in inner)
