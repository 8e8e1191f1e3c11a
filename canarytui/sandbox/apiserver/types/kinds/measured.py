"""What a metrics server serves through the API: nothing of it is stored, and nobody can write it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import quantities
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import Printer, columns
from canarytui.sandbox.resource_metrics import GROUP

_READ = frozenset({"get", "list"})


def _cells(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    """The sum of a pod's containers, or what a node uses."""
    used = [each.get("usage") or {} for each in at(obj, "containers") or [obj]]
    cpu = sum((quantities.parse(each.get("cpu", "0")) for each in used), Decimal(0))
    memory = sum((quantities.parse(each.get("memory", "0")) for each in used), Decimal(0))
    return [f"{int(cpu.scaleb(9))}n", f"{int(memory) // 1024}Ki", obj.get("window", "")]


_PRINTER = Printer(columns("CPU|Memory|Window"), _cells)

NODE_METRICS = ResourceKind(
    name="NodeMetrics",
    plural="nodes",
    group=GROUP,
    versions=("v1beta1",),
    namespaced=False,
    verbs=_READ,
    printer=_PRINTER,
)
POD_METRICS = ResourceKind(
    name="PodMetrics", plural="pods", group=GROUP, versions=("v1beta1",), verbs=_READ, printer=_PRINTER
)
