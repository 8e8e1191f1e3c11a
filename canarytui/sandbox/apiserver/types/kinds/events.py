"""Events: stored as core/v1, served as events.k8s.io/v1 too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types.ages import age
from canarytui.sandbox.apiserver.types.kind import Conversion, ResourceKind
from canarytui.sandbox.apiserver.types.printing import Printer, columns
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

_RENAMES = (
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("reportingComponent", "reportingController"),
    ("count", "deprecatedCount"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("source", "deprecatedSource"),
)
_SELECTABLE = (
    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
    "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
    "reportingComponent", "source", "type",
)  # fmt: skip


class EventStrategy(KindStrategy):
    """Core events; events.k8s.io serves the same records."""

    def default(self, obj: KubernetesObject) -> None:
        for field in ("source", "metadata"):
            obj.setdefault(field, {})
        for field in ("firstTimestamp", "lastTimestamp", "eventTime"):
            obj.setdefault(field, None)
        obj.setdefault("reportingComponent", (obj["source"] or {}).get("component", ""))
        obj.setdefault("reportingInstance", "")
        if "type" not in obj:
            obj["type"] = "Normal"

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        namespace = at(obj, "involvedObject", "namespace") or "default"
        if "involvedObject" in obj and namespace != obj["metadata"].get("namespace"):
            return [problems.wrong("involvedObject.namespace", namespace, "does not match event.namespace")]
        return []


class NewEventStrategy(KindStrategy):
    """events.k8s.io; the conversion adds what only core events have."""

    def default(self, obj: KubernetesObject) -> None:
        obj.setdefault("eventTime", None)


def event_to_v1(event: KubernetesObject) -> KubernetesObject:
    """A core/v1 event as events.k8s.io/v1 shows it."""
    names = dict(_RENAMES)
    return {names.get(k, k): v for k, v in event.items()} | {"apiVersion": "events.k8s.io/v1"}


def event_from_v1(event: KubernetesObject) -> KubernetesObject:
    """The core/v1 event to store for an events.k8s.io/v1 one."""
    names = {new: old for old, new in _RENAMES}
    return {names.get(k, k): v for k, v in event.items()} | {"apiVersion": "v1"}


def _cells(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    about = obj.get("involvedObject") or obj.get("regarding") or {}
    series = obj.get("series") or {}
    first = obj.get("firstTimestamp") or obj.get("deprecatedFirstTimestamp") or obj.get("eventTime")
    last = obj.get("lastTimestamp") or obj.get("deprecatedLastTimestamp") or series.get("lastObservedTime") or first
    count = series.get("count") or obj.get("count") or obj.get("deprecatedCount") or 1
    source = obj.get("source") or obj.get("deprecatedSource") or {}
    reporter = obj.get("reportingComponent") or obj.get("reportingController") or ""
    origin = ", ".join(filter(None, (source.get("component") or reporter, source.get("host"))))
    return [
        age(last, now),
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{about.get('kind', '').lower()}/{about.get('name', '')}",
        about.get("fieldPath", ""),
        origin,
        (obj.get("message") or obj.get("note") or "").strip(),
        age(first, now),
        count,
        at(obj, "metadata", "name") or "",
    ]


_PRINTER = Printer(
    (
        *columns("Last Seen|Type|Reason|Object", named=False),
        *columns("", "Subobject|Source", named=False),
        *columns("Message", named=False),
        *columns("", "First Seen|#Count|Name", named=False),
    ),
    _cells,
)
EVENT = ResourceKind(
    name="Event",
    plural="events",
    short_names=("ev",),
    strategy=EventStrategy,
    printer=_PRINTER,
    selectable_fields=_SELECTABLE,
    models={"v1": "CoreV1Event"},
)
NEW_EVENT = ResourceKind(
    name="Event",
    plural="events",
    group="events.k8s.io",
    short_names=("ev",),
    strategy=NewEventStrategy,
    printer=_PRINTER,
    selectable_fields=_SELECTABLE,
    models={"v1": "EventsV1Event"},
    conversions={"v1": Conversion("v1", event_to_v1, event_from_v1)},
    stored_as=("", "events"),
)
