"""What there are lists of choices for."""

from __future__ import annotations

from enum import StrEnum


class PickerKind(StrEnum):
    CONTEXTS = "contexts"
    NAMESPACES = "namespaces"
    FILTERS = "filters"
    ALIASES = "aliases"
