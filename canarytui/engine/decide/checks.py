"""The checks of an analysis: built-in metrics, inline queries, MetricTemplates. The first failed check ends the run.

Pure: queries are yielded as effects. Messages are Flagger's, word for word, misspellings included.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal

from canarytui.domain.rollout.judgement import CheckLimits, limits_of, whole
from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.text.durations import format_duration
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import CheckServer, Decision, Log, Measure, ask_metric
from canarytui.engine.decide.tick import Tick
from canarytui.metrics.answers import NoValues, QueryFailed
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import CheckQuery, QuerySource, check_query, sources_of
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.registry import PROVIDERS
from canarytui.metrics.template import TemplateError
from canarytui.metrics.template_provider import ProviderProblem, Unusable, template_provider

_CALLER = "controller/scheduler_metrics.go"
_EXPONENT_FROM = 6
_MISSING_VARIABLE = re.compile(r'map has no entry for key "([^"]*)"\Z')


def metric_servers_answer(tick: Tick) -> Decision[None]:
    """Report at initialisation whether the metric providers can be queried; a failure only warns."""
    error = yield from _first_unavailable(tick)
    if error:
        yield from tick.say(f"Error checking metric providers: {error}", error=True)
    else:
        yield from tick.say("all the metrics providers are available!")


def _first_unavailable(tick: Tick) -> Decision[str]:
    for metric in tick.canary.spec.analysis.metrics:
        if metric.name in (SUCCESS_RATE, DURATION):
            down: str = yield CheckServer(tick.metric_server)
            if down:
                return f"prometheus not avaiable: {down}"
            continue
        if not metric.template_name:
            continue
        full_name, template = _template(tick, metric)
        if template is None:
            return f"metric template {full_name} error: {_missing(metric)}"
        provider = _provider(tick, metric, template)
        if isinstance(provider, str):
            return f"metric template {full_name} {provider}"
        error: str = yield CheckServer(provider)
        if error:
            return f"{provider.type} in metric template {full_name} not avaiable: {error}"
    return ""


def checks_pass(tick: Tick) -> Decision[bool]:
    """Evaluate every check in Flagger's order: built-in and inline queries as listed, then the templates."""
    metrics = tick.canary.spec.analysis.metrics
    for metric in metrics:
        for source in sources_of(metric):
            if source is not QuerySource.TEMPLATE and not (yield from _EVALUATE[source](tick, metric)):
                return False
    for metric in metrics:
        sources = sources_of(metric)
        if QuerySource.TEMPLATE in sources and not (yield from _EVALUATE[QuerySource.TEMPLATE](tick, metric)):
            return False
        if not sources:
            text = "Metric query failed for no usable metrics template and query were configured"
            yield from tick.say(text, error=True)
            return False
    return True


def _builtin(tick: Tick, metric: Metric) -> Decision[bool]:
    query = _query(tick, metric, QuerySource.BUILTIN)
    answer = yield from ask_metric(tick.metric_server, query.text)
    if isinstance(answer, QueryFailed):
        yield from tick.say(f"Prometheus query failed: running query failed: {answer.reason}", error=True)
        return False
    if isinstance(answer, NoValues):
        why = f": running query failed: {answer.reason}" if metric.name == SUCCESS_RATE else ""
        yield from tick.warn(f"{_no_traffic(tick, metric.name)}{why}")
        return False
    judge = _success_rate if metric.name == SUCCESS_RATE else _duration
    return (yield from judge(tick, metric, answer.value * query.factor))


def _success_rate(tick: Tick, metric: Metric, percent: float) -> Decision[bool]:
    yield _measured(metric.name, percent)
    limits = limits_of(metric, builtin=True)
    problem = _out_of_range(percent, limits, lambda value: f"{_rounded(value)}%", lambda bound: f"{_bare(bound)}%")
    if problem:
        yield from tick.warn(f"Halt {tick.canary.full_name} advancement success rate {problem}")
    return not problem


def _duration(tick: Tick, metric: Metric, measured_ms: float) -> Decision[bool]:
    milliseconds = whole(measured_ms, strict=tick.settings.strict)
    yield _measured(metric.name, milliseconds / 1000)
    problem = _out_of_range(milliseconds, limits_of(metric, builtin=True), _go_duration, _go_duration)
    if problem:
        yield from tick.warn(f"Halt {tick.canary.full_name} advancement request duration {problem}")
    return not problem


def _inline(tick: Tick, metric: Metric) -> Decision[bool]:
    try:
        text = _query(tick, metric, QuerySource.INLINE).text
    except TemplateError as error:
        if not tick.settings.strict:
            failure = f"Metric query failed for {metric.name}: {_not_rendered('its query', metric, error)}"
            yield from tick.say(failure, error=True)
            return False
        text = ""  # Flagger sends an empty query
    answer = yield from ask_metric(tick.metric_server, text)
    if isinstance(answer, QueryFailed):
        yield from tick.say(f"Prometheus query failed for {metric.name}: {answer.reason}", error=True)
        return False
    if isinstance(answer, NoValues):
        yield from tick.warn(f"Halt advancement no values found for metric: {metric.name}")
        return False
    return (yield from _custom_value(tick, metric, answer.value))


def _from_template(tick: Tick, metric: Metric) -> Decision[bool]:
    full_name, template = _template(tick, metric)
    if template is None:
        yield from tick.say(f"Metric template {full_name} error: {_missing(metric)}", error=True)
        return False
    provider = _provider(tick, metric, template)
    if isinstance(provider, str):
        yield from tick.say(f"Metric template {full_name} {provider}", error=True)
        return False
    try:
        text = _query(tick, metric, QuerySource.TEMPLATE, template).text
    except TemplateError as error:
        # A failed check in both modes; only the message differs.
        failure = f"Metric template {full_name} query render error: {_as_flagger_says(error)}"
        if not tick.settings.strict:
            failure = f"Metric template {full_name}: {_not_rendered('spec.query', metric, error)}"
        yield from tick.say(failure, error=True)
        return False
    yield Log(f"Metric template {full_name} query: {text}", _CALLER, "debug")
    answer = yield from ask_metric(provider, text)
    if isinstance(answer, QueryFailed):
        yield from tick.say(f"Metric query failed for {metric.name}: {answer.reason}", error=True)
        return False
    if isinstance(answer, NoValues):
        yield from tick.warn(f"Halt advancement no values found for custom metric: {metric.name}: {answer.reason}")
        return False
    return (yield from _custom_value(tick, metric, answer.value))


_EVALUATE: dict[QuerySource, Callable[[Tick, Metric], Decision[bool]]] = {
    QuerySource.BUILTIN: _builtin,
    QuerySource.INLINE: _inline,
    QuerySource.TEMPLATE: _from_template,
}


def _query(tick: Tick, metric: Metric, source: QuerySource, template: KubernetesObject | None = None) -> CheckQuery:
    settings = tick.settings
    return check_query(
        source,
        tick.canary,
        metric,
        mesh_provider=settings.mesh_provider,
        template=template,
        router=split_object(tick),
        strict=settings.strict,
    )


def split_object(tick: Tick) -> KubernetesObject | None:
    """The object that splits the canary's traffic, where the names in its metrics are read from that."""
    record = registry.named(tick.provider)
    if record is None or record.split is None or record.measured is None:
        return None
    return tick.cluster_view.get(record.split.object.resource.kind_names[-1], *record.split.place(tick.canary))


def _as_flagger_says(error: TemplateError) -> str:
    """The text/template error behind Flagger's prefix, with its spelling."""
    return f"template {'excution' if error.executing else 'parsing'} failed: {error}"


def _not_rendered(what: str, metric: Metric, error: TemplateError) -> str:
    """``spec.query cannot be rendered: map has no entry for key "x" at line 1, column 18; REMEDY``."""
    missing = _MISSING_VARIABLE.search(error.problem)
    remedy = f"give {missing[1]} in templateVariables of metric {metric.name}" if missing else "correct the query"
    return f"{what} cannot be rendered: {error.problem} at {error.place}; {remedy}"


def _custom_value(tick: Tick, metric: Metric, value: float) -> Decision[bool]:
    yield _measured(metric.name, value)
    problem = _out_of_range(value, limits_of(metric, builtin=False), _rounded, _bare)
    if problem:
        yield from tick.warn(f"Halt {tick.canary.full_name} advancement {metric.name} {problem}")
    return not problem


def _out_of_range(
    value: float, limits: CheckLimits, shown: Callable[[float], str], bound: Callable[[float], str]
) -> str:
    """The violated threshold (``52.00% < 99%``), or "" when the value is within its thresholds."""
    low, high = limits.low, limits.high
    if low is not None and value < low:
        return f"{shown(value)} < {bound(low)}"
    if high is not None and value > high:
        return f"{shown(value)} > {bound(high)}"
    return ""


def _rounded(number: float) -> str:
    """Format like Go's ``%.2f``."""
    return f"{number:.2f}" if math.isfinite(number) else f"{number:+}".title()


def _bare(number: float) -> str:
    """Format like Go's ``%v``: the shortest form, with an exponent from a million up."""
    exponent = int(f"{number:e}".partition("e")[2]) if math.isfinite(number) else 0
    if not -4 <= exponent < _EXPONENT_FROM:
        digits = Decimal(repr(number)).normalize().as_tuple().digits
        return f"{number:.{len(digits) - 1}e}"
    return str(int(number)) if math.isfinite(number) and number == int(number) else repr(number)


def _go_duration(milliseconds: float) -> str:
    return format_duration(milliseconds / 1000) if math.isfinite(milliseconds) else _rounded(milliseconds)


def _no_traffic(tick: Tick, metric: str) -> str:
    return (
        f"Halt advancement no values found for {_observed(tick)} metric {metric} probably {tick.target} "
        "is not receiving traffic"
    )


def _observed(tick: Tick) -> str:
    """The name that Flagger gives the built-in queries in its messages."""
    provider = metrics_provider_of(tick.canary, tick.settings.mesh_provider, strict=tick.settings.strict)
    return f"{provider}:service" if tick.canary.spec.target.is_service else provider


def _measured(metric: str, value: float) -> Measure:
    return Measure("canary_metric_analysis", value, {"metric": metric})


def _template(tick: Tick, metric: Metric) -> tuple[str, KubernetesObject | None]:
    namespace = metric.template_namespace or tick.canary.namespace
    found = tick.cluster_view.get("MetricTemplate", namespace, metric.template_name)
    return f"{metric.template_name}.{namespace}", found


def _missing(metric: Metric) -> str:
    return f'metrictemplate.flagger.app "{metric.template_name}" not found'


def _provider(tick: Tick, metric: Metric, template: KubernetesObject) -> ProviderSpec | str:
    """The provider of a template, or the message that says why it cannot be queried."""
    interval = metric.interval if tick.settings.strict else metric.interval or DEFAULT_METRIC_INTERVAL

    def secret_of(namespace: str, name: str) -> KubernetesObject | None:
        return tick.cluster_view.get("Secret", namespace, name)

    found = template_provider(template, secrets=secret_of, interval=interval, strict=tick.settings.strict)
    if not isinstance(found, ProviderProblem):
        return found
    if found.why is Unusable.SECRET_MISSING:
        return f'secret {found.detail} error: secrets "{found.detail}" not found'
    if found.why is Unusable.UNKNOWN_TYPE:
        return f"provider {found.type} error: this controller asks {', '.join(PROVIDERS)} providers only"
    return f"provider {found.type} error: {found.detail}"
