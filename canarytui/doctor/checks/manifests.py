"""The live objects held to lint's rules: the same as in CI, with what is really there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.cluster.resources import (
    ALERT_PROVIDERS,
    CANARIES,
    DAEMONSETS,
    DEPLOYMENTS,
    HPAS,
    METRIC_TEMPLATES,
    SCALED_OBJECTS,
    Resource,
)
from canarytui.doctor.examination import DoctorCheck, Examination, silenced_rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import as_mapping, as_text
from canarytui.lint.asked_queries import shadow_checks
from canarytui.lint.check import LintOptions
from canarytui.lint.rules import alerts, checks, provider, timing
from canarytui.lint.run import findings_of, object_name

_FLAGGERS = frozenset(
    each.id
    for each in (
        alerts.NO_SEVERITY,
        checks.DAEMONS,
        checks.SERVICE_NAME,
        provider.REVERT_PANICS,
        timing.DEADLINE_FIRST,
        timing.INTERVAL_TOO_SHORT,
    )
)
"""Rules that hold for Flagger alone: canarytui's controller does otherwise there (docs/deviations.md)."""
_BESIDE = (METRIC_TEMPLATES, ALERT_PROVIDERS, HPAS, SCALED_OBJECTS)


async def _linted(examination: Examination, canary: Canary) -> list[Finding]:
    objects, unread = [_typed(canary.raw, CANARIES)], False
    spaces = dict.fromkeys([canary.namespace, *_other_namespaces(canary)])
    for resource in _BESIDE:
        for space in spaces:
            read = await examination.reader.objects(resource, space)
            unread |= bool(read.problem)
            objects += [each for each in read.items if _is_named(canary, each) or resource in (HPAS, SCALED_OBJECTS)]
    target = next((each for each in (DEPLOYMENTS, DAEMONSETS) if each.kind == canary.spec.target.kind), None)
    if target is not None:
        workload = await examination.reader.object(target, canary.namespace, canary.target_name)
        objects += [_without_replicas(_typed(workload.obj, target))] if workload.obj is not None else []
    for each in objects:
        metadata = as_mapping(each.get("metadata"))
        examination.silences[as_text(metadata.get("namespace")), object_name(each)] = silenced_rules(each)
    found = findings_of(objects, LintOptions(mesh_provider=examination.state.mesh_provider))
    engine = examination.state.engine
    elsewhere = _FLAGGERS if engine is not None and engine.deviates else frozenset()
    # What may not be read is not missing.
    return [
        each for each in found if each.rule.id not in elsewhere and not (unread and each.rule.id.endswith("-not-found"))
    ]


def _other_namespaces(canary: Canary) -> list[str]:
    templates = [metric.template_namespace for metric in _metrics(canary)]
    alerts = [alert.provider_namespace for alert in canary.spec.analysis.alerts]
    return [space for space in (*templates, *alerts) if space]


def _metrics(canary: Canary) -> list[Metric]:
    """Of the checks and the shadow checks."""
    return [*canary.spec.analysis.metrics, *(metric for _, metric in shadow_checks(canary))]


def _is_named(canary: Canary, obj: Mapping[str, Any]) -> bool:
    name = as_text(as_mapping(obj.get("metadata")).get("name"))
    templates = {metric.template_name for metric in _metrics(canary)}
    return name in templates | {alert.provider_name for alert in canary.spec.analysis.alerts}


def _without_replicas(workload: Mapping[str, Any]) -> Mapping[str, Any]:
    """A live workload always has replicas: it does not show that its manifest sets them."""
    spec = {name: value for name, value in as_mapping(workload.get("spec")).items() if name != "replicas"}
    return {**workload, "spec": spec}


def _typed(obj: Mapping[str, Any], resource: Resource) -> Mapping[str, Any]:
    """Items of a list do not say what they are."""
    return {"apiVersion": resource.api_version, "kind": resource.kind, **obj}


CHECK = DoctorCheck("manifests", (), _linted)
