"""Reading fields out of an API object, with errors that name the object, the field and the remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.sentences import invalid
from canarytui.domain.text.durations import parse_duration
from canarytui.errors import InvalidObject

INT32_MOST, INT64_MOST = 2**31 - 1, 2**63 - 1
"""The limits of Flagger's fields; one greater number stops it from reading any canary."""
_OBJECT = (dict, Mapping)
"""Most objects are dicts, which isinstance recognises faster than a Mapping."""


class ObjectFields(Struct):
    """An object or a part of it, with its owner and path, such as ``Canary test/podinfo`` and ``spec.service``.

    Not frozen: a list of canaries creates tens of thousands, and frozen ones take twice as long.
    """

    owner: str
    path: str
    values: Mapping[str, Any]

    def part(self, name: str) -> ObjectFields:
        """The nested object `name`; empty when absent.

        Raises:
            InvalidObject: it is not an object.
        """
        value = self.values.get(name)
        if value is None:
            value = {}
        if not isinstance(value, _OBJECT):
            raise self.wrong(name, "an object", value)
        return ObjectFields(self.owner, self._at(name), value)

    def parts(self, name: str) -> tuple[ObjectFields, ...]:
        """The objects of the list `name`.

        Raises:
            InvalidObject: it is not a list of objects.
        """
        value = self.values.get(name) or []
        if not isinstance(value, list):
            raise self.wrong(name, "a list", value)
        for index, item in enumerate(value):
            if not isinstance(item, _OBJECT):
                raise self.wrong(f"{name}[{index}]", "an object", item)
        return tuple(ObjectFields(self.owner, f"{self._at(name)}[{i}]", item) for i, item in enumerate(value))

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.wrong(name, "text", value)
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise InvalidObject(invalid.MISSING.text(owner=self.owner, field=self._at(name)))
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.wrong(name, invalid.TRUTH_VALUE.text(), value)
        return value

    def whole(self, name: str, default: int = 0, most: int = INT64_MOST) -> int:
        value = self.values.get(name)
        if value is None:
            return default
        return self.as_whole(name, value, most)

    def as_whole(self, name: str, value: object, most: int = INT64_MOST) -> int:
        """`value` as a whole number between ``-most`` and `most`; raises InvalidObject."""
        if type(value) is int and -most <= value <= most:
            return value
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        if number is None or number != number or not -most <= number <= most or number % 1:
            beyond = number is not None and abs(number) > most
            raise self.wrong(name, invalid.WHOLE_NUMBER_AT_MOST.text(most=most) if beyond else "a whole number", value)
        return int(number)

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, "a number", value)
        return float(value)

    def texts(self, name: str) -> dict[str, str]:
        """A map of text to text; other scalar values are converted to text."""
        part = self.part(name)
        return {str(key): value if isinstance(value, str) else str(value) for key, value in part.values.items()}

    def duration_s(self, name: str, default_s: float) -> float:
        """Seconds; the default if absent or unreadable, as in Flagger."""
        value = self.values.get(name)
        if not isinstance(value, str) or not re.search(r"\d", value):
            return default_s
        try:
            return parse_duration(value)
        except ValueError:
            return default_s

    def wrong(self, name: str, wanted: str, value: object) -> InvalidObject:
        shown = repr(value)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return InvalidObject(invalid.WRONG.text(owner=self.owner, field=self._at(name), wanted=wanted, shown=shown))

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
