"""From a check of a canary to the query that measures it. Pure; the only way there, for engine, console and drills.

A check is measured by built-in queries, by a query of its own, or by a MetricTemplate's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import Any

from msgspec import Struct

from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of, observed_provider
from canarytui.metrics.builtin_queries import (
    DURATION,
    PODS_OF_DAEMONSET,
    PODS_OF_DEPLOYMENT,
    SUCCESS_RATE,
    ProviderQueries,
    Subject,
    observer_for,
)
from canarytui.metrics.template import model, render


class QuerySource(Enum):
    """Where a check's query comes from."""

    BUILTIN = auto()
    INLINE = auto()
    TEMPLATE = auto()


class CheckQuery(Struct, frozen=True):
    """A query with its variables filled in; its value times `factor` is what the check compares with its threshold."""

    source: QuerySource
    text: str
    factor: float = 1.0


def sources_of(metric: Metric) -> tuple[QuerySource, ...]:
    """The queries that Flagger evaluates for one check, in its order; none when there is nothing to evaluate.

    There are several where a built-in check also has a query or a templateRef.
    """
    found = []
    if metric.name in (SUCCESS_RATE, DURATION):
        found.append(QuerySource.BUILTIN)
    if metric.query:
        found.append(QuerySource.INLINE)
    if metric.template_name:
        found.append(QuerySource.TEMPLATE)
    return tuple(found)


def evaluation_order(metrics: Iterable[Metric]) -> Iterator[tuple[Metric, QuerySource | None]]:
    """The queries of several checks in the order in which a controller evaluates them: templates come last.

    None stands for a check without any, which fails.
    """
    listed = tuple(metrics)
    for metric in listed:
        yield from ((metric, source) for source in sources_of(metric) if source is not QuerySource.TEMPLATE)
    for metric in listed:
        sources = sources_of(metric)
        if not sources or QuerySource.TEMPLATE in sources:
            yield metric, QuerySource.TEMPLATE if sources else None


def shown_source(metric: Metric) -> QuerySource | None:
    """The one query of a check that the console shows and asks: the most specific."""
    sources = sources_of(metric)
    return sources[-1] if sources else None


def check_query(
    source: QuerySource,
    canary: Canary,
    metric: Metric,
    *,
    mesh_provider: str = "",
    template: Mapping[str, Any] | None = None,
    router: Mapping[str, Any] | None = None,
    strict: bool = False,
) -> CheckQuery:
    """One of the queries of :func:`sources_of`.

    `mesh_provider` is the controller's flag, for built-in queries; `template` is the MetricTemplate; `router` is the
    object that splits the traffic, for providers whose metrics have names from that. `strict`: as Flagger asks, which
    knows no default interval for templates; see also :func:`subject_of`.

    Raises:
        TemplateError: the text cannot be rendered.
    """
    interval = metric.interval or DEFAULT_METRIC_INTERVAL
    provider = metrics_provider_of(canary, mesh_provider, strict=strict)
    names = registry.measured(provider, router)
    route = names[0] if names is not None else ""
    if source is QuerySource.INLINE:
        return CheckQuery(source, render(metric.query, model(canary, metric, interval=interval, route=route)))
    if source is QuerySource.TEMPLATE:
        values = model(canary, metric, interval=metric.interval if strict else interval, route=route)
        return CheckQuery(source, render(_text_of(template), values))
    observer = observer_of(canary, provider)
    subject = subject_of(canary, metric, names=names, strict=strict)
    if metric.name == SUCCESS_RATE:
        return CheckQuery(source, observer.success_rate(subject))
    return CheckQuery(source, observer.duration(subject), observer.duration_factor)


def observer_of(canary: Canary, provider: str) -> ProviderQueries:
    """The built-in queries of a canary; most targets of kind Service are observed as Istio's, as Flagger does."""
    return observer_for(observed_provider(canary, provider))


def subject_of(
    canary: Canary, metric: Metric, *, names: tuple[str, str] | None = None, strict: bool = False
) -> Subject:
    """What a built-in query measures; `names` are what metrics call canary and primary, see
    :func:`canarytui.domain.traffic.registry.measured`.

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
        route=names[0] if names is not None else spec.route_name or canary.target_name,
        primary_route=names[1] if names is not None else "",
        interval=metric.interval or DEFAULT_METRIC_INTERVAL,
        routed=canary.target_name if strict else canary.apex_name,
        pods=PODS_OF_DAEMONSET if daemons else PODS_OF_DEPLOYMENT,
    )


def _text_of(template: Mapping[str, Any] | None) -> str:
    spec = (template or {}).get("spec")
    return str(spec.get("query") or "") if isinstance(spec, Mapping) else ""
