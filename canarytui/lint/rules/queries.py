"""The queries of checks, and the MetricTemplates they come from: whether they can be asked at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.lint.asked_queries import asked_queries, provider_type_of, query_of
from canarytui.lint.check import METRIC_TEMPLATE, LintCheck, LintedObject, Problem, canary_check
from canarytui.lint.promql import has_fixed_window
from canarytui.lint.rendering import filled_in, uses_interval
from canarytui.metrics.culprit.query_parts import DASHBOARD_VARIABLE
from canarytui.metrics.promql import parsed
from canarytui.metrics.provider_spec import PROMETHEUS
from canarytui.metrics.template import TemplateError

TEMPLATE_ERROR = Rule("query-template-error", Severity.ERROR, "A query whose {{ … }} cannot be filled in.")
VARIABLE_MISSING = Rule("template-variable-missing", Severity.ERROR, "The template needs a variable the check lacks.")
SYNTAX_ERROR = Rule("query-syntax-error", Severity.ERROR, "A query that is not valid PromQL.")
DASHBOARD = Rule(
    "query-dashboard-variable", Severity.ERROR, "A query with a variable of a dashboard, such as $namespace."
)
NO_INTERVAL = Rule("query-without-interval", Severity.WARNING, "A query with a fixed window, without {{ interval }}.")
INTERVAL_MISSING = Rule(
    "template-interval-missing", Severity.ERROR, "The template needs an interval, and the check has none."
)
NO_ADDRESS = Rule("template-without-address", Severity.ERROR, "The metric provider needs an address or a region.")
NO_SECRET = Rule("template-without-secret", Severity.ERROR, "The metric provider needs a Secret.")

_OURS = (
    {"workload": "target", "deployment": "target", "app": "target", "canary": "name"}
    | {name: name for name in ("name", "namespace", "target", "service", "ingress", "route", "interval")}
    | {"__interval": "interval", "__rate_interval": "interval", "__range": "interval"}
)
"""Flagger's variables for what dashboards usually call so."""
_ADDRESS_NEEDED = ("prometheus", "graphite", "influxdb", "dynatrace", "splunk")
_SECRET_NEEDED = ("datadog", "newrelic", "dynatrace", "splunk")


def _template_error(query: str, path: str) -> Iterator[Problem]:
    try:
        filled_in(query)
    except TemplateError as error:
        if not error.executing or "variables" not in str(error):
            yield Problem(
                path,
                f"The query cannot be filled in: {clean(error.problem, 200)} ({error.place}). Flagger sends nothing to"
                " the metric provider.",
                "Use name, namespace, target, service, ingress, route, interval and variables.KEY, in {{ }}.",
            )


def _template_errors_of_template(linted: LintedObject) -> Iterator[Problem]:
    return _template_error(query_of(linted.obj), "spec.query")


def _template_errors_of_canary(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for index, metric in enumerate(canary.spec.analysis.metrics):
        if metric.query:
            yield from _template_error(metric.query, f"spec.analysis.metrics[{index}].query")


def _variables(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for asked in asked_queries(canary, linted):
        try:
            filled_in(asked.query, asked.metric.variables)
        except TemplateError as error:
            missing = re.search(r'no entry for key "([^"]*)"', error.problem)
            if error.executing and missing and "variables" in str(error):
                source = (
                    f"MetricTemplate {clean(asked.metric.template_name, 60)}"
                    if asked.template is not None
                    else "The query"
                )
                yield Problem(
                    f"{asked.path}.templateVariables",
                    f"{source} uses variables.{clean(missing[1], 60)}, which {clean(asked.metric.name, 60)} lacks:"
                    " every check fails.",
                    f"Set templateVariables.{clean(missing[1], 60)}.",
                )


def _dashboard(query: str, path: str) -> Iterator[Problem]:
    found = _dashboard_variable(query)
    if found:
        ours = _OURS.get(found.strip("${}").lower(), "namespace")
        yield Problem(
            path,
            f"{clean(found, 60)} is a dashboard's variable: no controller fills it in, so the query finds nothing.",
            f"Write {{{{ {ours} }}}}, or another of name, namespace, target, service, ingress, route, interval and"
            " variables.KEY.",
        )


def _dashboard_variable(query: str) -> str:
    """The first variable of a dashboard in a query; "" without one. label_replace() has groups that look like them."""
    try:
        text = filled_in(query)  # templates have variables of their own
    except TemplateError:
        return ""
    found = DASHBOARD_VARIABLE.search(text) if "label_replace" not in text else None
    return found[0] if found else ""


def _dashboard_of_template(linted: LintedObject) -> Iterator[Problem]:
    if provider_type_of(linted.obj) == PROMETHEUS:
        yield from _dashboard(query_of(linted.obj), "spec.query")


def _dashboard_of_canary(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for index, metric in enumerate(canary.spec.analysis.metrics):
        yield from _dashboard(metric.query, f"spec.analysis.metrics[{index}].query")


def _syntax(query: str, path: str) -> Iterator[Problem]:
    if _dashboard_variable(query):
        return  # reported, and what Prometheus says of it is about the variable
    try:
        text = filled_in(query)
    except TemplateError:
        return  # reported, or variables that only a canary knows
    if not text.strip():
        yield Problem(path, "The query is empty.", "Write a query.")
        return
    try:
        parsed(text)
    except ValueError as error:
        yield Problem(
            path,
            f"The query is no PromQL: {clean(error, 200)}. Prometheus refuses it, and every check fails.",
            "Correct the query; try it in Prometheus first.",
        )


def _syntax_of_template(linted: LintedObject) -> Iterator[Problem]:
    if provider_type_of(linted.obj) == PROMETHEUS and query_of(linted.obj):
        yield from _syntax(query_of(linted.obj), "spec.query")


def _syntax_of_canary(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for index, metric in enumerate(canary.spec.analysis.metrics):
        if metric.query:
            yield from _syntax(metric.query, f"spec.analysis.metrics[{index}].query")


def _no_interval(query: str, path: str) -> Iterator[Problem]:
    try:
        expression = parsed(filled_in(query))
    except ValueError:
        return
    if has_fixed_window(expression) and not uses_interval(query):
        yield Problem(
            path,
            "The query's window is fixed: the check's interval has no effect on it, and a window longer than the"
            " analysis interval mixes in requests of earlier steps.",
            "Write [{{ interval }}] as its range.",
        )


def _no_interval_in_template(linted: LintedObject) -> Iterator[Problem]:
    if provider_type_of(linted.obj) == PROMETHEUS:
        yield from _no_interval(query_of(linted.obj), "spec.query")


def _no_interval_in_canary(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for index, metric in enumerate(canary.spec.analysis.metrics):
        if metric.query:
            yield from _no_interval(metric.query, f"spec.analysis.metrics[{index}].query")


def _interval_missing(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for asked in asked_queries(canary, linted):
        if asked.template is not None and not asked.metric.interval and uses_interval(asked.query):
            yield Problem(
                f"{asked.path}.templateRef",
                f"MetricTemplate {clean(asked.metric.template_name, 60)} uses {{{{ interval }}}}, and"
                f" {clean(asked.metric.name, 60)} has no interval: Flagger's default of 1m is not for templates, so the"
                " range is empty and every check fails.",
                "Set interval: 1m on the check.",
            )


def _address(linted: LintedObject) -> Iterator[Problem]:
    provider, type_ = as_mapping(linted.spec.get("provider")), provider_type_of(linted.obj)
    if type_ in _ADDRESS_NEEDED and not provider.get("address"):
        yield Problem(
            "spec.provider", f"Provider {type_} has no address: every check fails.", "Set spec.provider.address."
        )
    if type_ == "cloudwatch" and not provider.get("region"):
        yield Problem(
            "spec.provider", "Provider cloudwatch has no region: every check fails.", "Set spec.provider.region."
        )


def _secret(linted: LintedObject) -> Iterator[Problem]:
    provider, type_ = as_mapping(linted.spec.get("provider")), provider_type_of(linted.obj)
    if type_ in _SECRET_NEEDED and not as_mapping(provider.get("secretRef")).get("name"):
        yield Problem(
            "spec.provider",
            f"Provider {type_} has no secretRef, and so no credentials: every check fails.",
            "Set spec.provider.secretRef.name to a Secret in the template's namespace.",
        )


_TEMPLATES = (METRIC_TEMPLATE,)
CHECKS = (
    LintCheck(TEMPLATE_ERROR, _TEMPLATES, _template_errors_of_template),
    canary_check(TEMPLATE_ERROR, _template_errors_of_canary),
    canary_check(VARIABLE_MISSING, _variables),
    LintCheck(DASHBOARD, _TEMPLATES, _dashboard_of_template),
    canary_check(DASHBOARD, _dashboard_of_canary),
    LintCheck(SYNTAX_ERROR, _TEMPLATES, _syntax_of_template),
    canary_check(SYNTAX_ERROR, _syntax_of_canary),
    LintCheck(NO_INTERVAL, _TEMPLATES, _no_interval_in_template),
    canary_check(NO_INTERVAL, _no_interval_in_canary),
    canary_check(INTERVAL_MISSING, _interval_missing),
    LintCheck(NO_ADDRESS, _TEMPLATES, _address),
    LintCheck(NO_SECRET, _TEMPLATES, _secret),
)
