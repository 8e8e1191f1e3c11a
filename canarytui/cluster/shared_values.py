"""Equal parts of many objects, kept once: a thousand Deployments differ in their names, images and moments, and in
little else. Readers must not change the objects."""

from __future__ import annotations

from typing import Any

_TEXT_MOST = 256
"""Characters; longer texts are hardly ever equal."""


class SharedValues:
    """What the objects of one list have in common. Parts are told apart by type too: ``1`` is neither ``1.0`` nor
    ``true``."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._parts: dict[tuple[Any, ...], Any] = {}

    def within(self, obj: dict[str, Any]) -> None:
        """Replace what is in `obj`, below its own fields, by what is equal and known already."""
        for field, value in obj.items():
            kind = type(value)
            if kind is dict:
                self._inside(value)
            elif kind is str:
                obj[field] = self._texts.setdefault(value, value)

    def _inside(self, part: dict[str, Any]) -> list[Any]:
        """Share what is in `part`; what tells it apart from others. A value is known by where it is: equal ones are the
        same object by now, and those that are known stay alive."""
        marks: list[Any] = []
        for name, value in part.items():
            kind = type(value)
            if kind is str:
                if len(value) <= _TEXT_MOST:
                    value = part[name] = self._texts.setdefault(value, value)
                marks += (name, id(value))
            elif kind is dict or kind is list:
                value = part[name] = self._shared(value)
                marks += (name, id(value))
            else:
                marks += (name, kind, value)
        return marks

    def _shared(self, value: Any) -> Any:
        if type(value) is dict:
            return self._parts.setdefault(("{}", *self._inside(value)), value)
        marks: list[Any] = ["[]"]
        for place, inner in enumerate(value):
            kind = type(inner)
            if kind is dict or kind is list:
                inner = value[place] = self._shared(inner)
                marks.append(id(inner))
            elif kind is str:
                inner = value[place] = self._texts.setdefault(inner, inner)
                marks.append(id(inner))
            else:
                marks += (kind, inner)
        return self._parts.setdefault(tuple(marks), value)
