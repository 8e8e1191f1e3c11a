"""The PATCH bodies of the actions, each with the resourceVersion that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from canarytui.domain.conflict_relevance import relevant_fields
from canarytui.domain.plan import PlannedWrite, Temporary
from canarytui.domain.resource import Resource
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.values import as_mapping
from canarytui.domain.workloads.workload import WorkloadStatus

MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"


def canary_patch(situation: Situation, change: Mapping[str, Any], *, subresource: str = "") -> PlannedWrite:
    """A merge patch of the Canary."""
    canary = situation.canary
    return PlannedWrite(
        group="flagger.app",
        version="v1beta1",
        plural="canaries",
        namespace=canary.namespace,
        name=canary.name,
        content_type=MERGE_PATCH,
        body={"metadata": {"resourceVersion": canary.resource_version}, **change},
        subresource=subresource,
        seen=relevant_fields("canaries", canary.raw),
        generation=canary.generation,
    )


def after(first: PlannedWrite, second: PlannedWrite, situation: Situation) -> tuple[PlannedWrite, PlannedWrite]:
    """`first`, then `second`, both of the Canary: the second is only made on a canary that shows the first."""
    shown = {**situation.canary.raw, **_merged(situation.canary.raw, first.body)}
    return first, replace(second, seen=relevant_fields("canaries", shown))


def _merged(obj: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of `obj` that `body` writes to, as they are afterwards."""
    parts = ((name, obj.get(name), change) for name, change in body.items() if name != "metadata")
    return {name: {**(part if isinstance(part, Mapping) else {}), **change} for name, part, change in parts}


def workload_patch(target: WorkloadStatus, spec: Mapping[str, Any]) -> PlannedWrite:
    """A strategic merge patch of the target's spec."""
    plural = "daemonsets" if target.kind == "DaemonSet" else "deployments"
    return PlannedWrite(
        group="apps",
        version="v1",
        plural=plural,
        namespace=target.namespace,
        name=target.name,
        content_type=STRATEGIC_MERGE_PATCH,
        body={"metadata": {"resourceVersion": target.resource_version}, "spec": spec},
        seen=relevant_fields(plural, {"spec": {"template": target.template}}),
    )


def router_patch(
    router: Mapping[str, Any], resource: Resource, namespace: str, change: Mapping[str, Any]
) -> PlannedWrite:
    """A merge patch of a routing object: of its spec, or of its annotations."""
    metadata = router.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    group, _, version = str(router.get("apiVersion") or resource.api_version).partition("/")
    return PlannedWrite(
        group=group,
        version=version,
        plural=resource.plural,
        namespace=namespace,
        name=str(metadata.get("name") or ""),
        content_type=MERGE_PATCH,
        body={
            **change,
            "metadata": {
                "resourceVersion": str(metadata.get("resourceVersion") or ""),
                **as_mapping(change.get("metadata")),
            },
        },
        seen=relevant_fields(resource.plural, router),
    )


def temporary(
    situation: Situation, name: str, value: Any, *, until: frozenset[str], due_s: float | None = None
) -> Temporary:
    """What :func:`canary_patch` of ``spec.<name>`` has to be followed by; `due_s` counts from now."""
    spec = situation.canary.raw.get("spec")
    before = spec.get(name) if isinstance(spec, Mapping) else None
    return Temporary(
        name=name,
        value=value,
        before=before,
        until=until,
        generation=situation.canary.generation + 1,
        due=None if due_s is None else situation.clock + timedelta(seconds=due_s),
    )
