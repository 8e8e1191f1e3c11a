"""Metrics of AnalysisTemplates as MetricTemplates and checks of a Canary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.migration.argo_arguments import argument_values, to_variables
from canarytui.migration.argo_conditions import range_of
from canarytui.migration.argo_providers import of_argo
from canarytui.migration.argo_steps import duration_s
from canarytui.migration.check_sources import OWN_NAMES
from canarytui.migration.counterparts import FieldNote, note, object_name
from canarytui.migration.objects import ObjectSet, name_of
from canarytui.migration.resources import ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES, METRIC_TEMPLATES

_WINDOW = "1m"
_LOST = {
    "count": "Flagger measures at every step for as long as the analysis lasts",
    "initialDelay": "Flagger measures from the first step on",
    "inconclusiveLimit": "a check passes or fails: nothing is inconclusive",
    "consecutiveErrorLimit": "a query that fails counts as a failed check",
}


class CheckDraft(Struct):
    """`metrics` are for ``spec.analysis.metrics``, `templates` are MetricTemplates; `failures` are the limits of failed
    measurements, `interval_s` the shortest interval and `counts` how often is measured."""

    metrics: list[dict[str, Any]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    intervals_s: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    missing: list[FieldNote] = field(default_factory=list)
    changed: list[FieldNote] = field(default_factory=list)
    decide: list[str] = field(default_factory=list)


def checks_of(
    rollout: KubernetesObject,
    analyses: Sequence[tuple[str, KubernetesObject]],
    objects: ObjectSet,
    own: Mapping[str, str],
    services: Mapping[str, str],
) -> CheckDraft:
    """The checks of several analyses, each with its path in the Rollout.

    `own` are the values of Flagger's variables; `services` says what becomes of the names of the Rollout's Services.
    """
    draft = CheckDraft()
    for at, analysis in analyses:
        if analysis.get("dryRun"):
            draft.missing.append(note(rollout, f"{at}.dryRun", None, "every check of Flagger's counts"))
        for template in _templates(rollout, at, analysis, objects, draft):
            spec = as_mapping(template.get("spec"))
            values = argument_values(spec.get("args"), analysis.get("args"))
            values = {name: _renamed(value, services) if value else value for name, value in values.items()}
            if any(
                as_mapping(each.get("valueFrom")).get("podTemplateHashValue")
                for each in as_mappings(analysis.get("args"))
            ):
                text = "Flagger's pods are told apart by the workload's name (TARGET and TARGET-primary), not by a hash"
                draft.missing.append(note(rollout, f"{at}.args", "podTemplateHashValue", text))
            metrics = as_mappings(spec.get("metrics"))
            for position, metric in enumerate(metrics):
                _check(template, f"spec.metrics[{position}]", metric, len(metrics) == 1, values, own, draft)
    return draft


def _templates(
    rollout: KubernetesObject, at: str, analysis: KubernetesObject, objects: ObjectSet, draft: CheckDraft
) -> Iterator[KubernetesObject]:
    namespace = objects.namespace_of(rollout)
    for position, reference in enumerate(as_mappings(analysis.get("templates"))):
        name = as_text(reference.get("templateName"))
        if reference.get("clusterScope"):
            found = next((each for each in objects.all(CLUSTER_ANALYSIS_TEMPLATES) if name_of(each) == name), None)
        else:
            found = objects.find(ANALYSIS_TEMPLATES, namespace, name)
        if found is None:
            place = f"{at}.templates[{position}]"
            draft.missing.append(note(rollout, place, name, "was not found: give it with -f, too"))
        else:
            yield found


def _check(
    template: KubernetesObject,
    at: str,
    metric: KubernetesObject,
    alone: bool,
    values: Mapping[str, str | None],
    own: Mapping[str, str],
    draft: CheckDraft,
) -> None:
    provider = as_mapping(metric.get("provider"))
    service = of_argo(provider)
    if service is None:
        kind = next(iter(provider), "")
        text = "Flagger asks no such service: use a webhook (type rollout) that does" if kind else "names no provider"
        draft.missing.append(note(template, f"{at}.provider.{kind}", None, text))
        return
    asked, query, lost = service.to_flagger(as_mapping(provider[service.argo]))
    draft.missing += [note(template, f"{at}.provider.{service.argo}.{name}", None, text) for name, text in lost]
    if address := as_text(asked.get("address")):
        asked["address"] = _with_values(address, values)
    query, variables, unknown, interval = to_variables(query, values, own)
    draft.decide += [
        f"{object_name(template)}: argument {name} has no value before an analysis runs: set templateVariables of the "
        "Canary in place of SET-ME."
        for name in unknown
    ]
    name = name_of(template) if alone else f"{name_of(template)}-{as_text(metric.get('name'))}"
    own_template = {
        "apiVersion": METRIC_TEMPLATES.api_version,
        "kind": METRIC_TEMPLATES.kind,
        "metadata": {"name": name, "namespace": own["namespace"]},
        "spec": {"provider": {"type": service.flagger, **asked}, "query": query},
    }
    if own_template not in draft.templates:
        draft.templates.append(own_template)
    limits = range_of(as_text(metric.get("successCondition")), as_text(metric.get("failureCondition")))
    draft.missing += [
        note(template, f"{at}.successCondition", part, "no comparison of one value with a number: left out")
        for part in limits.lost
    ]
    if limits.strict:
        text = "the limit itself now passes: thresholdRange includes it"
        draft.changed.append(note(template, f"{at}.successCondition", metric.get("successCondition"), text))
    if not limits.range:
        draft.decide.append(f"{object_name(template)}: {at} compares with no number: set thresholdRange of the check.")
    # Flagger asks its built-in query, too, for a check of that name.
    called = as_text(metric.get("name")) or name
    check: dict[str, Any] = {"name": OWN_NAMES.get(called, called), "templateRef": {"name": name}}
    check["interval"] = interval or _WINDOW
    check |= {"templateVariables": variables} if variables else {}
    check |= {"thresholdRange": dict(limits.range)} if limits.range else {}
    if check not in draft.metrics:
        draft.metrics.append(check)
    _limits(template, at, metric, values, draft)


def _limits(
    template: KubernetesObject, at: str, metric: KubernetesObject, values: Mapping[str, str | None], draft: CheckDraft
) -> None:
    limit = metric.get("failureLimit", 0)
    number = _with_values(str(limit), values)
    draft.failures.append(int(number) if number.isdecimal() else 0)
    seconds = duration_s(metric.get("interval")) if metric.get("interval") else None
    if seconds:
        draft.intervals_s.append(seconds)
    if isinstance(metric.get("count"), int):
        draft.counts.append(metric["count"])
    draft.missing += [
        note(template, f"{at}.{name}", metric[name], text) for name, text in _LOST.items() if metric.get(name)
    ]


def _renamed(value: str, services: Mapping[str, str]) -> str:
    """A Service's name, or its host in the cluster, as Flagger calls it."""
    name, dot, rest = value.partition(".")
    return f"{services.get(name, name)}{dot}{rest}"


def _with_values(text: str, values: Mapping[str, str | None]) -> str:
    for name, value in values.items():
        if value is not None:
            text = text.replace(f"{{{{args.{name}}}}}", value).replace(f"{{{{ args.{name} }}}}", value)
    return text
