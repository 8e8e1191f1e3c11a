"""Canaries and workloads of the stores as values, each parsed once for each version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.cluster.resources import CANARIES, DAEMONSETS, DEPLOYMENTS, Resource
from canarytui.cluster.store import ObjectStore
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName, as_mapping
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.errors import InvalidObject


class ParsedObjects:
    """Parses objects of `stores` when they are asked for, and remembers them until they change or go."""

    def __init__(self, stores: Mapping[Resource, ObjectStore]) -> None:
        self._stores = stores
        self._canaries: dict[NamespacedName, tuple[str, Canary | InvalidObject]] = {}
        self._workloads: dict[NamespacedName, tuple[dict[str, Any], WorkloadStatus]] = {}

    def __len__(self) -> int:
        """How many values are remembered."""
        return len(self._canaries) + len(self._workloads)

    def canary(self, key: NamespacedName) -> Canary | InvalidObject | None:
        """The parsed canary, the reason why it cannot be parsed, or None when it is gone."""
        obj = self._stores[CANARIES].get(*key)
        if obj is None:
            return None
        version = str(as_mapping(obj.get("metadata")).get("resourceVersion") or "")
        known = self._canaries.get(key)
        if known is not None and known[0] == version and version:
            return known[1]
        try:
            parsed: Canary | InvalidObject = Canary.parse(obj, known[1] if known is not None else None)
        except InvalidObject as error:
            parsed = error
        self._canaries[key] = (version, parsed)
        return parsed

    def workload(self, canary: Canary, name: str) -> WorkloadStatus | None:
        """The workload `name` in the canary's namespace, of its target's kind; None when there is none."""
        obj = self.workload_store(canary).get(canary.namespace, name)
        key = (canary.namespace, name)
        if obj is None:
            self._workloads.pop(key, None)
            return None
        known = self._workloads.get(key)
        if known is None or known[0] is not obj:
            known = self._workloads[key] = (obj, WorkloadStatus.parse(obj))
        return known[1]

    def workload_store(self, canary: Canary) -> ObjectStore:
        """The store of the kind that the canary targets."""
        return self._stores[DAEMONSETS if canary.spec.target.kind == "DaemonSet" else DEPLOYMENTS]

    def pod_selector(self, canary: Canary, workload: str) -> str:
        """The label selector of a workload's pods (``app=cart``); "" when it has none."""
        spec = as_mapping(as_mapping(self.workload_store(canary).get(canary.namespace, workload)).get("spec"))
        labels = as_mapping(as_mapping(spec.get("selector")).get("matchLabels"))
        return ",".join(f"{name}={value}" for name, value in labels.items() if isinstance(value, str))

    def forget_canary(self, key: NamespacedName) -> None:
        self._canaries.pop(key, None)

    def forget_workload(self, key: NamespacedName) -> None:
        """Have it parsed again when it is asked for; it may be gone."""
        self._workloads.pop(key, None)
