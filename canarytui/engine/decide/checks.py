"""The checks of an analysis: built-in metrics, inline queries, MetricTemplates. The first failure ends them."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from canarytui.domain.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.durations import format_duration
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.engine.decide.effects import CheckServer, Decision, Log, Measure, Object, ask_metric
from canarytui.engine.decide.tick import Tick
from canarytui.metrics.answers import MetricServer, NoValues, QueryFailed, Value
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE, Observer
from canarytui.metrics.check_queries import observer_of, subject_of
from canarytui.metrics.template import TemplateError, model, render

_CALLER = "controller/scheduler_metrics.go"
_WHOLE_MOST = 2.0**63
_EXPONENT_FROM = 6
_MISSING_VARIABLE = re.compile(r'map has no entry for key "([^"]*)"\Z')
_PROMETHEUS_LIKE = ("prometheus", "")


def metric_servers_answer(tick: Tick) -> Decision[None]:
    """Say at initialisation whether the metric servers can be asked; a failure only warns."""
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
        server = _server(tick, template)
        if isinstance(server, str):
            return f"metric template {full_name} {server}"
        error: str = yield CheckServer(server)
        if error:
            return f"{server.type} in metric template {full_name} not avaiable: {error}"
    return ""


def checks_pass(tick: Tick) -> Decision[bool]:
    """Ask every metric in Flagger's order: built-in and inline ones as listed, then the templates."""
    metrics = tick.canary.spec.analysis.metrics
    for metric in metrics:
        if not (yield from _builtin_and_inline(tick, metric)):
            return False
    for metric in metrics:
        if metric.template_name:
            if not (yield from _from_template(tick, metric)):
                return False
        elif not metric.query and metric.name not in (SUCCESS_RATE, DURATION):
            text = "Metric query failed for no usable metrics template and query were configured"
            yield from tick.say(text, error=True)
            return False
    return True


def _builtin_and_inline(tick: Tick, metric: Metric) -> Decision[bool]:
    if metric.name == SUCCESS_RATE and not (yield from _success_rate(tick, metric)):
        return False
    if metric.name == DURATION and not (yield from _duration(tick, metric)):
        return False
    if metric.query:
        return (yield from _inline(tick, metric))
    return True


def _success_rate(tick: Tick, metric: Metric) -> Decision[bool]:
    query = _observer(tick).success_rate(subject_of(tick.canary, metric, strict=tick.settings.strict))
    answer = yield from ask_metric(tick.metric_server, query)
    if isinstance(answer, QueryFailed):
        yield from tick.say(f"Prometheus query failed: running query failed: {answer.reason}", error=True)
        return False
    if isinstance(answer, NoValues):
        yield from tick.warn(f"{_no_traffic(tick, metric.name)}: running query failed: {answer.reason}")
        return False
    yield _measured(metric.name, answer.value)
    if metric.has_range:
        low, high = metric.minimum, metric.maximum
    else:
        low, high = metric.threshold, None
    problem = _out_of_range(
        answer.value, low, high, lambda value: f"{_rounded(value)}%", lambda bound: f"{_bare(bound)}%"
    )
    if problem:
        yield from tick.warn(f"Halt {tick.canary.full_name} advancement success rate {problem}")
    return not problem


def _duration(tick: Tick, metric: Metric) -> Decision[bool]:
    observer = _observer(tick)
    subject = subject_of(tick.canary, metric, strict=tick.settings.strict)
    answer = yield from ask_metric(tick.metric_server, observer.duration(subject))
    if isinstance(answer, QueryFailed):
        yield from tick.say(f"Prometheus query failed: running query failed: {answer.reason}", error=True)
        return False
    if isinstance(answer, NoValues):
        yield from tick.warn(_no_traffic(tick, metric.name))
        return False
    milliseconds = _whole(answer.value * observer.duration_factor, strict=tick.settings.strict)
    yield _measured(metric.name, milliseconds / 1000)
    bounds = (metric.minimum, metric.maximum) if metric.has_range else (None, metric.threshold or 0.0)
    low, high = (None if bound is None else float(int(bound)) for bound in bounds)
    problem = _out_of_range(milliseconds, low, high, _go_duration, _go_duration)
    if problem:
        yield from tick.warn(f"Halt {tick.canary.full_name} advancement request duration {problem}")
    return not problem


def _inline(tick: Tick, metric: Metric) -> Decision[bool]:
    interval = metric.interval or DEFAULT_METRIC_INTERVAL
    try:
        query = render(metric.query, model(tick.canary, metric, interval=interval))
    except TemplateError as error:
        if not tick.settings.strict:
            text = f"Metric query failed for {metric.name}: {_not_rendered('its query', metric, error)}"
            yield from tick.say(text, error=True)
            return False
        query = ""  # which Flagger asks
    answer = yield from ask_metric(tick.metric_server, query)
    if isinstance(answer, QueryFailed):
        text = f"Prometheus query failed for {metric.name}: {answer.reason}"
        yield from tick.say(text, error=True)
        return False
    if isinstance(answer, NoValues):
        yield from tick.warn(f"Halt advancement no values found for metric: {metric.name}")
        return False
    return (yield from _custom_value(tick, metric, answer))


def _from_template(tick: Tick, metric: Metric) -> Decision[bool]:
    full_name, template = _template(tick, metric)
    if template is None:
        yield from tick.say(f"Metric template {full_name} error: {_missing(metric)}", error=True)
        return False
    server = _server(tick, template)
    if isinstance(server, str):
        yield from tick.say(f"Metric template {full_name} {server}", error=True)
        return False
    interval = metric.interval if tick.settings.strict else metric.interval or DEFAULT_METRIC_INTERVAL
    try:
        values = model(tick.canary, metric, interval=interval)
        query = render(str((template.get("spec") or {}).get("query") or ""), values)
    except TemplateError as error:
        # In both modes a failed check; only the words differ.
        text = f"Metric template {full_name} query render error: {_as_flagger_says(error)}"
        if not tick.settings.strict:
            text = f"Metric template {full_name}: {_not_rendered('spec.query', metric, error)}"
        yield from tick.say(text, error=True)
        return False
    yield Log(f"Metric template {full_name} query: {query}", _CALLER, "debug")
    answer = yield from ask_metric(server, query)
    if isinstance(answer, QueryFailed):
        text = f"Metric query failed for {metric.name}: {answer.reason}"
        yield from tick.say(text, error=True)
        return False
    if isinstance(answer, NoValues):
        yield from tick.warn(f"Halt advancement no values found for custom metric: {metric.name}: {answer.reason}")
        return False
    return (yield from _custom_value(tick, metric, answer))


def _as_flagger_says(error: TemplateError) -> str:
    """With the prefix (and its spelling) that Flagger puts before what text/template says."""
    return f"template {'excution' if error.executing else 'parsing'} failed: {error}"


def _not_rendered(what: str, metric: Metric, error: TemplateError) -> str:
    """``spec.query cannot be rendered: map has no entry for key "x" at line 1, column 18: …``, with the remedy."""
    missing = _MISSING_VARIABLE.search(error.problem)
    remedy = f"give {missing[1]} in templateVariables of metric {metric.name}" if missing else "correct the query"
    return f"{what} cannot be rendered: {error.problem} at {error.place}; {remedy}"


def _custom_value(tick: Tick, metric: Metric, answer: Value) -> Decision[bool]:
    yield _measured(metric.name, answer.value)
    low, high = (metric.minimum, metric.maximum) if metric.has_range else (None, metric.threshold or 0.0)
    problem = _out_of_range(answer.value, low, high, _rounded, _bare)
    if problem:
        yield from tick.warn(f"Halt {tick.canary.full_name} advancement {metric.name} {problem}")
    return not problem


def _out_of_range(
    value: float, low: float | None, high: float | None, shown: Callable[[float], str], bound: Callable[[float], str]
) -> str:
    """``52.00% < 99%`` or its like; "" when the value is within its bounds."""
    if low is not None and value < low:
        return f"{shown(value)} < {bound(low)}"
    if high is not None and value > high:
        return f"{shown(value)} > {bound(high)}"
    return ""


def _whole(milliseconds: float, *, strict: bool) -> float:
    """Without a fraction. In Flagger's whole numbers there is no infinity, and what is beyond them becomes 0."""
    if abs(milliseconds) < _WHOLE_MOST:
        return float(int(milliseconds))
    return 0.0 if strict else milliseconds


def _rounded(number: float) -> str:
    """As Go's ``%.2f``."""
    return f"{number:.2f}" if math.isfinite(number) else f"{number:+}".title()


def _bare(number: float) -> str:
    """As Go's ``%v``: no needless fraction, and an exponent from a million on."""
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


def _observer(tick: Tick) -> Observer:
    return observer_of(tick.canary, _observed(tick).removesuffix(":service"))


def _observed(tick: Tick) -> str:
    """By which name Flagger calls the built-in queries that it asks."""
    provider = metrics_provider_of(tick.canary, tick.settings.mesh_provider)
    return f"{provider}:service" if tick.canary.spec.target.kind == "Service" else provider


def _measured(metric: str, value: float) -> Measure:
    return Measure("canary_metric_analysis", value, {"metric": metric})


def _template(tick: Tick, metric: Metric) -> tuple[str, Object | None]:
    namespace = metric.template_namespace or tick.canary.namespace
    found = tick.world.get("MetricTemplate", namespace, metric.template_name)
    return f"{metric.template_name}.{namespace}", found


def _missing(metric: Metric) -> str:
    return f'metrictemplate.flagger.app "{metric.template_name}" not found'


def _server(tick: Tick, template: Object) -> MetricServer | str:
    """Where a template's query goes, or what is wrong with its provider."""
    provider = (template.get("spec") or {}).get("provider") or {}
    kind = str(provider.get("type") or "prometheus")
    if kind not in _PROMETHEUS_LIKE:
        return f"provider {kind} error: this controller asks prometheus providers only"
    address = str(provider.get("address") or "")
    if not address:
        return f"provider {kind} error: {kind} endpoint  is not a valid URL"
    headers = {str(key): str((values or [""])[0]) for key, values in (provider.get("headers") or {}).items()}
    secret_name = (provider.get("secretRef") or {}).get("name")
    if secret_name:
        secret = tick.world.get("Secret", template["metadata"]["namespace"], secret_name)
        if secret is None:
            return f'secret {secret_name} error: secrets "{secret_name}" not found'
        authorization = _authorization(secret.get("data") or {})
        if authorization is None:
            return f"provider {kind} error: {kind} credentials does not contain a token, or username and password"
        headers["Authorization"] = authorization
    return MetricServer(kind, address, headers, verify_tls=not provider.get("insecureSkipVerify"))


def _authorization(data: Mapping[str, str]) -> str | None:
    try:
        texts = {key: base64.b64decode(value).decode() for key, value in data.items()}
    except (binascii.Error, UnicodeDecodeError):
        return None
    if texts.get("token"):
        return f"Bearer {texts['token'].strip()}"
    if "username" in texts and "password" in texts:
        pair = f"{texts['username']}:{texts['password']}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    return None
