"""The objects of ``metrics.k8s.io``, made of what was measured and of the pods and nodes that there are."""

from __future__ import annotations

import math
from dataclasses import replace

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.objects import encode
from canarytui.sandbox.apiserver.storage.store import StoredRecord
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.verbs.core import Core
from canarytui.sandbox.resource_metrics import GROUP, ContainerUsage, ResourceMetrics
from canarytui.sandbox.values import KubernetesObject, timestamp


def is_measured(rt: ResourceType) -> bool:
    """Whether objects of this type are measured, not stored."""
    return rt.group == GROUP


def measured_records(
    core: Core, rt: ResourceType, metrics: ResourceMetrics, namespace: str | None
) -> list[StoredRecord]:
    """One for each pod or node that was measured, in order.

    Raises:
        StatusError: 503 before the first measurement, as while a metrics server starts.
    """
    if metrics.at is None:
        raise errors.unavailable()
    records = core.store.records(("", rt.plural), namespace if rt.namespaced else None)
    made = (_node(rt, metrics, each.obj) if rt.plural == "nodes" else _pod(rt, metrics, each.obj) for each in records)
    return [_record(obj, core.store.revision) for obj in made if obj is not None]


def measured_record(
    core: Core, rt: ResourceType, metrics: ResourceMetrics, namespace: str | None, name: str
) -> StoredRecord:
    """That of one pod or node.

    Raises:
        StatusError: 404, or 503 before the first measurement.
    """
    for record in measured_records(core, rt, metrics, namespace):
        if record.name == name:
            return record
    named = replace(rt, plural=rt.kind.lower())  # a metrics server calls them so, not by the plural of their path
    raise errors.not_found(named, f"{namespace}/{name}" if rt.namespaced else name)


def _pod(rt: ResourceType, metrics: ResourceMetrics, pod: KubernetesObject) -> KubernetesObject | None:
    meta = pod["metadata"]
    usage = metrics.pod(meta.get("namespace", ""), meta["name"])
    if not usage:
        return None
    containers = [{"name": name, "usage": _usage(used)} for name, used in sorted(usage.items())]
    return {**_head(rt, metrics, meta), "containers": containers}


def _node(rt: ResourceType, metrics: ResourceMetrics, node: KubernetesObject) -> KubernetesObject:
    return {**_head(rt, metrics, node["metadata"]), "usage": _usage(metrics.node)}


def _head(rt: ResourceType, metrics: ResourceMetrics, of: KubernetesObject) -> KubernetesObject:
    assert metrics.at is not None
    meta: KubernetesObject = {key: of[key] for key in ("name", "namespace", "labels") if key in of}
    meta["creationTimestamp"] = timestamp(metrics.at)
    return {
        "kind": rt.kind,
        "apiVersion": rt.api_version,
        "metadata": meta,
        "timestamp": timestamp(metrics.at),
        "window": f"{metrics.window_s:.3f}".rstrip("0").rstrip(".") + "s",
    }


def _usage(used: ContainerUsage) -> dict[str, str]:
    return {"cpu": f"{math.ceil(used.cpu_cores * 1e9)}n", "memory": f"{math.ceil(used.memory_bytes / 1024)}Ki"}


def _record(obj: KubernetesObject, revision: int) -> StoredRecord:
    meta = obj["metadata"]
    return StoredRecord(meta.get("namespace", ""), meta["name"], revision, obj, encode(obj))
