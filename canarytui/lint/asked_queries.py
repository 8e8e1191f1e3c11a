"""The queries that a canary's checks ask, from the canary itself and from the MetricTemplates beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION, shadow_metrics
from canarytui.domain.values import KubernetesObject, as_mapping, as_text
from canarytui.errors import InvalidObject
from canarytui.lint.check import METRIC_TEMPLATE, LintedObject
from canarytui.lint.rendering import filled_in
from canarytui.metrics.builtin_queries import SUCCESS_RATE
from canarytui.metrics.promql import parsed
from canarytui.metrics.provider_spec import PROMETHEUS


class AskedQuery(Struct, frozen=True):
    """A query of a canary's check: where it stands in the canary, and its template, if it comes from one."""

    path: str
    metric: Metric
    query: str
    template: KubernetesObject | None = None

    @property
    def is_promql(self) -> bool:
        return self.template is None or provider_type_of(self.template) == PROMETHEUS

    def expression(self) -> Any:
        """The parsed PromQL; None where it cannot be read, which other rules report."""
        try:
            return parsed(filled_in(self.query, self.metric.variables)) if self.is_promql else None
        except ValueError:
            return None


def annotation_field(name: str) -> str:
    """The path of an annotation."""
    return f'metadata.annotations["{name}"]'


def shadow_checks(canary: Canary) -> Iterator[tuple[str, Metric]]:
    """The path and the check of each shadow check; none where they cannot be read."""
    try:
        metrics = shadow_metrics(canary)
    except InvalidObject:
        return
    for index, metric in enumerate(metrics):
        yield f"{annotation_field(SHADOW_ANNOTATION)}[{index}]", metric


def asked_queries(canary: Canary, linted: LintedObject) -> Iterator[AskedQuery]:
    """Inline queries, and those of templates that are among the manifests."""
    for index, metric in enumerate(canary.spec.analysis.metrics):
        path = f"spec.analysis.metrics[{index}]"
        if metric.query:
            yield AskedQuery(path, metric, metric.query)
        if metric.template_name:
            namespace = metric.template_namespace or canary.namespace
            template = linted.manifests.named(METRIC_TEMPLATE, metric.template_name, namespace)
            if template is not None:
                yield AskedQuery(path, metric, query_of(template), template)


def query_of(template: KubernetesObject) -> str:
    """The query of a MetricTemplate, as it is written."""
    return as_text(as_mapping(template.get("spec")).get("query"))


def provider_type_of(template: KubernetesObject) -> str:
    """Whom a MetricTemplate asks: ``prometheus``, ``datadog`` …"""
    return as_text(as_mapping(as_mapping(template.get("spec")).get("provider")).get("type"))


def bounds_of(metric: Metric) -> tuple[float | None, float | None]:
    """The least and the greatest value that pass, as Flagger reads thresholdRange and threshold."""
    if metric.has_range:
        return metric.minimum, metric.maximum
    return (metric.threshold, None) if metric.name == SUCCESS_RATE else (None, metric.threshold)


def bounds_field(path: str, metric: Metric) -> str:
    """Where they are written."""
    return f"{path}.thresholdRange" if metric.has_range else f"{path}.threshold"
