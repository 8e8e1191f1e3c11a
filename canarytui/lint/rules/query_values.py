"""What the values of a check's query can show: whether any fails, whether any passes, and what they count."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mapping, as_text
from canarytui.lint.asked_queries import (
    AskedQuery,
    asked_queries,
    bounds_field,
    bounds_of,
    provider_type_of,
    query_of,
)
from canarytui.lint.check import METRIC_TEMPLATE, LintCheck, LintedObject, Problem, canary_check
from canarytui.lint.promql import ValueRange, bucketless_quantile, counted_share, value_range
from canarytui.lint.rendering import filled_in
from canarytui.lint.rules.checks import RATIO
from canarytui.metrics.promql import parsed
from canarytui.metrics.provider_spec import PROMETHEUS

CANNOT_FAIL = Rule("query-cannot-fail", Severity.ERROR, "No value of this query is outside the check's range.")
CANNOT_PASS = Rule("query-cannot-pass", Severity.ERROR, "No value of this query is inside the check's range.")
NO_BUCKETS = Rule("quantile-without-buckets", Severity.ERROR, "histogram_quantile over series without their label le.")
INVERTED = Rule("query-inverted", Severity.ERROR, "The query counts the opposite of what the check is about.")

_ABOUT_ERRORS = re.compile(r"(?<![a-z0-9])(4\d\d|5\d\d|[45]xx|not-?found|err(or)?s?|fail(ed|ures?)?)(?![a-z0-9])", re.I)
_ABOUT_SUCCESS = re.compile(r"(?<![a-z])(success(ful)?|availability|non-?(error|5xx))(?![a-z])", re.I)


def _is_ratio_against_percent(asked: AskedQuery) -> bool:
    expression, (low, high) = asked.expression(), bounds_of(asked.metric)
    if expression is None:
        return False
    found = value_range(expression)
    if (found.low, found.high) == (0.0, 1.0):
        return any(bound is not None and 1 < bound <= 100 for bound in (low, high))
    return (found.low, found.high) == (0.0, 100.0) and low is not None and 0 < low <= 1


def _ratio(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for asked in asked_queries(canary, linted):
        if not _is_ratio_against_percent(asked):
            continue
        low, high = bounds_of(asked.metric)
        ratio = value_range(asked.expression()).high == 1.0
        bound = next(each for each in (low, high) if each is not None and (each > 1) == ratio)
        if ratio:
            effect = "never passes" if low is not None and low > 1 else "never fails"
            message = f"yields a ratio of 0 to 1, and is compared with {bound:g} percent: the check {effect}."
        else:
            message = f"yields percent, and is compared with a ratio of {bound:g}: the check hardly ever fails."
        yield Problem(
            bounds_field(asked.path, asked.metric),
            f"The query of {clean(asked.metric.name, 60)} {message}",
            f"Multiply the query by 100, or write {bound / 100:g}." if ratio else f"Write {bound * 100:g}.",
        )


def _cannot(canary: Canary, linted: LintedObject, *, fail: bool) -> Iterator[Problem]:
    for asked in asked_queries(canary, linted):
        expression, (low, high) = asked.expression(), bounds_of(asked.metric)
        if expression is None or (low is None and high is None) or _is_ratio_against_percent(asked):
            continue
        found = value_range(expression)
        if not found.known or (low is not None and high is not None and low > high):
            continue
        passes_all = (low is None or low <= found.low) and (high is None or high >= found.high)
        passes_none = (low is not None and low > found.high) or (high is not None and high < found.low)
        if passes_all if fail else passes_none:
            what = "which always passes" if fail else "which never passes"
            yield Problem(
                bounds_field(asked.path, asked.metric),
                f"The query of {clean(asked.metric.name, 60)} {_yields(found)}, {what}.",
                "Correct the threshold or the query.",
            )


def _yields(found: ValueRange) -> str:
    if found.low == found.high:
        return f"always yields {found.low:g}"
    if found.high == math.inf:
        return f"yields {found.low:g} or more"
    return f"yields {found.low:g} to {found.high:g}"


def _cannot_fail(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    return _cannot(canary, linted, fail=True)


def _cannot_pass(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    return _cannot(canary, linted, fail=False)


def _inverted_words(query: str, name: str, metric: Metric | None, variables: dict[str, str] | None) -> str:
    """What a query counts, where that is the opposite of what its name or its range is about; else ""."""
    try:
        share = counted_share(parsed(filled_in(query, variables)))
    except ValueError:
        return ""
    if share is None:
        return ""
    low, high = bounds_of(metric) if metric is not None else (None, None)
    small = low is None and high is not None and high < share.whole / 2
    large = high is None and low is not None and low > share.whole / 2 and low <= share.whole
    about_errors = bool(_ABOUT_ERRORS.search(name)) and not _ABOUT_SUCCESS.search(name)
    about_success = bool(_ABOUT_SUCCESS.search(name))
    if not share.errors and (small or (about_errors and not large)):
        bound = f", and may be at most {high:g}" if small else ""
        return f"The query yields {share}, which are not the failed ones{bound}"
    if share.errors and (large or (about_success and not small)):
        bound = f", and must be at least {low:g}" if large else ""
        return f"The query yields {share}, which are the failed ones{bound}"
    return ""


def _inverted_canary(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for asked in asked_queries(canary, linted):
        if not asked.is_promql:
            continue
        template = asked.template
        if template is not None and _inverted_words(asked.query, _name(template), None, dict(asked.metric.variables)):
            continue  # the template is reported, whoever uses it
        said = _inverted_words(asked.query, asked.metric.name, asked.metric, dict(asked.metric.variables))
        if said:
            yield Problem(
                f"{asked.path}.query" if template is None else f"{asked.path}.templateRef",
                f"{said}: healthy traffic fails the check {clean(asked.metric.name, 60)}, and errors pass it.",
                "Invert the matcher, or subtract the query from 100.",
            )


def _inverted_template(linted: LintedObject) -> Iterator[Problem]:
    if provider_type_of(linted.obj) == PROMETHEUS:
        said = _inverted_words(query_of(linted.obj), linted.name, None, None)
        if said:
            yield Problem(
                "spec.query",
                f"{said}: the opposite of what {clean(linted.name, 60)} promises.",
                "Invert the matcher, or subtract the query from 100.",
            )


def _name(template: KubernetesObject) -> str:
    return as_text(as_mapping(template.get("metadata")).get("name"))


def _buckets(query: str, path: str, variables: dict[str, str] | None) -> Iterator[Problem]:
    try:
        why = bucketless_quantile(parsed(filled_in(query, variables)))
    except ValueError:
        return
    if why:
        yield Problem(
            path,
            f"histogram_quantile gets no buckets to choose from: {why}. It yields no number, and every check fails.",
            "Keep the label le: sum(rate(…_bucket[…])) by (le), without a matcher for le.",
        )


def _buckets_of_template(linted: LintedObject) -> Iterator[Problem]:
    if provider_type_of(linted.obj) == PROMETHEUS:
        yield from _buckets(query_of(linted.obj), "spec.query", None)


def _buckets_of_canary(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for index, metric in enumerate(canary.spec.analysis.metrics):
        if metric.query:
            yield from _buckets(metric.query, f"spec.analysis.metrics[{index}].query", dict(metric.variables))


CHECKS = (
    LintCheck(NO_BUCKETS, (METRIC_TEMPLATE,), _buckets_of_template),
    canary_check(NO_BUCKETS, _buckets_of_canary),
    canary_check(RATIO, _ratio),
    canary_check(CANNOT_FAIL, _cannot_fail),
    canary_check(CANNOT_PASS, _cannot_pass),
    LintCheck(INVERTED, (METRIC_TEMPLATE,), _inverted_template),
    canary_check(INVERTED, _inverted_canary),
)
