"""What a printer is made of: columns, and a function from an object to the cells after its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Object = Mapping[str, Any]
NONE = "<none>"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; priority 1 is shown by ``-o wide`` only."""

    name: str
    type: str = "string"
    priority: int = 0
    format: str = ""
    description: str = ""

    def definition(self) -> dict[str, Any]:
        """As in ``columnDefinitions``."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description or self.name,
            "priority": self.priority,
        }


def plain_name(obj: Object) -> str:
    """What the Name column shows of most kinds."""
    return str(obj["metadata"].get("name", ""))


@dataclass(frozen=True, slots=True)
class Printer:
    """A kind's columns. When the first is Name, `name` gives its cell and `cells` those after it."""

    columns: tuple[Column, ...]
    cells: Callable[[Object, datetime], list[Any]]
    name: Callable[[Object], str] = plain_name


def columns(names: str, wide: str = "", *, named: bool = True) -> tuple[Column, ...]:
    """Columns from names separated by ``|``; a ``#`` before a name makes it an integer."""
    head = (Column("Name", format="name"),) if named else ()
    return (*head, *_columns(names, 0), *_columns(wide, 1))


def _columns(names: str, priority: int) -> tuple[Column, ...]:
    return tuple(
        Column(name.lstrip("#"), "integer" if name.startswith("#") else "string", priority)
        for name in names.split("|")
        if name
    )


def at(obj: Any, *path: str) -> Any:
    """The value at a path of keys, None where it ends."""
    for key in path:
        if not isinstance(obj, Mapping):
            return None
        obj = obj.get(key)
    return obj


def selector_text(selector: Any) -> str:
    """A label selector as one string."""
    if not selector:
        return NONE
    labels = selector.get("matchLabels", {} if "matchExpressions" in selector else selector)
    parts = [f"{key}={value}" for key, value in sorted(labels.items())]
    for rule in selector.get("matchExpressions") or ():
        values = ",".join(rule.get("values") or ())
        operator = rule.get("operator")
        texts = {"Exists": rule["key"], "DoesNotExist": f"!{rule['key']}", "In": f"{rule['key']} in ({values})"}
        parts.append(texts.get(operator, f"{rule['key']} notin ({values})"))
    return ",".join(parts)


def containers_and_images(template: Any) -> list[str]:
    """Names and images of a template's containers, comma-separated."""
    found = at(template, "spec", "containers") or []
    return [",".join(c.get("name", "") for c in found), ",".join(c.get("image", "") for c in found)]
