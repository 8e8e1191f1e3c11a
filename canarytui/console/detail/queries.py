"""The rendered query of each check, laid out for reading, and where it comes from. Sends nothing."""

from __future__ import annotations

import functools

from msgspec import Struct

from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import measured_metrics
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic.selection import metrics_provider_words
from canarytui.metrics.check_queries import QuerySource, shown_source
from canarytui.metrics.provider_spec import PROMETHEUS, provider_type
from canarytui.session.metric_questions import NoQuestion, shown_query, template_of
from canarytui.session.state import ClusterState

_LONGEST = 8000


class CheckQueryText(Struct, frozen=True):
    """`query` is on one line, to be copied; `lines` are for reading; `problem` says why there is none."""

    query: str = ""
    lines: tuple[str, ...] = ()
    origin: str = ""
    problem: str = ""


def asked_queries(cluster_state: ClusterState, canary: Canary) -> dict[str, CheckQueryText]:
    """The query of each check and shadow check of `canary`, by the check's name."""
    return {metric.name: _asked(cluster_state, canary, metric) for metric in measured_metrics(canary)}


def _asked(cluster_state: ClusterState, canary: Canary, metric: Metric) -> CheckQueryText:
    origin, template, promql = "", None, True
    try:
        if shown_source(metric) is QuerySource.TEMPLATE:
            name = f"{metric.template_namespace or canary.namespace}/{metric.template_name}"
            origin = clean(words.TEMPLATE.text(name=name))
            template = template_of(cluster_state, canary, metric)
            promql = provider_type(template) == PROMETHEUS
            provider = clean(provider_type(template), 40)
            origin = words.OF_TEMPLATE.text(template=origin, provider=provider)
        query = shown_query(cluster_state, canary, metric, template)
    except NoQuestion as reason:
        return CheckQueryText(origin=origin, problem=str(reason))
    if query.source is QuerySource.INLINE:
        origin = words.INLINE.text()
    elif query.source is QuerySource.BUILTIN:
        times = words.TIMES.say(factor=query.factor) if query.factor != 1.0 else NOTHING
        origin = words.BUILTIN.text(provider=metrics_provider_words(canary, cluster_state.mesh_provider), times=times)
    return _made(query.text, origin, promql=promql)


def _made(query: str, origin: str, *, promql: bool = True) -> CheckQueryText:
    flat = clean(query, _LONGEST)
    return CheckQueryText(flat, _pretty(flat) if promql else (flat,), origin)


@functools.lru_cache(maxsize=256)
def _pretty(query: str) -> tuple[str, ...]:
    """PromQL indented by its parser, or unchanged where the parser rejects it."""
    from canarytui.metrics.promql import parsed

    try:
        printed = str(parsed(query).prettify())
    except ValueError:
        return (query,)
    return tuple(part for part in (_indented(part) for part in printed.split("\n")) if part)


def _indented(part: str) -> str:
    return part[: len(part) - len(part.lstrip(" "))] + clean(part)
