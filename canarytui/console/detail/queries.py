"""The rendered query of each check, laid out for reading, and where it comes from. Sends nothing."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from canarytui.domain.analysis import Metric
from canarytui.domain.canary import Canary
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.traffic.selection import metrics_provider_words
from canarytui.metrics.check_queries import Source, shown_source
from canarytui.metrics.provider_spec import PROMETHEUS, provider_type
from canarytui.session.metric_questions import NoQuestion, shown_query, template_of
from canarytui.session.state import World

_LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Asked:
    """`query` is on one line, to be copied; `lines` are for reading; `problem` says why there is none."""

    query: str = ""
    lines: tuple[str, ...] = ()
    origin: str = ""
    problem: str = ""


def asked_queries(world: World, canary: Canary) -> dict[str, Asked]:
    """The query of each check of `canary`, by the check's name."""
    return {metric.name: _asked(world, canary, metric) for metric in canary.spec.analysis.metrics}


def _asked(world: World, canary: Canary, metric: Metric) -> Asked:
    origin, template, promql = "", None, True
    try:
        if shown_source(metric) is Source.TEMPLATE:
            name = f"{metric.template_namespace or canary.namespace}/{metric.template_name}"
            origin = clean(words.TEMPLATE.text(name=name))
            template = template_of(world, canary, metric)
            promql = provider_type(template) == PROMETHEUS
            provider = clean(provider_type(template), 40)
            origin = words.OF_TEMPLATE.text(template=origin, provider=provider)
        query = shown_query(world, canary, metric, template)
    except NoQuestion as reason:
        return Asked(origin=origin, problem=str(reason))
    if query.source is Source.INLINE:
        origin = words.INLINE.text()
    elif query.source is Source.BUILTIN:
        times = words.TIMES.say(factor=query.factor) if query.factor != 1.0 else NOTHING
        origin = words.BUILTIN.text(provider=metrics_provider_words(canary, world.mesh_provider), times=times)
    return _made(query.text, origin, promql=promql)


def _made(query: str, origin: str, *, promql: bool = True) -> Asked:
    flat = clean(query, _LONGEST)
    return Asked(flat, _pretty(flat) if promql else (flat,), origin)


@functools.lru_cache(maxsize=256)
def _pretty(query: str) -> tuple[str, ...]:
    """PromQL indented by its parser, or unchanged where the parser rejects it."""
    import promql_parser

    try:
        printed = str(promql_parser.parse(query).prettify())
    except ValueError:
        return (query,)
    return tuple(part for part in (_indented(part) for part in printed.split("\n")) if part)


def _indented(part: str) -> str:
    return part[: len(part) - len(part.lstrip(" "))] + clean(part)
