"""The kind of a canary's target decides how it is copied, scaled and checked for readiness.

All pure: a workload reads the cluster view and yields effects. One file each behind one Protocol.
"""

from __future__ import annotations

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.knative import PROVIDER as KNATIVE
from canarytui.engine.decide.tick import EndTick
from canarytui.engine.workloads.base import Readiness, WorkloadKind
from canarytui.engine.workloads.daemonset import DaemonSetWorkload
from canarytui.engine.workloads.deployment import DeploymentWorkload
from canarytui.engine.workloads.knative import KnativeWorkload
from canarytui.engine.workloads.service import ServiceWorkload

__all__ = ["Readiness", "WorkloadKind", "workload_of"]

_KINDS: dict[str, WorkloadKind] = {
    "Deployment": DeploymentWorkload(),
    "DaemonSet": DaemonSetWorkload(),
    "Service": ServiceWorkload(),
}
_OF_PROVIDERS: dict[str, WorkloadKind] = {KNATIVE.name: KnativeWorkload()}
"""Targets that split their traffic themselves, by provider; their kinds may be called like others."""


def workload_of(canary: Canary) -> WorkloadKind:
    """How to deal with the kind of `canary`'s target.

    Raises:
        EndTick: no such kind is known.
    """
    provider = registry.of_target(canary)
    if provider is not None:
        return _OF_PROVIDERS[provider.name]
    kind = canary.spec.target.kind
    workload = _KINDS.get(kind)
    if workload is None:
        known = ", ".join(_KINDS)
        raise EndTick(f"spec.targetRef.kind {kind} of canary {canary.full_name} is not one of {known}")
    return workload
