"""Table answers: the rows that ``kubectl get`` prints, by the printer of a kind or the columns of a CRD."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.presentation import jsonpath
from canarytui.sandbox.apiserver.types.ages import age
from canarytui.sandbox.apiserver.types.printing import AGE_ONLY, NAME, PrintedObject, Printer, TableColumn


def table(
    printer: Printer,
    objects: list[dict[str, Any]],
    *,
    include_object: str,
    list_meta: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """A ``Table`` of `objects`; `include_object` is Metadata, Object or None."""
    named = printer.columns[0] is NAME
    rows = []
    for obj in objects:
        values = printer.cells(obj, now)
        row: dict[str, Any] = {"cells": [str(obj["metadata"].get("name", "")), *values] if named else values}
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
        "columnDefinitions": [column.definition() for column in printer.columns],
        "rows": rows,
    }


def custom_printer(columns: Sequence[Mapping[str, Any]]) -> Printer:
    """The printer of a CRD version's ``additionalPrinterColumns``; without any it shows the age."""
    if not columns:
        return AGE_ONLY
    shown = tuple(
        TableColumn(
            column["name"],
            type=column.get("type", "string"),
            priority=column.get("priority", 0),
            format=column.get("format", ""),
            description=column.get("description", ""),
        )
        for column in columns
    )
    paths = [(column["jsonPath"], column.get("type", "string")) for column in columns]

    def cells(obj: PrintedObject, now: datetime) -> list[Any]:
        return [_cell(obj, path, kind, now) for path, kind in paths]

    return Printer((NAME, *shown), cells)


def _cell(obj: PrintedObject, path: str, kind: str, now: datetime) -> Any:
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
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
