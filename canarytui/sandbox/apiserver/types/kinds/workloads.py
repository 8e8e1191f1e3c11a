"""Deployments, ReplicaSets and DaemonSets: the workloads that the sandbox runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import label_problems
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds.pod_checks import pod_spec_problems
from canarytui.sandbox.apiserver.types.kinds.pod_defaults import default_pod_spec
from canarytui.sandbox.apiserver.types.printing import Printer, age_of, columns, containers_and_images, selector_text
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

_QUARTER = "25%"


class WorkloadStrategy(KindStrategy):
    """What all kinds with a pod template share."""

    has_generation = True
    selector_required = True
    replicated = True

    def default(self, obj: KubernetesObject) -> None:
        spec = obj.setdefault("spec", {})
        if self.replicated:
            spec.setdefault("replicas", 1)
        template = spec.setdefault("template", {})
        template.setdefault("metadata", {}).setdefault("creationTimestamp", None)
        default_pod_spec(template.setdefault("spec", {}))
        self.default_spec(spec)

    def default_spec(self, spec: KubernetesObject) -> None:
        """Defaults of the kind's own fields."""

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        spec = obj["spec"]
        found: list[Cause] = []
        if self.replicated:
            found += problems.too_small("spec.replicas", spec.get("replicas", 0), 0)
        labels = objects.at(spec, "template", "metadata", "labels") or {}
        if self.selector_required:
            found += self._selector_problems(spec.get("selector"), labels)
        found += label_problems.in_template(spec["template"].get("metadata"), "spec.template")
        found += pod_spec_problems(spec["template"]["spec"], "spec.template.spec")
        policy = spec["template"]["spec"].get("restartPolicy")
        if self.selector_required and policy in ("OnFailure", "Never"):
            found.append(problems.unsupported("spec.template.spec.restartPolicy", policy, ["Always"]))
        return found

    @staticmethod
    def _selector_problems(selector: Any, labels: dict[str, str]) -> list[Cause]:
        if not selector:
            return [problems.required("spec.selector"), *_mismatch(labels)]
        wanted = selector.get("matchLabels") or {}
        bad = label_problems.in_selector(selector, "spec.selector")
        if bad:
            return [*bad, problems.wrong("spec.selector", selector, "invalid label selector")]
        if not wanted and not selector.get("matchExpressions"):
            return [problems.wrong("spec.selector", selector, "empty selector is invalid for deployment")]
        if any(labels.get(key) != value for key, value in wanted.items()):
            return _mismatch(labels)
        return []

    def validate_update(self, obj: KubernetesObject, old: KubernetesObject) -> list[Cause]:
        if self.selector_required and obj["spec"].get("selector") != old["spec"].get("selector"):
            return [problems.immutable("spec.selector", obj["spec"].get("selector"))]
        return []


def _mismatch(labels: dict[str, str]) -> list[Cause]:
    return [problems.wrong("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")]


class DeploymentStrategy(WorkloadStrategy):
    """Rolling updates by a quarter, ten revisions, ten minutes to progress."""

    def default_spec(self, spec: KubernetesObject) -> None:
        strategy = spec.setdefault("strategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", _QUARTER)
            rolling.setdefault("maxSurge", _QUARTER)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("progressDeadlineSeconds", 600)

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        spec = obj["spec"]
        found = super().validate(obj)
        strategy = spec["strategy"]
        if strategy["type"] not in ("Recreate", "RollingUpdate"):
            supported = ("Recreate", "RollingUpdate")
            found.append(problems.unsupported("spec.strategy.type", strategy["type"], supported))
        if strategy["type"] == "Recreate" and strategy.get("rollingUpdate"):
            why = "may not be specified when strategy `type` is 'Recreate'"
            found.append(problems.forbidden("spec.strategy.rollingUpdate", why))
        if spec["progressDeadlineSeconds"] <= spec.get("minReadySeconds", 0):
            why = "must be greater than minReadySeconds"
            found.append(problems.wrong("spec.progressDeadlineSeconds", spec["progressDeadlineSeconds"], why))
        return found

    def prepare_update(self, obj: KubernetesObject, old: KubernetesObject) -> None:
        super().prepare_update(obj, old)
        strategy = objects.at(obj, "spec", "strategy")
        if isinstance(strategy, dict) and strategy.get("type") == "Recreate":
            strategy.pop("rollingUpdate", None)


class ReplicaSetStrategy(WorkloadStrategy):
    """Selector and labels of a replica set default to its template's."""

    def default_spec(self, spec: KubernetesObject) -> None:
        labels = objects.at(spec, "template", "metadata", "labels")
        if labels and "selector" not in spec:
            spec["selector"] = {"matchLabels": dict(labels)}


class DaemonSetStrategy(WorkloadStrategy):
    """One pod for each node; at most one unavailable during an update."""

    replicated = False

    def default_spec(self, spec: KubernetesObject) -> None:
        strategy = spec.setdefault("updateStrategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", 1)
            rolling.setdefault("maxSurge", 0)
        spec.setdefault("revisionHistoryLimit", 10)


def _count(obj: Mapping[str, Any], *path: str) -> int:
    return int(at(obj, *path) or 0)


def _wide(obj: Mapping[str, Any]) -> list[str]:
    template, selector = at(obj, "spec", "template"), at(obj, "spec", "selector")
    return [*containers_and_images(template), selector_text(selector)]


def _deployment(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    ready, wanted = _count(obj, "status", "readyReplicas"), _count(obj, "spec", "replicas")
    updated, available = _count(obj, "status", "updatedReplicas"), _count(obj, "status", "availableReplicas")
    return [f"{ready}/{wanted}", updated, available, age_of(obj, now), *_wide(obj)]


def _replica_set(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    wanted, present = _count(obj, "spec", "replicas"), _count(obj, "status", "replicas")
    return [wanted, present, _count(obj, "status", "readyReplicas"), age_of(obj, now), *_wide(obj)]


def _daemon_set(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    fields = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled",
              "numberAvailable")  # fmt: skip
    counts = [_count(obj, "status", field) for field in fields]
    nodes = selector_text(at(obj, "spec", "template", "spec", "nodeSelector"))
    return [*counts, nodes, age_of(obj, now), *_wide(obj)]


_WIDE = "Containers|Images|Selector"
_SCALABLE = frozenset({"status", "scale"})
DEPLOYMENT = ResourceKind(
    name="Deployment",
    plural="deployments",
    group="apps",
    short_names=("deploy",),
    categories=("all",),
    subresources=_SCALABLE,
    strategy=DeploymentStrategy,
    printer=Printer(columns("Ready|#Up-to-date|#Available|Age", _WIDE), _deployment),
)
REPLICA_SET = ResourceKind(
    name="ReplicaSet",
    plural="replicasets",
    group="apps",
    short_names=("rs",),
    categories=("all",),
    subresources=_SCALABLE,
    zero_status={"replicas": 0},
    strategy=ReplicaSetStrategy,
    printer=Printer(columns("#Desired|#Current|#Ready|Age", _WIDE), _replica_set),
    selectable_fields=("status.replicas",),
)
DAEMON_SET = ResourceKind(
    name="DaemonSet",
    plural="daemonsets",
    group="apps",
    short_names=("ds",),
    categories=("all",),
    subresources=frozenset({"status"}),
    zero_status={
        "currentNumberScheduled": 0,
        "desiredNumberScheduled": 0,
        "numberMisscheduled": 0,
        "numberReady": 0,
    },
    strategy=DaemonSetStrategy,
    printer=Printer(columns("#Desired|#Current|#Ready|#Up-to-date|#Available|Node Selector|Age", _WIDE), _daemon_set),
)
CONTROLLER_REVISION = ResourceKind(name="ControllerRevision", plural="controllerrevisions", group="apps")
