"""What a metrics server serves through the API: nothing of it is stored, and nobody can write it."""

from __future__ import annotations

from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.resource_metrics import GROUP

_READ = frozenset({"get", "list"})

NODE_METRICS = ResourceKind(
    name="NodeMetrics", plural="nodes", group=GROUP, versions=("v1beta1",), namespaced=False, verbs=_READ
)
POD_METRICS = ResourceKind(name="PodMetrics", plural="pods", group=GROUP, versions=("v1beta1",), verbs=_READ)
