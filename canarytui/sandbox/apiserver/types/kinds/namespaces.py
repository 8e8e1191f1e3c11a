"""Namespaces: the finalizer ``kubernetes`` keeps one until it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.types import names
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import Printer, age_of, columns
from canarytui.sandbox.apiserver.types.resources import ALL_VERBS
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject


class NamespaceStrategy(KindStrategy):
    """Finalizers in the spec change through the subresource ``finalize`` only."""

    def name_problems(self, name: str) -> list[str]:
        return names.label(name)

    def prepare_create(self, obj: KubernetesObject) -> None:
        obj["spec"] = {"finalizers": ["kubernetes"]}
        obj["status"] = {"phase": "Active"}

    def prepare_update(self, obj: KubernetesObject, old: KubernetesObject) -> None:
        super().prepare_update(obj, old)
        obj["spec"] = {**(obj.get("spec") or {}), "finalizers": objects.at(old, "spec", "finalizers") or []}
        if not obj["spec"]["finalizers"]:
            del obj["spec"]["finalizers"]

    def default(self, obj: KubernetesObject) -> None:
        labels = obj["metadata"].setdefault("labels", {})
        labels["kubernetes.io/metadata.name"] = obj["metadata"].get("name", "")


def _cells(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    return [objects.at(obj, "status", "phase") or "Active", age_of(obj, now)]


NAMESPACE = ResourceKind(
    name="Namespace",
    plural="namespaces",
    namespaced=False,
    short_names=("ns",),
    subresources=frozenset({"status", "finalize"}),
    verbs=ALL_VERBS - {"deletecollection"},
    strategy=NamespaceStrategy,
    printer=Printer(columns("Status|Age"), _cells),
    selectable_fields=("status.phase",),
)
