"""Kubernetes' validation messages for single fields."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause


def required(field: str, why: str = "") -> Cause:
    """A missing required field."""
    return Cause("FieldValueRequired", field, f"Required value: {why}" if why else "Required value")


def wrong(field: str, value: Any, why: str) -> Cause:
    """A value that breaks a rule."""
    shown = json.dumps(value, separators=(",", ":"))
    return Cause("FieldValueInvalid", field, f"Invalid value: {shown}: {why}")


def unsupported(field: str, value: str, supported: Sequence[str]) -> Cause:
    """A value outside the allowed ones."""
    names = ", ".join(f'"{each}"' for each in supported)
    text = f'Unsupported value: "{value}": supported values: {names}'
    return Cause("FieldValueNotSupported", field, text)


def forbidden(field: str, why: str) -> Cause:
    """A field that must not be set, or not to this value."""
    return Cause("FieldValueForbidden", field, f"Forbidden: {why}")


def duplicate(field: str, value: Any) -> Cause:
    """A value that another element already has."""
    return Cause("FieldValueDuplicate", field, f"Duplicate value: {json.dumps(value)}")


def too_small(field: str, value: int, least: int) -> list[Cause]:
    """A problem if `value` is below `least`."""
    if value >= least:
        return []
    return [wrong(field, value, f"must be greater than or equal to {least}")]


def immutable(field: str, value: Any) -> Cause:
    """A change to an immutable field."""
    return wrong(field, value, "field is immutable")
