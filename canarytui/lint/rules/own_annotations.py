"""The annotations of canarytui: whether they exist, can be read, and have an effect where they stand."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from canarytui.domain import links
from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.findings.silencing import IGNORE_ANNOTATION
from canarytui.domain.rollout.rollout_cost import SLO_ANNOTATION, slo_percent
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.judge_annotations import (
    HALT,
    JUDGE_ANNOTATION,
    PASS,
    WITHOUT_VERDICT_ANNOTATION,
    judge_opt_in,
)
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION, shadow_metrics
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.traffic.selection import ROUTE_ANNOTATION, ROUTE_KINDS, chooses_route
from canarytui.domain.values import KubernetesObject, as_mapping, as_text
from canarytui.errors import InvalidObject
from canarytui.lint.asked_queries import annotation_field, provider_type_of
from canarytui.lint.check import (
    ALERT_PROVIDER,
    CANARY,
    METRIC_TEMPLATE,
    LintCheck,
    LintedObject,
    Problem,
    canary_check,
    provider_check,
    traffic_provider,
)
from canarytui.metrics.check_queries import QuerySource, sources_of
from canarytui.metrics.provider_spec import PROMETHEUS

UNKNOWN = Rule("unknown-annotation", Severity.WARNING, "A canarytui.io annotation that does not exist.")
VALUE = Rule("annotation-value", Severity.ERROR, "The value of a canarytui.io annotation cannot be read.")
NO_EFFECT = Rule("annotation-without-effect", Severity.WARNING, "A canarytui.io annotation that has no effect here.")
SLO = Rule("slo-out-of-range", Severity.ERROR, "A canary's SLO is not a percentage between 1 and 100.")
NO_VERDICT = Rule(
    "judge-without-prometheus", Severity.ERROR, "The canary is to be judged, and its checks do not ask Prometheus."
)

PREFIX = f"{JUDGE_ANNOTATION.partition('/')[0]}/"
OF_CANARIES = (
    JUDGE_ANNOTATION,
    WITHOUT_VERDICT_ANNOTATION,
    SHADOW_ANNOTATION,
    SLO_ANNOTATION,
    links.ANNOTATION,
    ROUTE_ANNOTATION,
)
KNOWN = (*OF_CANARIES, IGNORE_ANNOTATION)
_KINDS = (
    CANARY,
    METRIC_TEMPLATE,
    ALERT_PROVIDER,
    "Deployment",
    "DaemonSet",
    "HorizontalPodAutoscaler",
    "ScaledObject",
    "Service",
)
_PREFIX_LIKENESS = 0.8
_LEAST_SLO = 1.0
"""Percent. Up to here a ratio is meant: no service has such an objective."""


def _annotations(obj: KubernetesObject) -> dict[str, Any]:
    return {str(key): value for key, value in as_mapping(as_mapping(obj.get("metadata")).get("annotations")).items()}


def _is_link(name: str) -> bool:
    return name == links.ANNOTATION or name.startswith(f"{links.ANNOTATION}-")


def _unknown(linted: LintedObject) -> Iterator[Problem]:
    for name in _annotations(linted.obj):
        prefix, slash, rest = name.partition("/")
        if name in KNOWN or _is_link(name) or not slash:
            continue
        if f"{prefix}/" == PREFIX:
            close = difflib.get_close_matches(name, KNOWN, 1)
        elif difflib.SequenceMatcher(None, f"{prefix}/", PREFIX).ratio() >= _PREFIX_LIKENESS:
            close = [f"{PREFIX}{rest}"] if f"{PREFIX}{rest}" in KNOWN or _is_link(f"{PREFIX}{rest}") else []
            if not close:
                continue  # it may be somebody else's
        else:
            continue
        yield Problem(
            annotation_field(name),
            f"There is no annotation {clean(name, 80)}: it has no effect.",
            f"Did you mean {close[0]}?" if close else f"Remove it, or use one of {', '.join(sorted(KNOWN))}.",
        )


def _value(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    opted = judge_opt_in(canary)
    for name, value in opted.unknown:
        known = (HALT,) if name == JUDGE_ANNOTATION else (HALT, PASS)
        what = (
            "the comparison with the primary does not halt it" if name == JUDGE_ANNOTATION else f"it counts as {PASS}"
        )
        yield Problem(
            annotation_field(name),
            f"{name} is {clean(value, 40)!r}, not {' or '.join(known)}: {what}.",
            f"Write {' or '.join(known)}, or remove it.",
        )
    annotations = _annotations(canary.raw)
    route = as_text(annotations.get(ROUTE_ANNOTATION))
    provider = traffic_provider(canary, linted.options)
    if route and route not in ROUTE_KINDS and (provider is None or chooses_route(provider)):
        kinds = " or ".join(ROUTE_KINDS)
        yield Problem(
            annotation_field(ROUTE_ANNOTATION),
            f"{ROUTE_ANNOTATION} is {clean(route, 40)!r}, not {kinds}: canarytui's controller stops at every tick, and"
            " Flagger ignores it.",
            f"Write {kinds}, or remove it.",
        )
    for name, value in annotations.items():
        problem = links.problem_of(value.strip()) if _is_link(name) and isinstance(value, str) else ""
        if problem:
            yield Problem(
                annotation_field(name),
                f"{clean(name, 80)} is not offered as a link: {problem}.",
                "Write a plain http or https URL.",
            )
    yield from _shadow(canary)


def _shadow(canary: Canary) -> Iterator[Problem]:
    if not isinstance(_annotations(canary.raw).get(SHADOW_ANNOTATION), str):
        return
    try:
        shadow_metrics(canary)
    except InvalidObject as error:
        said = str(error).partition(": ")[2] or str(error)
        yield Problem(
            annotation_field(SHADOW_ANNOTATION),
            f"No shadow check is measured: {said.rstrip('.')}.",
            "Write a list in the form of spec.analysis.metrics, with names that no other check has.",
        )


def _no_effect(linted: LintedObject) -> Iterator[Problem]:
    kind = as_text(linted.obj.get("kind"))
    if kind == CANARY:
        return
    for name in _annotations(linted.obj):
        if name in OF_CANARIES or _is_link(name):
            yield Problem(
                annotation_field(name), f"{name} is read from Canaries, not from a {kind}.", "Move it to the Canary."
            )


def _alone(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    annotations = _annotations(canary.raw)
    if WITHOUT_VERDICT_ANNOTATION in annotations and JUDGE_ANNOTATION not in annotations:
        yield Problem(
            annotation_field(WITHOUT_VERDICT_ANNOTATION),
            f"{WITHOUT_VERDICT_ANNOTATION} has no effect without {JUDGE_ANNOTATION}: nothing is judged.",
            f"Add {JUDGE_ANNOTATION}: {HALT}, or remove it.",
        )


def _route(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    if ROUTE_ANNOTATION in _annotations(canary.raw) and not chooses_route(provider):
        yield Problem(
            annotation_field(ROUTE_ANNOTATION),
            f"{ROUTE_ANNOTATION} has no effect with provider {provider.name}, which writes no such route.",
            "Remove it.",
        )


def _slo(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    text = as_text(_annotations(canary.raw).get(SLO_ANNOTATION))
    if not text:
        return
    percent = slo_percent(text)
    field = annotation_field(SLO_ANNOTATION)
    if percent is None:
        yield Problem(
            field,
            f"{SLO_ANNOTATION} is {clean(text, 40)!r}, no percentage between 0 and 100: what the success check asks for"
            " counts instead.",
            'Write the percent of requests that have to succeed, such as "99.9".',
        )
    elif percent <= _LEAST_SLO:
        yield Problem(
            field,
            f"{SLO_ANNOTATION} is in percent: with {clean(text, 40)} nearly all requests may fail.",
            f'Write "{percent * 100:.6g}".' if percent < _LEAST_SLO else 'Write a percentage, such as "99.9".',
        )


def _no_verdict(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    """As the engine decides it: all checks ask another service by a template, and no metricsServer is named."""
    opted = judge_opt_in(canary)
    metrics = canary.spec.analysis.metrics
    if not opted.halts_when_worse or canary.spec.metrics_server or not metrics:
        return
    services = set()
    for metric in metrics:
        template = linted.manifests.named(
            METRIC_TEMPLATE, metric.template_name, metric.template_namespace or canary.namespace
        )
        if sources_of(metric) != (QuerySource.TEMPLATE,) or template is None:
            return
        services.add(provider_type_of(template) or PROMETHEUS)
    if PROMETHEUS in services:
        return
    named = ", ".join(sorted(clean(each, 40) for each in services))
    what = "fails every tick" if opted.halts_without_verdict else "passes whatever the version does"
    yield Problem(
        annotation_field(JUDGE_ANNOTATION),
        f"All checks ask {named}, and only Prometheus compares canary and primary: there is no verdict, which {what}.",
        f"Set spec.metricsServer to a Prometheus that scrapes the proxy, or remove {JUDGE_ANNOTATION}.",
    )


CHECKS = (
    LintCheck(UNKNOWN, _KINDS, _unknown),
    canary_check(VALUE, _value),
    LintCheck(NO_EFFECT, _KINDS, _no_effect),
    canary_check(NO_EFFECT, _alone),
    provider_check(NO_EFFECT, _route),
    canary_check(SLO, _slo),
    canary_check(NO_VERDICT, _no_verdict),
)
