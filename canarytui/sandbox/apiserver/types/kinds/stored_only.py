"""Kinds that are stored as sent, without a controller: storage, quotas, policies, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import label_problems
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import Printer, age_of, columns
from canarytui.sandbox.apiserver.types.strategy import GenerationStrategy, KindStrategy
from canarytui.sandbox.values import KubernetesObject

_STATUS = frozenset({"status"})
_EXTENSIONS = ("api-extensions",)


class DisruptionBudgetStrategy(GenerationStrategy):
    """Checks the selector of pods."""

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        return label_problems.in_selector(at(obj, "spec", "selector"), "spec.selector")


class VolumeStrategy(KindStrategy):
    """A volume is pending from its creation on."""

    def prepare_create(self, obj: KubernetesObject) -> None:
        super().prepare_create(obj)
        obj["status"]["lastPhaseTransitionTime"] = obj["metadata"]["creationTimestamp"]


class ApiServiceStrategy(KindStrategy):
    """A group that this API server answers for itself is available at once."""

    def prepare_create(self, obj: KubernetesObject) -> None:
        super().prepare_create(obj)
        if not at(obj, "spec", "service"):
            available = {"type": "Available", "status": "True", "reason": "Local"}
            message, since = "Local APIServices are always available", obj["metadata"]["creationTimestamp"]
            obj["status"]["conditions"] = [{**available, "message": message, "lastTransitionTime": since}]


def _lease(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    return [at(obj, "spec", "holderIdentity") or "", age_of(obj, now)]


LEASE = ResourceKind(
    name="Lease", plural="leases", group="coordination.k8s.io", printer=Printer(columns("Holder|Age"), _lease)
)
DISRUPTION_BUDGET = ResourceKind(
    name="PodDisruptionBudget",
    plural="poddisruptionbudgets",
    group="policy",
    short_names=("pdb",),
    subresources=_STATUS,
    zero_status={"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0},
    strategy=DisruptionBudgetStrategy,
)
CORE = (
    ResourceKind(
        name="PersistentVolumeClaim",
        plural="persistentvolumeclaims",
        short_names=("pvc",),
        subresources=_STATUS,
        zero_status={"phase": "Pending"},
    ),
    ResourceKind(
        name="PersistentVolume",
        plural="persistentvolumes",
        namespaced=False,
        short_names=("pv",),
        subresources=_STATUS,
        zero_status={"phase": "Pending"},
        strategy=VolumeStrategy,
    ),
    ResourceKind(name="ResourceQuota", plural="resourcequotas", short_names=("quota",), subresources=_STATUS),
    ResourceKind(name="LimitRange", plural="limitranges", short_names=("limits",)),
    ResourceKind(name="PodTemplate", plural="podtemplates"),
    ResourceKind(
        name="ComponentStatus",
        plural="componentstatuses",
        namespaced=False,
        short_names=("cs",),
        verbs=frozenset({"get", "list"}),
    ),
)
CLUSTER = (
    ResourceKind(
        name="StorageClass", plural="storageclasses", group="storage.k8s.io", namespaced=False, short_names=("sc",)
    ),
    ResourceKind(
        name="PriorityClass",
        plural="priorityclasses",
        group="scheduling.k8s.io",
        namespaced=False,
        short_names=("pc",),
    ),
    *(
        ResourceKind(
            name=name,
            plural=f"{name.lower()}s",
            group="admissionregistration.k8s.io",
            namespaced=False,
            categories=_EXTENSIONS,
        )
        for name in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    ),
    ResourceKind(
        name="APIService",
        plural="apiservices",
        group="apiregistration.k8s.io",
        namespaced=False,
        categories=_EXTENSIONS,
        subresources=_STATUS,
        strategy=ApiServiceStrategy,
    ),
)
