"""Deployments, replica sets, daemon sets, stateful sets, jobs and cron jobs."""

from __future__ import annotations

from typing import Any

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import label_problems, names
from canarytui.sandbox.apiserver.types.kinds.pod_defaults import default_pod_spec
from canarytui.sandbox.apiserver.types.kinds.pods import pod_spec_problems
from canarytui.sandbox.apiserver.types.strategy import Object, Strategy

_QUARTER = "25%"


class WorkloadStrategy(Strategy):
    """What all kinds with a pod template share."""

    has_generation = True
    selector_required = True
    replicated = True

    def default(self, obj: Object) -> None:
        spec = obj.setdefault("spec", {})
        if self.replicated:
            spec.setdefault("replicas", 1)
        template = spec.setdefault("template", {})
        template.setdefault("metadata", {}).setdefault("creationTimestamp", None)
        default_pod_spec(template.setdefault("spec", {}))
        self.default_spec(spec)

    def default_spec(self, spec: Object) -> None:
        """Defaults of the kind's own fields."""

    def validate(self, obj: Object) -> list[Cause]:
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

    def validate_update(self, obj: Object, old: Object) -> list[Cause]:
        if self.selector_required and obj["spec"].get("selector") != old["spec"].get("selector"):
            return [problems.immutable("spec.selector", obj["spec"].get("selector"))]
        return []


def _mismatch(labels: dict[str, str]) -> list[Cause]:
    return [problems.wrong("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")]


class DeploymentStrategy(WorkloadStrategy):
    """Rolling updates by a quarter, ten revisions, ten minutes to progress."""

    def default_spec(self, spec: Object) -> None:
        strategy = spec.setdefault("strategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", _QUARTER)
            rolling.setdefault("maxSurge", _QUARTER)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("progressDeadlineSeconds", 600)

    def validate(self, obj: Object) -> list[Cause]:
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

    def prepare_update(self, obj: Object, old: Object) -> None:
        super().prepare_update(obj, old)
        strategy = objects.at(obj, "spec", "strategy")
        if isinstance(strategy, dict) and strategy.get("type") == "Recreate":
            strategy.pop("rollingUpdate", None)


class ReplicaSetStrategy(WorkloadStrategy):
    """Selector and labels of a replica set default to its template's."""

    def default_spec(self, spec: Object) -> None:
        labels = objects.at(spec, "template", "metadata", "labels")
        if labels and "selector" not in spec:
            spec["selector"] = {"matchLabels": dict(labels)}


class ReplicationControllerStrategy(WorkloadStrategy):
    """Its selector is a plain map of labels."""

    selector_required = False

    def default_spec(self, spec: Object) -> None:
        labels = objects.at(spec, "template", "metadata", "labels")
        if labels and not spec.get("selector"):
            spec["selector"] = dict(labels)

    def validate(self, obj: Object) -> list[Cause]:
        return super().validate(obj) + label_problems.in_labels(obj["spec"].get("selector"), "spec.selector")


class DaemonSetStrategy(WorkloadStrategy):
    """One pod for each node; at most one unavailable during an update."""

    replicated = False

    def default_spec(self, spec: Object) -> None:
        strategy = spec.setdefault("updateStrategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", 1)
            rolling.setdefault("maxSurge", 0)
        spec.setdefault("revisionHistoryLimit", 10)


class StatefulSetStrategy(WorkloadStrategy):
    """Pods in order, updated from the last to the first."""

    def default_spec(self, spec: Object) -> None:
        spec.setdefault("podManagementPolicy", "OrderedReady")
        strategy = spec.setdefault("updateStrategy", {})
        if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
            strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Retain", "whenScaled": "Retain"})


class JobStrategy(WorkloadStrategy):
    """A job selects its pods by its own uid unless told otherwise."""

    selector_required = False
    replicated = False

    def default(self, obj: Object) -> None:
        super().default(obj)
        spec = obj["spec"]
        if spec.get("manualSelector"):
            return
        uid, name = obj["metadata"].get("uid", ""), obj["metadata"].get("name", "")
        spec.setdefault("selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})
        labels = spec["template"]["metadata"].setdefault("labels", {})
        for prefix in ("batch.kubernetes.io/", ""):
            labels.setdefault(f"{prefix}controller-uid", uid)
            labels.setdefault(f"{prefix}job-name", name)

    def default_spec(self, spec: Object) -> None:
        if "completions" not in spec and "parallelism" not in spec:
            spec["completions"] = 1
        spec.setdefault("parallelism", 1)
        spec.setdefault("backoffLimit", 6)
        spec.setdefault("completionMode", "NonIndexed")
        spec.setdefault("suspend", False)
        spec.setdefault("manualSelector", False)
        spec.setdefault("podReplacementPolicy", "TerminatingOrFailed")

    def validate(self, obj: Object) -> list[Cause]:
        found = super().validate(obj) + label_problems.in_selector(obj["spec"].get("selector"), "spec.selector")
        policy = obj["spec"]["template"]["spec"].get("restartPolicy")
        if policy == "Always":
            allowed = ("OnFailure", "Never")
            found.append(problems.unsupported("spec.template.spec.restartPolicy", policy, allowed))
        return found


class CronJobStrategy(Strategy):
    """A job template and a schedule."""

    has_generation = True

    def name_problems(self, name: str) -> list[str]:
        return names.cron_job(name)

    def default(self, obj: Object) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("concurrencyPolicy", "Allow")
        spec.setdefault("suspend", False)
        spec.setdefault("successfulJobsHistoryLimit", 3)
        spec.setdefault("failedJobsHistoryLimit", 1)
        template = objects.at(spec, "jobTemplate", "spec", "template", "spec")
        if isinstance(template, dict):
            default_pod_spec(template)

    def validate(self, obj: Object) -> list[Cause]:
        spec = obj["spec"]
        found = [] if spec.get("schedule") else [problems.required("spec.schedule")]
        template = objects.at(spec, "jobTemplate", "spec", "template", "spec")
        path = "spec.jobTemplate.spec.template.spec"
        metadata = objects.at(spec, "jobTemplate", "spec", "template", "metadata")
        found += label_problems.in_template(metadata, path.removesuffix(".spec"))
        return found + (pod_spec_problems(template, path) if template else [problems.required(path)])
