"""Whether the API server serves the kinds that a canary needs, and whether their definitions are old."""

from __future__ import annotations

from typing import Any

from canarytui.cluster.resources import ALERT_PROVIDERS, CANARIES, METRIC_TEMPLATES, Resource
from canarytui.doctor.examination import DoctorCheck, Examination, about, found_on
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import as_mapping, as_mappings, as_text

_DEFINITIONS = Resource(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced=False
)
_WRITTEN = ("suspend", "skipAnalysis")
"""Fields of a canary's spec that people and canarytui write: a definition without them drops them silently."""


async def _kinds(examination: Examination, canary: Canary) -> list[Finding]:
    found = []
    for resource in _needed(examination, canary):
        if await examination.reader.serves(resource) is not False:
            continue
        older = [each for each in _older(examination, canary, resource) if await examination.reader.serves(each)]
        if older:
            found.append(
                about(
                    rules.CRD_OLD,
                    canary,
                    f"kind {resource.kind} is served as {older[0].api_version} only; the controller writes"
                    f" {resource.api_version}",
                    f"install the definitions of a release that serves {resource.api_version}",
                )
            )
        else:
            found.append(
                about(
                    rules.CRD_MISSING,
                    canary,
                    f"the API server does not serve {resource.full_name} ({resource.api_version})",
                    f"install the custom resource definition of {resource.kind}",
                )
            )
    return found


def _needed(examination: Examination, canary: Canary) -> list[Resource]:
    record = examination.provider(canary)
    needed = [each.resource for each in record.objects if each.resource.group] if record else []
    if any(metric.template_name for metric in canary.spec.analysis.metrics):
        needed.append(METRIC_TEMPLATES)
    if canary.spec.analysis.alerts:
        needed.append(ALERT_PROVIDERS)
    return list(dict.fromkeys(needed))


def _older(examination: Examination, canary: Canary, resource: Resource) -> tuple[Resource, ...]:
    record = examination.provider(canary)
    split = record.split if record else None
    return split.older if split is not None and split.object.resource == resource else ()


async def _definition(examination: Examination) -> list[Finding]:
    read = await examination.reader.object(_DEFINITIONS, "", CANARIES.full_name)
    properties = _spec_properties(read.obj) if read.obj else {}
    lacking = [name for name in _WRITTEN if properties and name not in properties]
    if not lacking:
        return []
    listed = ", ".join(f"spec.{name}" for name in lacking)
    return [
        found_on(
            rules.CRD_OLD,
            f"customresourcedefinition/{CANARIES.full_name}",
            "",
            "spec.versions",
            f"the definition of Canary has no {listed}: the API server drops these fields when somebody writes them",
            "apply the definitions of the controller's release; Helm does not upgrade them by itself",
        )
    ]


def _spec_properties(definition: Any) -> Any:
    versions = as_mappings(as_mapping(as_mapping(definition).get("spec")).get("versions"))
    version = next((each for each in versions if as_text(each.get("name")) == CANARIES.version), {})
    schema = as_mapping(as_mapping(version.get("schema")).get("openAPIV3Schema"))
    return as_mapping(as_mapping(as_mapping(schema.get("properties")).get("spec")).get("properties"))


CHECK = DoctorCheck("APIs", (rules.CRD_MISSING, rules.CRD_OLD), _kinds, _definition)
