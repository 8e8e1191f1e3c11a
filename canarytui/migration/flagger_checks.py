"""Checks of a Canary as AnalysisTemplates, one each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.values import as_mapping, as_text
from canarytui.metrics.builtin_queries import SUCCESS_RATE
from canarytui.metrics.check_queries import QuerySource, sources_of
from canarytui.migration import resources
from canarytui.migration.argo_arguments import to_arguments
from canarytui.migration.argo_conditions import condition_of
from canarytui.migration.argo_providers import MetricService, of_flagger
from canarytui.migration.argo_steps import flagger_interval
from canarytui.migration.check_sources import own_query
from canarytui.migration.counterparts import FieldNote, note
from canarytui.migration.objects import ObjectSet
from canarytui.migration.sources import record_of

_PROMETHEUS = "prometheus"


class ArgoChecks(Struct):
    """The AnalysisTemplates of a Canary, and what there is to say about them."""

    templates: list[dict[str, Any]] = field(default_factory=list)
    missing: list[FieldNote] = field(default_factory=list)
    changed: list[FieldNote] = field(default_factory=list)
    decide: list[str] = field(default_factory=list)


def analysis_templates(canary: Canary, provider: str, objects: ObjectSet) -> ArgoChecks:
    """One AnalysisTemplate for each check; `provider` is the one whose queries the built-in checks ask."""
    found = ArgoChecks()
    for position, metric in enumerate(canary.spec.analysis.metrics):
        _add(canary, f"spec.analysis.metrics[{position}]", metric, provider, objects, found)
    return found


def _add(canary: Canary, at: str, metric: Metric, provider: str, objects: ObjectSet, found: ArgoChecks) -> None:
    sources = sources_of(metric)
    if not sources:
        found.missing.append(note(canary.raw, at, metric.name, "measures nothing"))
        return
    asked = _asked(canary, at, metric, sources[-1], provider, objects, found)
    if asked is None:
        return
    name, given, query = asked
    service = of_flagger(as_text(given.get("type")))
    if service is None:
        text = "Argo Rollouts asks no such service: use a web metric, or a plugin"
        found.missing.append(note(canary.raw, at, given.get("type"), text))
        return
    text, arguments, left = to_arguments(query, variables_of(canary, metric), metric.variables)
    found.missing += [note(canary.raw, at, each, "a template function that Argo Rollouts lacks") for each in left]
    if any(each["name"] in ("target", "service") for each in arguments):
        said = "names change: a Rollout's pods of both versions are TARGET-HASH, its Services NAME-rollout-…"
        found.changed.append(note(canary.raw, at, metric.name, said))
    if given.get("secretRef"):
        said = "Argo Rollouts reads other Secrets, with other keys: see its page on this service"
        found.missing.append(note(canary.raw, f"{at}.templateRef", given["secretRef"], said))
    found.templates.append(_template(canary, metric, name, service, service.to_argo(given, text), arguments))


def variables_of(canary: Canary, metric: Metric) -> dict[str, str]:
    """What Flagger fills into a query of this check."""
    return {
        "name": canary.name,
        "namespace": canary.namespace,
        "target": canary.target_name,
        "service": canary.apex_name,
        "ingress": canary.spec.ingress_name or canary.target_name,
        "route": canary.spec.route_name or canary.target_name,
        "interval": metric.interval or DEFAULT_METRIC_INTERVAL,
    }


def _template(
    canary: Canary,
    metric: Metric,
    name: str,
    service: MetricService,
    asked: dict[str, Any],
    arguments: list[dict[str, Any]],
) -> dict[str, Any]:
    analysis, plan = canary.spec.analysis, step_plan(canary)
    condition = condition_of(_limits(metric), service.result)
    measured = {
        "name": metric.name,
        "interval": flagger_interval(analysis.interval_s),
        **({"count": plan.total} if plan.strategy is AnalysisStrategy.BLUE_GREEN else {}),
        **({"successCondition": condition} if condition else {}),
        "failureLimit": analysis.threshold - 1,
        "provider": {service.argo: asked},
    }
    return {
        "apiVersion": resources.ANALYSIS_TEMPLATES.api_version,
        "kind": resources.ANALYSIS_TEMPLATES.kind,
        "metadata": {"name": name, "namespace": canary.namespace},
        "spec": {**({"args": arguments} if arguments else {}), "metrics": [measured]},
    }


def _asked(
    canary: Canary,
    at: str,
    metric: Metric,
    source: QuerySource,
    provider: str,
    objects: ObjectSet,
    found: ArgoChecks,
) -> tuple[str, Mapping[str, Any], str] | None:
    """(the AnalysisTemplate's name, the MetricTemplate's provider, its query)."""
    if source is QuerySource.TEMPLATE:
        space = metric.template_namespace or canary.namespace
        template = objects.find(resources.METRIC_TEMPLATES, space, metric.template_name)
        if template is None:
            text = "was not found: give it with -f, too"
            found.missing.append(note(canary.raw, f"{at}.templateRef", f"{space}/{metric.template_name}", text))
            return None
        spec = as_mapping(template.get("spec"))
        return metric.template_name, as_mapping(spec.get("provider")), as_text(spec.get("query"))
    address = {"address": canary.spec.metrics_server} if canary.spec.metrics_server else {}
    if not address:
        found.decide.append(
            "The Prometheus of Flagger's -metrics-server is not known: write provider.prometheus.address, unless Argo "
            "Rollouts has a default."
        )
    asked = {"type": _PROMETHEUS, **address}
    name = f"{canary.name}-{metric.name}"
    if source is QuerySource.INLINE:
        return name, asked, metric.query
    record = record_of(provider)
    text = f"Flagger's own check, with the query for {record.title}"
    found.changed.append(note(canary.raw, at, metric.name, text))
    return name, asked, own_query(record.queries, metric.name, canary)


def _limits(metric: Metric) -> dict[str, float]:
    """The range that passes; the older ``threshold`` is a minimum for the success rate, a maximum for all else."""
    if metric.has_range:
        given = {"min": metric.minimum, "max": metric.maximum}
        return {key: value for key, value in given.items() if value is not None}
    if metric.threshold is None:
        return {}
    return {"min" if metric.name == SUCCESS_RATE else "max": metric.threshold}
