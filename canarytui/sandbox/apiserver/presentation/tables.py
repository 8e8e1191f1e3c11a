"""Table answers: the rows that ``kubectl get`` prints. Built-ins by their printers, others by their CRD."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.presentation import jsonpath
from canarytui.sandbox.apiserver.presentation.printers import PRINTERS
from canarytui.sandbox.apiserver.types.ages import age
from canarytui.sandbox.apiserver.types.printing import Column, Printer, plain_name
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key

Object = Mapping[str, Any]
Cells = Callable[[Object, datetime], list[Any]]

_NAME = Column("Name", format="name")
_GENERIC = Printer((_NAME, Column("Age")), lambda obj, now: [age(obj["metadata"].get("creationTimestamp"), now)])


def table(
    rt: ResourceType,
    objects: list[dict[str, Any]],
    *,
    columns: Sequence[Mapping[str, Any]] | None,
    include_object: str,
    list_meta: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """A ``Table`` of `objects`.

    `columns` are a CRD version's additionalPrinterColumns, None for built-ins; `include_object` is Metadata,
    Object or None.
    """
    if columns is None:
        printer = PRINTERS.get(storage_key(rt), _GENERIC)
        shown, cells, title = printer.columns, printer.cells, printer.name
    else:
        (shown, cells), title = _custom(columns), plain_name
    named = shown[0].name == "Name"
    rows = []
    for obj in objects:
        values = cells(obj, now)
        row: dict[str, Any] = {"cells": [title(obj), *values] if named else values}
        if include_object == "Object":
            row["object"] = obj
        elif include_object == "Metadata":
            row["object"] = {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": obj["metadata"],
            }
        rows.append(row)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": dict(list_meta),
        "columnDefinitions": [column.definition() for column in shown],
        "rows": rows,
    }


def _custom(columns: Sequence[Mapping[str, Any]]) -> tuple[tuple[Column, ...], Cells]:
    if not columns:
        # A CRD without columns shows its objects' age.
        return _GENERIC.columns, _GENERIC.cells
    shown = tuple(
        Column(
            column["name"],
            type=column.get("type", "string"),
            priority=column.get("priority", 0),
            format=column.get("format", ""),
            description=column.get("description", ""),
        )
        for column in columns
    )
    paths = [(column["jsonPath"], column.get("type", "string")) for column in columns]

    def cells(obj: Object, now: datetime) -> list[Any]:
        return [_cell(obj, path, kind, now) for path, kind in paths]

    return (_NAME, *shown), cells


def _cell(obj: Object, path: str, kind: str, now: datetime) -> Any:
    try:
        found = jsonpath.find(obj, path)
    except ValueError:
        return None
    if not found or found[0] is None:
        return None
    value = found[0]
    if kind == "date":
        return age(value, now)
    if kind == "integer":
        return int(value) if isinstance(value, int | float) else None
    if kind == "number":
        return value if isinstance(value, int | float) else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    return str(value).lower() if isinstance(value, bool) else str(value)
