"""Workloads that are served and stored, so that manifests and charts apply, but that no controller runs.

A canary's target is a Deployment or a DaemonSet; the sandbox has no controller for these. Creating one
returns a warning, because no pods will follow.
"""

from __future__ import annotations

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import label_problems
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.apiserver.warnings import warn
from canarytui.sandbox.values import KubernetesObject


class StoredWorkloadStrategy(KindStrategy):
    """Stored as sent; only labels of the pod template are checked."""

    has_generation = True

    def prepare_create(self, obj: KubernetesObject) -> None:
        super().prepare_create(obj)
        warn(f"the sandbox stores {self.rt.group_resource} but runs no controller for them: no pods will be created")

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        return label_problems.in_template(at(obj, "spec", "template", "metadata"), "spec.template")


REPLICATION_CONTROLLER = ResourceKind(
    name="ReplicationController",
    plural="replicationcontrollers",
    short_names=("rc",),
    categories=("all",),
    subresources=frozenset({"status", "scale"}),
    zero_status={"replicas": 0},
    strategy=StoredWorkloadStrategy,
    selectable_fields=("status.replicas",),
)
STATEFUL_SET = ResourceKind(
    name="StatefulSet",
    plural="statefulsets",
    group="apps",
    short_names=("sts",),
    categories=("all",),
    subresources=frozenset({"status", "scale"}),
    zero_status={"availableReplicas": 0, "replicas": 0},
    strategy=StoredWorkloadStrategy,
)
JOB = ResourceKind(
    name="Job",
    plural="jobs",
    group="batch",
    categories=("all",),
    subresources=frozenset({"status"}),
    strategy=StoredWorkloadStrategy,
    selectable_fields=("status.successful",),
)
CRON_JOB = ResourceKind(
    name="CronJob",
    plural="cronjobs",
    group="batch",
    short_names=("cj",),
    categories=("all",),
    subresources=frozenset({"status"}),
    strategy=StoredWorkloadStrategy,
)
