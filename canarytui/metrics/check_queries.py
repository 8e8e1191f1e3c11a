"""Which query a canary's metric asks: built-in, inline or from a template. Pure; for engine and console alike."""

from __future__ import annotations

from canarytui.domain.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.canary import Canary
from canarytui.metrics.builtin_queries import (
    DURATION,
    PODS_OF_DAEMONSET,
    PODS_OF_DEPLOYMENT,
    SUCCESS_RATE,
    Observer,
    Subject,
    observer_for,
)
from canarytui.metrics.template import model, render


def observer_of(canary: Canary, provider: str) -> Observer:
    """The built-in queries of a canary; targets of kind Service are observed as Istio's, as Flagger does."""
    return observer_for("" if canary.spec.target.kind == "Service" else provider)


def subject_of(canary: Canary, metric: Metric, *, strict: bool = False) -> Subject:
    """What a built-in query measures.

    `strict`: as Flagger asks. With traefik, gloo, kuma and apisix it looks for series of the target's name although
    they bear the service's, and for pods of a DaemonSet as if it were a Deployment, which finds the primary's.
    """
    spec = canary.spec
    daemons = spec.target.kind == "DaemonSet" and not strict
    return Subject(
        namespace=canary.namespace,
        target=canary.target_name,
        service=canary.apex_name,
        ingress=spec.ingress_name or canary.target_name,
        route=spec.route_name or canary.target_name,
        interval=metric.interval or DEFAULT_METRIC_INTERVAL,
        routed=canary.target_name if strict else canary.apex_name,
        pods=PODS_OF_DAEMONSET if daemons else PODS_OF_DEPLOYMENT,
    )


def builtin_query(canary: Canary, metric: Metric, provider: str) -> tuple[str, float] | None:
    """(PromQL, factor to percent or milliseconds) of a built-in metric; None for any other name."""
    observer, subject = observer_of(canary, provider), subject_of(canary, metric)
    if metric.name == SUCCESS_RATE:
        return observer.success_rate(subject), 1.0
    if metric.name == DURATION:
        return observer.duration(subject), observer.duration_factor
    return None


def rendered(canary: Canary, metric: Metric, text: str) -> str:
    """An inline or template query with its variables filled in; raises TemplateError."""
    return render(text, model(canary, metric, interval=metric.interval or DEFAULT_METRIC_INTERVAL))
