"""The PromQL of each check with its variables filled in, and where it comes from. Asks nobody."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canarytui.cluster.resources import METRIC_TEMPLATES
from canarytui.domain.analysis import Metric
from canarytui.domain.canary import Canary
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.traffic.selection import metrics_provider_of, metrics_provider_words
from canarytui.metrics.check_queries import builtin_query, rendered
from canarytui.metrics.template import TemplateError
from canarytui.session.metric_templates import why_missing
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
    try:
        if metric.template_name:
            return _from_template(world, canary, metric)
        if metric.query:
            return _made(rendered(canary, metric, metric.query), words.INLINE.text())
    except TemplateError as error:
        return Asked(problem=words.NOT_RENDERED.text(error=clean(str(error), 200)))
    builtin = builtin_query(canary, metric, metrics_provider_of(canary, world.mesh_provider))
    if builtin is None:
        return Asked(problem=words.NOTHING_TO_ASK.text())
    query, factor = builtin
    times = words.TIMES.say(factor=factor) if factor != 1.0 else NOTHING
    provider = metrics_provider_words(canary, world.mesh_provider)
    return _made(query, words.BUILTIN.text(provider=provider, times=times))


def _from_template(world: World, canary: Canary, metric: Metric) -> Asked:
    namespace = metric.template_namespace or canary.namespace
    origin = clean(words.TEMPLATE.text(name=f"{namespace}/{metric.template_name}"))
    templates = world.stores[METRIC_TEMPLATES]
    template = templates.get(namespace, metric.template_name)
    if template is None:
        return Asked(origin=origin, problem=why_missing(templates, namespace, metric.template_name))
    spec = _mapping(template.get("spec"))
    kind = clean(_mapping(spec.get("provider")).get("type"), 40)
    text = rendered(canary, metric, str(spec.get("query") or ""))
    return _made(
        text, words.OF_TEMPLATE.text(template=origin, provider=kind or "not named"), promql=kind == "prometheus"
    )


def _made(query: str, origin: str, *, promql: bool = True) -> Asked:
    flat = clean(query, _LONGEST)
    return Asked(flat, _pretty(flat) if promql else (flat,), origin)


@functools.lru_cache(maxsize=256)
def _pretty(query: str) -> tuple[str, ...]:
    """PromQL indented by its parser; as it is where the parser does not take it."""
    import promql_parser

    try:
        printed = str(promql_parser.parse(query).prettify())
    except ValueError:
        return (query,)
    return tuple(part for part in (_indented(part) for part in printed.split("\n")) if part)


def _indented(part: str) -> str:
    return part[: len(part) - len(part.lstrip(" "))] + clean(part)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
