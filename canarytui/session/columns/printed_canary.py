"""A canary as ``canarytui get`` prints it: the object of the API, and what is known beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.text.plain import clean


class PrintedCanary(Struct, frozen=True):
    """One canary: the object as the API gave it, and what is known of it; `situation` is None when the object cannot
    be parsed."""

    obj: Mapping[str, Any]
    situation: Situation | None

    @property
    def namespace(self) -> str:
        return clean(self.part("metadata", "namespace"), 253)

    @property
    def name(self) -> str:
        return clean(self.part("metadata", "name"), 253)

    def part(self, *path: str) -> object:
        """A field of the object, None where there is none."""
        value: object = self.obj
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def number(self, *path: str) -> float:
        """A field of the object as a number, 0 where it is none."""
        value = self.part(*path)
        return float(value) if isinstance(value, int | float) else 0.0
