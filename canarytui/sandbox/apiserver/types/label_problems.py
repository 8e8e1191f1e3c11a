"""Validation of labels, annotations and label selectors of objects and pod templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import names

_ANNOTATIONS_MAX = 256 * 1024


def invalid(field: str, value: Any, text: str) -> Cause:
    """A value that breaks a rule."""
    shown = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Cause("FieldValueInvalid", field, f"Invalid value: {shown}: {text}")


def in_labels(values: Mapping[str, Any] | None, field: str) -> list[Cause]:
    """Keys and values of labels; all are reported under `field`, as the API server does."""
    causes: list[Cause] = []
    for key, value in (values or {}).items():
        causes += [invalid(field, key, text) for text in names.qualified_name(key)]
        causes += [invalid(field, value, text) for text in names.label_value(str(value))]
    return causes


def in_annotations(values: Mapping[str, Any] | None, field: str) -> list[Cause]:
    """Keys of annotations, and their total size."""
    causes: list[Cause] = []
    total = 0
    for key, value in (values or {}).items():
        causes += [invalid(field, key, text) for text in names.qualified_name(key.lower())]
        total += len(key.encode()) + len(str(value).encode())
    if total > _ANNOTATIONS_MAX:
        text = f"Too long: may not be more than {_ANNOTATIONS_MAX} bytes"
        causes.append(Cause("FieldValueTooLong", field, text))
    return causes


def in_template(metadata: Mapping[str, Any] | None, field: str) -> list[Cause]:
    """Metadata of the pod template at `field`, whose labels the API server calls ``<field>.labels``."""
    given = metadata or {}
    return [
        *in_labels(given.get("labels"), f"{field}.labels"),
        *in_annotations(given.get("annotations"), f"{field}.annotations"),
        *in_finalizers(given.get("finalizers"), f"{field}.finalizers"),
    ]


def in_finalizers(values: list[str] | None, field: str) -> list[Cause]:
    """Names of finalizers."""
    causes = [invalid(field, value, text) for value in values or () for text in names.qualified_name(value)]
    if {"orphan", "foregroundDeletion"} <= set(values or ()):
        causes.append(invalid(field, values, "finalizer orphan and foregroundDeletion cannot be both set"))
    return causes


def in_selector(given: Mapping[str, Any] | None, field: str) -> list[Cause]:
    """A ``LabelSelector`` object."""
    causes = in_labels((given or {}).get("matchLabels"), f"{field}.matchLabels")
    for index, term in enumerate((given or {}).get("matchExpressions") or ()):
        here = f"{field}.matchExpressions[{index}]"
        operator, values = term.get("operator") or "", term.get("values") or []
        if operator in ("In", "NotIn"):
            if not values:
                text = "Required value: must be specified when `operator` is 'In' or 'NotIn'"
                causes.append(Cause("FieldValueRequired", f"{here}.values", text))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                text = "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                causes.append(Cause("FieldValueForbidden", f"{here}.values", text))
        else:
            causes.append(invalid(f"{here}.operator", operator, "not a valid selector operator"))
        key = str(term.get("key") or "")
        causes += [invalid(f"{here}.key", key, text) for text in names.qualified_name(key)]
        for at, value in enumerate(values):
            causes += [invalid(f"{here}.values[{at}]", value, text) for text in names.label_value(str(value))]
    return causes
