"""Nodes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types.ages import UNKNOWN
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import NONE, Printer, age_of, columns
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

_ROLE = "node-role.kubernetes.io/"


_INFO = (
    "architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "kubeletVersion",
    "machineID", "operatingSystem", "osImage", "systemUUID",
)  # fmt: skip


class NodeStrategy(KindStrategy):
    """A node brings its status along: kubelets register with it."""

    def prepare_create(self, obj: KubernetesObject) -> None:
        obj["status"] = {**(self.new_status() or {}), **(obj.get("status") or {})}


def _cells(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    conditions = {c.get("type"): c.get("status") for c in at(obj, "status", "conditions") or ()}
    words = ["Ready" if conditions.get("Ready") == "True" else "NotReady" if "Ready" in conditions else "Unknown"]
    if at(obj, "spec", "unschedulable"):
        words.append("SchedulingDisabled")
    labels = at(obj, "metadata", "labels") or {}
    roles = ",".join(sorted(key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE))) or NONE
    addresses = {each.get("type"): each.get("address") for each in at(obj, "status", "addresses") or ()}
    info = at(obj, "status", "nodeInfo") or {}
    return [
        ",".join(words),
        roles,
        age_of(obj, now),
        info.get("kubeletVersion", ""),
        addresses.get("InternalIP", NONE),
        addresses.get("ExternalIP", NONE),
        info.get("osImage") or UNKNOWN,
        info.get("kernelVersion") or UNKNOWN,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


NODE = ResourceKind(
    name="Node",
    plural="nodes",
    namespaced=False,
    short_names=("no",),
    subresources=frozenset({"status", "proxy"}),
    zero_status={"daemonEndpoints": {"kubeletEndpoint": {"Port": 0}}, "nodeInfo": dict.fromkeys(_INFO, "")},
    strategy=NodeStrategy,
    printer=Printer(
        columns("Status|Roles|Age|Version", "Internal-IP|External-IP|OS-Image|Kernel-Version|Container-Runtime"),
        _cells,
    ),
    selectable_fields=("spec.unschedulable",),
)
