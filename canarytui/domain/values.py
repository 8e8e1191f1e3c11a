"""Values out of JSON that anybody may have written: what has the wrong type is read as empty, zero or absent.

For places that show or compare what is there. Where a wrong type must be reported, read through
:class:`canarytui.domain.spec.fields.ObjectFields`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NamespacedName = tuple[str, str]
"""The namespace ("" for an object of the whole cluster) and the name of an object."""

KubernetesObject = Mapping[str, Any]
"""An API object, or a part of one, as JSON has it. It is read, never changed."""

_OBJECT = (dict, Mapping)
"""Most are dicts, which are recognised faster than a Mapping."""

_COUNT_LIMIT = 1e9
_TIME_LENGTH_LIMIT = 40


def as_mapping(value: object) -> Mapping[str, Any]:
    """`value` when it is an object, otherwise an empty one."""
    return value if isinstance(value, _OBJECT) else {}


def as_mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects in the list `value`; empty when it is no list."""
    return [each for each in value if isinstance(each, _OBJECT)] if isinstance(value, list) else []


def as_text(value: object) -> str:
    """`value` when it is text, otherwise ``""``."""
    return value if isinstance(value, str) else ""


def as_texts(value: object) -> list[str]:
    """The texts in the list `value`; empty when it is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def as_integer(value: object) -> int:
    """`value` as a whole number; 0 when it is no number or beyond a billion either way."""
    return int(value) if isinstance(value, int | float) and abs(value) < _COUNT_LIMIT else 0


def as_count(value: object) -> int:
    """`value` as a whole number that is not negative; 0 when it is no number or beyond a billion."""
    return max(as_integer(value), 0)


def parse_time(value: object) -> datetime | None:
    """The RFC 3339 time `value`, UTC where it names no offset; None for anything else."""
    if not isinstance(value, str) or len(value) > _TIME_LENGTH_LIMIT:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
