"""The checks of a canary (``analysis.metrics``): their names, thresholds, and where their values come from."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.traffic.selection import FLAGGER_DEFAULT
from canarytui.lint.asked_queries import bounds_field, bounds_of, shadow_checks
from canarytui.lint.check import METRIC_TEMPLATE, LintedObject, Problem, canary_check, provider_check
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import QuerySource, sources_of

NO_QUERY = Rule("metric-without-query", Severity.ERROR, "A check with neither a built-in name, a query nor a template.")
SHADOW_NO_QUERY = Rule(
    "shadow-check-without-query",
    Severity.ERROR,
    "A shadow check with neither a built-in name, a query nor a template.",
)
NO_BOUNDS = Rule("range-without-bounds", Severity.ERROR, "A thresholdRange without min and max: it always passes.")
EMPTY_RANGE = Rule("empty-range", Severity.ERROR, "min is above max: the check fails whatever the value.")
NO_THRESHOLD = Rule("metric-without-threshold", Severity.ERROR, "A check without a threshold.")
THRESHOLD_IGNORED = Rule("threshold-ignored", Severity.WARNING, "threshold has no effect beside thresholdRange.")
TWICE = Rule("builtin-evaluated-twice", Severity.WARNING, "A built-in name with a query: both are evaluated.")
RATIO = Rule("ratio-against-percent", Severity.ERROR, "A ratio is compared with a percentage, or the other way round.")
SECONDS = Rule("seconds-against-milliseconds", Severity.ERROR, "request-duration is in milliseconds, not in seconds.")
NOT_FOUND = Rule("metric-template-not-found", Severity.ERROR, "The check's MetricTemplate is not among the documents.")
NO_CHECKS = Rule("analysis-without-checks", Severity.WARNING, "Nothing is checked but whether pods are ready.")
SERVICE_NAME = Rule(
    "service-name-breaks-checks",
    Severity.ERROR,
    "Flagger's built-in checks do not know service.name.",
)
DAEMONS = Rule("daemonset-checks-primary", Severity.ERROR, "Flagger's built-in checks measure the primary's pods.")
SERVICE_TARGET = Rule(
    "service-target-checks", Severity.WARNING, "For a target of kind Service, Flagger asks another mesh's metrics."
)

BUILTIN = (SUCCESS_RATE, DURATION)


def _metrics(canary: Canary) -> Iterator[tuple[str, Metric]]:
    for index, metric in enumerate(canary.spec.analysis.metrics):
        yield f"spec.analysis.metrics[{index}]", metric


def _all_metrics(canary: Canary) -> Iterator[tuple[str, Metric]]:
    """The shadow checks, too, where what is wrong is the same."""
    yield from _metrics(canary)
    yield from shadow_checks(canary)


def _shadow_no_query(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in shadow_checks(canary):
        if not sources_of(metric):
            close = difflib.get_close_matches(metric.name, BUILTIN, 1)
            yield Problem(
                path,
                f"Shadow check {clean(metric.name, 60)} is no built-in check and has neither query nor templateRef: it"
                " is never measured.",
                f"Did you mean {close[0]}?" if close else "Add a templateRef or a query.",
            )


def _no_query(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _metrics(canary):
        if not sources_of(metric):
            close = difflib.get_close_matches(metric.name, BUILTIN, 1)
            yield Problem(
                f"{path}.name",
                f"{clean(metric.name, 60)} is no built-in check and has neither query nor templateRef: it always fails,"
                " with 'no usable metrics template and query were configured'.",
                f"Did you mean {close[0]}?" if close else "Add a templateRef or a query.",
            )


def _no_bounds(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _all_metrics(canary):
        if metric.has_range and metric.minimum is None and metric.maximum is None:
            yield Problem(
                f"{path}.thresholdRange",
                f"The thresholdRange of {clean(metric.name, 60)} has neither min nor max: every value passes.",
                "Set min or max.",
            )


def _empty(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _all_metrics(canary):
        low, high = metric.minimum, metric.maximum
        if low is not None and high is not None and low > high:
            yield Problem(
                f"{path}.thresholdRange",
                f"min {low:g} is above max {high:g}: no value of {clean(metric.name, 60)} passes.",
                "Swap min and max.",
            )


def _no_threshold(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _all_metrics(canary):
        if not metric.has_range and metric.threshold is None:
            what = "always passes" if metric.name == SUCCESS_RATE else "fails unless its value is 0"
            yield Problem(
                path,
                f"{clean(metric.name, 60)} has no thresholdRange: it {what}.",
                "Add a thresholdRange with min or max.",
            )


def _ignored(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _all_metrics(canary):
        if metric.has_range and metric.threshold is not None:
            yield Problem(
                f"{path}.threshold",
                f"threshold {metric.threshold:g} of {clean(metric.name, 60)} has no effect: thresholdRange wins.",
                "Remove threshold.",
            )


def _twice(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _metrics(canary):
        if len(sources_of(metric)) > 1:
            both = metric.name in BUILTIN
            yield Problem(
                f"{path}.name" if both else f"{path}.query",
                f"{clean(metric.name, 60)} is a built-in check: Flagger evaluates that and the given query, against one"
                " threshold."
                if both
                else f"{clean(metric.name, 60)} has query and templateRef: both are evaluated, against one threshold.",
                "Give the check another name." if both else "Keep one of the two.",
            )


def _ratio(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _all_metrics(canary):
        if metric.name != SUCCESS_RATE:
            continue
        low, high = bounds_of(metric)
        if low is not None and 0 < low <= 1:
            yield Problem(
                bounds_field(path, metric),
                f"{SUCCESS_RATE} is in percent: a minimum of {low:g} passes when {100 - low:g} % of the requests fail.",
                f"Write {low * 100:g}.",
            )
        elif high is not None and 0 < high <= 1:
            yield Problem(
                bounds_field(path, metric),
                f"{SUCCESS_RATE} is in percent: a maximum of {high:g} fails as soon as requests succeed.",
                f"Use min, in percent: {100 - high if high < 1 else 99:g}.",
            )


def _seconds(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, metric in _all_metrics(canary):
        high = bounds_of(metric)[1]
        if metric.name == DURATION and high is not None and 0 < high <= 1:
            yield Problem(
                bounds_field(path, metric),
                f"{DURATION} is in whole milliseconds: a maximum of {high:g} fails for all but instant answers.",
                f"Write {high * 1000:g} if {high:g} s are meant.",
            )


def _not_found(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    known = linted.manifests.of_kind(METRIC_TEMPLATE)
    for path, metric in _all_metrics(canary):
        if not known or not metric.template_name:
            continue
        namespace = metric.template_namespace or canary.namespace
        if linted.manifests.named(METRIC_TEMPLATE, metric.template_name, namespace) is None:
            names = [clean(obj["metadata"].get("name"), 60) for obj in known if isinstance(obj.get("metadata"), dict)]
            close = difflib.get_close_matches(metric.template_name, names, 1)
            elsewhere = bool(close) and close[0] == metric.template_name
            shadow = not path.startswith("spec.")
            what = (
                f"shadow check {clean(metric.name, 60)} is never measured"
                if shadow
                else f"every check fails with 'Metric template {clean(metric.template_name, 60)} error'"
            )
            yield Problem(
                path if shadow else f"{path}.templateRef",
                f"No MetricTemplate {clean(metric.template_name, 60)} in namespace {namespace or '(none)'} was"
                f" found: {what}.",
                "Set templateRef.namespace to the template's."
                if elsewhere
                else f"Did you mean {close[0]}?"
                if close
                else "Correct the name, or add the MetricTemplate.",
            )


def _no_checks(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    analysis = canary.spec.analysis
    judged = any(hook.type in ("rollout", "pre-rollout", "confirm-promotion") for hook in analysis.webhooks)
    if not analysis.metrics and not judged and not canary.spec.skip_analysis:
        yield Problem(
            "spec.analysis",
            "analysis has no metrics and no webhook that could fail: a revision whose pods are ready is promoted,"
            " whatever it answers.",
            "Add request-success-rate and request-duration, or a check of your own.",
        )


def _service_name(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    # The queries name what a proxy calls the Service; Flagger fills in the target's name there.
    if canary.apex_name == canary.target_name or "<ROUTED>" not in provider.queries.success:
        return
    for path, metric in _metrics(canary):
        if QuerySource.BUILTIN in sources_of(metric):
            yield Problem(
                f"{path}.name",
                f"service.name is {canary.apex_name}, but Flagger's {metric.name} for {provider.name} looks for"
                f" {canary.target_name}: it never has values, and the rollout is rolled back.",
                f"Remove service.name, or check with a MetricTemplate that asks for {canary.apex_name}."
                " (canarytui's controller asks for the right name.)",
            )


def _daemons(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    if canary.spec.target.kind != "DaemonSet" or "<PODS>" not in provider.queries.success:
        return
    for path, metric in _metrics(canary):
        if QuerySource.BUILTIN in sources_of(metric):
            yield Problem(
                f"{path}.name",
                f"Flagger's {metric.name} for {provider.name} expects a Deployment's pod names; a DaemonSet's match"
                " for the primary only, so it measures the old version.",
                "Check with a MetricTemplate. (canarytui's controller measures the canary.)",
            )


def _service_target(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    if not canary.spec.target.is_service or provider.observes_services or _queries_are_asked(provider):
        return
    for path, metric in _metrics(canary):
        if QuerySource.BUILTIN in sources_of(metric):
            yield Problem(
                f"{path}.name",
                f"For a target of kind Service Flagger asks {metric.name} from"
                f" {FLAGGER_DEFAULT.capitalize()}'s metrics, not from {provider.title}'s.",
                "Check with a MetricTemplate, or point targetRef at a Deployment.",
            )


def _queries_are_asked(provider: TrafficProvider) -> bool:
    default = registry.named(FLAGGER_DEFAULT)
    return default is not None and provider.queries == default.queries


CHECKS = (
    canary_check(NO_QUERY, _no_query),
    canary_check(SHADOW_NO_QUERY, _shadow_no_query),
    canary_check(NO_BOUNDS, _no_bounds),
    canary_check(EMPTY_RANGE, _empty),
    canary_check(NO_THRESHOLD, _no_threshold),
    canary_check(THRESHOLD_IGNORED, _ignored),
    canary_check(TWICE, _twice),
    canary_check(RATIO, _ratio),
    canary_check(SECONDS, _seconds),
    canary_check(NOT_FOUND, _not_found),
    canary_check(NO_CHECKS, _no_checks),
    provider_check(SERVICE_NAME, _service_name),
    provider_check(DAEMONS, _daemons),
    provider_check(SERVICE_TARGET, _service_target),
)
