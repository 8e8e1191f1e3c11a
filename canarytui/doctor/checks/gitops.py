"""Whether a GitOps tool or Helm will undo what was written by hand, or fights the controller over replicas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from canarytui.cluster.resources import CANARIES, DAEMONSETS, DEPLOYMENTS
from canarytui.doctor.examination import DoctorCheck, Examination, about
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_mappings, as_text
from canarytui.domain.workloads.ownership import owner_of

_TOOLS = ("kustomize-controller", "helm-controller", "argocd", "helm", "flux")
"""How field managers of GitOps tools and Helm begin."""
_CONTROLLERS = ("flagger",)


async def _drift(examination: Examination, canary: Canary) -> list[Finding]:
    read = await examination.reader.object(CANARIES, canary.namespace, canary.name)
    owner = owner_of(as_mapping(read.obj).get("metadata"))
    if not owner:
        return []
    fields: dict[str, list[str]] = {}
    for manager, field in _written(as_mapping(read.obj), "f:spec"):
        if not manager.lower().startswith((*_TOOLS, *_CONTROLLERS)):
            fields.setdefault(manager, []).append(field)
    return [
        about(
            rules.GITOPS_DRIFT,
            canary,
            f"field manager {manager} wrote {', '.join(names[:5])}; {owner}",
            "write it into the source that the tool applies, or suspend the tool meanwhile",
            field=names[0],
        )
        for manager, names in fields.items()
    ]


async def _replicas(examination: Examination, canary: Canary) -> list[Finding]:
    kind = canary.spec.target.kind
    if kind != DEPLOYMENTS.kind and kind != DAEMONSETS.kind:
        return []
    resource = DEPLOYMENTS if kind == DEPLOYMENTS.kind else DAEMONSETS
    read = await examination.reader.object(resource, canary.namespace, canary.target_name)
    tools = [
        manager
        for manager, field in _written(as_mapping(read.obj), "f:spec")
        if field == "spec.replicas" and manager.lower().startswith(_TOOLS)
    ]
    if not tools:
        return []
    message = (
        f"field manager {tools[0]} sets spec.replicas: it scales the target up at every sync, and the controller scales"
        " it to zero after a rollout"
    )
    remedy = "leave replicas out of the manifest, or have the tool ignore the field"
    return [
        about(
            rules.GITOPS_REPLICAS,
            canary,
            message,
            remedy,
            field="spec.replicas",
            obj=f"{kind.lower()}/{canary.target_name}",
        )
    ]


def _written(obj: Mapping[str, Any], part: str) -> Iterator[tuple[str, str]]:
    """(manager, field) of each field right below `part` that somebody owns; fields of ``analysis`` one level deeper."""
    for entry in as_mappings(as_mapping(obj.get("metadata")).get("managedFields")):
        if entry.get("subresource"):
            continue
        manager = clean(entry.get("manager"), 80)
        for name, below in as_mapping(as_mapping(entry.get("fieldsV1")).get(part)).items():
            if name == "f:analysis":
                for inner in as_mapping(below):
                    if inner != ".":
                        yield manager, f"spec.analysis.{_plain(inner)}"
            elif name != ".":
                yield manager, f"spec.{_plain(name)}"


def _plain(name: object) -> str:
    return clean(as_text(name).removeprefix("f:"), 60)


async def _both(examination: Examination, canary: Canary) -> list[Finding]:
    return [*await _drift(examination, canary), *await _replicas(examination, canary)]


CHECK = DoctorCheck("GitOps", (rules.GITOPS_DRIFT, rules.GITOPS_REPLICAS), _both)
