"""What ``kubectl get`` shows of a kind: columns, and a function from an object to the cells after its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types.ages import UNKNOWN, age

PrintedObject = Mapping[str, Any]
NONE = "<none>"


class TableColumn(Struct, frozen=True):
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


NAME = TableColumn("Name", format="name")


class Printer(Struct, frozen=True):
    """A kind's columns. Where the first is Name, `cells` gives those after it."""

    columns: tuple[TableColumn, ...]
    cells: Callable[[PrintedObject, datetime], list[Any]]


def columns(names: str, wide: str = "", *, named: bool = True) -> tuple[TableColumn, ...]:
    """Columns from names separated by ``|``; a ``#`` before a name makes it an integer."""
    return (*((NAME,) if named else ()), *_columns(names, 0), *_columns(wide, 1))


def _columns(names: str, priority: int) -> tuple[TableColumn, ...]:
    return tuple(
        TableColumn(name.lstrip("#"), "integer" if name.startswith("#") else "string", priority)
        for name in names.split("|")
        if name
    )


def age_of(obj: PrintedObject, now: datetime) -> str:
    """Time since the object was created."""
    return age(at(obj, "metadata", "creationTimestamp"), now)


AGE_ONLY = Printer(columns("Age"), lambda obj, now: [age_of(obj, now)])
"""For kinds without columns of their own."""


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


def _created_at(obj: PrintedObject, now: datetime) -> list[Any]:
    return [at(obj, "metadata", "creationTimestamp") or UNKNOWN]


CREATED_AT = Printer(columns("Created At"), _created_at)
"""For roles and definitions, whose age kubectl shows as a time."""
