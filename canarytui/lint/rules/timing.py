"""Intervals, timeouts and deadlines."""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.durations import format_duration, parse_duration
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_mappings
from canarytui.lint.asked_queries import asked_queries
from canarytui.lint.check import LintedObject, Problem, canary_check
from canarytui.lint.rendering import uses_interval
from canarytui.lint.schema.conformance import DURATION
from canarytui.metrics.check_queries import QuerySource, sources_of

UNREADABLE_DURATION = Rule("unreadable-duration", Severity.ERROR, "A duration that the controller cannot read.")
INTERVAL_TOO_SHORT = Rule("interval-too-short", Severity.WARNING, "An interval below Flagger's minimum of 10 seconds.")
DEADLINE_FIRST = Rule(
    "deadline-before-threshold", Severity.NOTE, "The readiness deadline ends a rollout before the failed checks do."
)

WINDOW_TOO_SHORT = Rule(
    "metric-interval-too-short", Severity.WARNING, "A metric's window is too short to hold two samples."
)
NEVER_ROLLS_BACK = Rule(
    "threshold-out-of-reach", Severity.WARNING, "So many failed checks are allowed that it takes days to roll back."
)

_WINDOW_LEAST_S = 10.0
_LONGEST_S = 24 * 3600.0
FLOOR_S = 10.0
"""Flagger's minimum for ``analysis.interval``."""


def _durations(canary: Canary) -> Iterator[tuple[str, object, str]]:
    """Path, value and what Flagger makes of one that it cannot read."""
    analysis = as_mapping(as_mapping(canary.raw.get("spec")).get("analysis"))
    yield "spec.analysis.interval", analysis.get("interval"), "takes 60s"
    for index, metric in enumerate(as_mappings(analysis.get("metrics"))):
        yield (
            f"spec.analysis.metrics[{index}].interval",
            metric.get("interval"),
            "puts it into the query as it is, which then fails at every check",
        )
    for index, hook in enumerate(as_mappings(analysis.get("webhooks"))):
        yield f"spec.analysis.webhooks[{index}].timeout", hook.get("timeout"), "fails the webhook at every tick"


def _unreadable(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, value, what in _durations(canary):
        if not isinstance(value, str) or not DURATION.match(value):
            continue  # the API server rejects it: invalid-value
        try:
            seconds = parse_duration(value)
        except ValueError:
            yield Problem(path, f"{path} is {clean(value, 40)!r}, which is no duration: Flagger {what}.", "Write 1m.")
            continue
        if seconds <= 0 and path != "spec.analysis.interval":
            nothing = (
                "no limit: a hook that hangs blocks the canary for ever" if "timeout" in path else "an empty range"
            )
            yield Problem(path, f"{path} is {clean(value, 40)}: {nothing}.", "Set at least 1s.")


def _short(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    seconds = canary.spec.analysis.interval_s
    if seconds < FLOOR_S:
        yield Problem(
            "spec.analysis.interval",
            f"interval is {format_duration(seconds)}, but Flagger checks no more often than every 10s.",
            "Set interval to 10s or more.",
        )


def _window(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    windowed = {asked.path for asked in asked_queries(canary, linted) if asked.is_promql and uses_interval(asked.query)}
    for index, metric in enumerate(canary.spec.analysis.metrics):
        path = f"spec.analysis.metrics[{index}]"
        if path not in windowed and QuerySource.BUILTIN not in sources_of(metric):
            continue
        try:
            seconds = parse_duration(metric.interval) if metric.interval else _WINDOW_LEAST_S
        except ValueError:
            continue
        if 0 < seconds < _WINDOW_LEAST_S:
            yield Problem(
                f"{path}.interval",
                f"{clean(metric.name, 60)} looks back over {clean(metric.interval, 20)}: a rate needs two samples, and"
                " Prometheus rarely scrapes so often. The check has no values, and fails.",
                "Set at least twice the scrape interval; 1m is usual.",
            )


def _deadline(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    spec = canary.spec
    checks_s = spec.analysis.threshold * max(spec.analysis.interval_s, FLOOR_S)
    if (
        canary.spec.target.kind == "Service"  # always ready, or, with Knative, awaited without a deadline
        or as_mapping(canary.raw.get("spec")).get("progressDeadlineSeconds") is None
        or checks_s <= spec.progress_deadline_s
    ):
        return
    yield Problem(
        "spec.progressDeadlineSeconds",
        f"It takes {format_duration(checks_s)} of failed checks to roll back (threshold {spec.analysis.threshold} every"
        f" {format_duration(max(spec.analysis.interval_s, FLOOR_S))}), longer than the deadline of"
        f" {spec.progress_deadline_s}s: unready pods end the rollout first, and Flagger sends no alert then.",
        "Lower threshold or interval, or raise progressDeadlineSeconds.",
    )


def _never(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    analysis = canary.spec.analysis
    seconds = analysis.threshold * max(analysis.interval_s, FLOOR_S)
    if seconds > _LONGEST_S:
        yield Problem(
            "spec.analysis.threshold",
            f"{analysis.threshold} failed checks, one every {format_duration(max(analysis.interval_s, FLOOR_S))}, are"
            f" allowed: a canary that fails keeps its share of the traffic for {seconds / 3600:.0f} hours.",
            "Set threshold to a handful.",
        )


CHECKS = (
    canary_check(UNREADABLE_DURATION, _unreadable),
    canary_check(INTERVAL_TOO_SHORT, _short),
    canary_check(WINDOW_TOO_SHORT, _window),
    canary_check(DEADLINE_FIRST, _deadline),
    canary_check(NEVER_ROLLS_BACK, _never),
)
