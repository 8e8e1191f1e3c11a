"""Which kinds of objects one canary's tick reads and writes, and what to do when one of them cannot be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from canarytui.domain.spec.canary import Metric
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.routers.providers import record_of
from canarytui.engine.runtime.cluster_view import kind_of, resource_of_kind

_TARGETS = ("Deployment", "DaemonSet", "Service")
_SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")


def kinds_of(tick: Tick) -> tuple[str, ...]:
    """Known kinds only, each once; unknown ones are refused by the decision."""
    return tuple(dict.fromkeys(kind for kind in _kinds_of(tick) if resource_of_kind(kind) is not None))


def _kinds_of(tick: Tick) -> Iterator[str]:
    spec = tick.canary.spec
    yield "Service"
    if spec.target.kind in _TARGETS:
        yield spec.target.kind
    if spec.autoscaler is not None and spec.autoscaler.kind in _SCALERS:
        yield spec.autoscaler.kind
    if tick.settings.config_tracking and spec.target.kind != "Service":
        yield from ("ConfigMap", "Secret")
    with contextlib.suppress(EndTick):  # the decision reports that the provider is unknown
        yield from (kind_of(routing.resource) for routing in record_of(tick).objects)
    if any(metric.template_name for metric in spec.analysis.metrics):
        yield "MetricTemplate"
    if spec.analysis.alerts:
        yield "AlertProvider"
    if _wants_secrets(tick):
        yield "Secret"


def _wants_secrets(tick: Tick) -> bool:
    """Whether a template or an alert provider of the canary keeps its credentials in a Secret."""
    namespace = tick.canary.namespace
    analysis = tick.canary.spec.analysis
    metrics: Iterable[Metric] = (metric for metric in analysis.metrics if metric.template_name)
    referred = [("MetricTemplate", each.template_namespace, each.template_name) for each in metrics]
    referred += [("AlertProvider", each.provider_namespace, each.provider_name) for each in analysis.alerts]
    for kind, where, name in referred:
        found = tick.cluster_view.get(kind, where or namespace, name)
        spec = (found or {}).get("spec") or {}
        if spec.get("secretRef") or (spec.get("provider") or {}).get("secretRef"):
            return True
    return False


def refusal(tick: Tick, resource: str, error: str) -> str:
    """The warning for a canary that needs `resource`, which cannot be listed because of `error`."""
    if "forbidden" in error:
        remedy = f"let the controller's account get, list and watch {resource}"
    elif "could not find the requested resource" in error:
        remedy = f"install the CustomResourceDefinition {resource}, or change what the canary asks for"
    else:
        remedy = "it is tried again"
    name = tick.canary.full_name
    return f"canary {name} waits, because {resource} cannot be listed ({error.rstrip('.')}): {remedy}"
