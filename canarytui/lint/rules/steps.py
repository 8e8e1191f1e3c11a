"""How a canary's weight or iterations advance, and whether they can."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import step_plan, target_weight
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.values import KubernetesObject, as_mapping
from canarytui.lint.check import LintedObject, Problem, canary_check
from canarytui.metrics.builtin_queries import SUCCESS_RATE

TWO_STRATEGIES = Rule("two-strategies", Severity.ERROR, "More than one of iterations, stepWeight and stepWeights.")
NO_STRATEGY = Rule("no-strategy", Severity.ERROR, "None of iterations, stepWeight and stepWeights.")
FALLING_STEPS = Rule("falling-step-weights", Severity.ERROR, "stepWeights fall or repeat: the canary gets stuck.")
WEIGHT_RANGE = Rule("weight-out-of-range", Severity.ERROR, "A weight, step or iteration count that cannot work.")
MAX_WEIGHT_IGNORED = Rule("max-weight-ignored", Severity.WARNING, "maxWeight has no effect beside stepWeights.")
MAX_WEIGHT_PASSED = Rule("max-weight-passed", Severity.WARNING, "The last step goes beyond maxWeight.")
READY_THRESHOLD = Rule("ready-threshold-out-of-range", Severity.ERROR, "A share of ready pods that is not 0 to 100.")
LARGE_FIRST_STEP = Rule(
    "large-first-step", Severity.NOTE, "Half of the users or more get the canary before anything is checked."
)
STEP_TOO_SMALL = Rule("step-too-small", Severity.NOTE, "A step gets too few requests to show anything.")

_STRATEGIES = ("iterations", "stepWeight", "stepWeights")
_LARGE_PERCENT = 50
_REQUESTS_FEWEST = 20
"""Requests in a check's window below which a rate says little, where no success rate asks for more."""


def _analysis(canary: Canary) -> KubernetesObject:
    return as_mapping(as_mapping(canary.raw.get("spec")).get("analysis"))


def _given(canary: Canary) -> list[str]:
    return [name for name in _STRATEGIES if _analysis(canary).get(name) is not None]


def _two(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    given = _given(canary)
    if len(given) > 1:
        yield Problem(
            f"spec.analysis.{given[1]}",
            f"analysis has {' and '.join(given)}: the API server takes exactly one of them, and rejects the object.",
            "Keep stepWeight or stepWeights for a weighted rollout, iterations for blue/green and A/B testing.",
        )


def _none(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    if not _given(canary):
        yield Problem(
            "spec.analysis",
            "analysis has none of iterations, stepWeight and stepWeights: the API server rejects the object.",
            "Set stepWeight and maxWeight, stepWeights, or iterations.",
        )
    else:
        missing = [name for name in ("interval", "threshold") if _analysis(canary).get(name) is None]
        if missing:
            yield Problem(
                "spec.analysis",
                f"analysis has no {' and no '.join(missing)}: the API server rejects the object.",
                f"Set {' and '.join(f'spec.analysis.{name}' for name in missing)}.",
            )


def _falling(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    weights = canary.spec.analysis.step_weights
    for index, (before, after) in enumerate(itertools.pairwise(weights), 1):
        if after <= before:
            word = "repeats" if after == before else "falls below"
            early = before >= target_weight(canary.spec.analysis)
            what = f"is promoted at {before}" if early else f"gets no further than {before}, and is never promoted"
            yield Problem(
                f"spec.analysis.stepWeights[{index}]",
                f"Step {index + 1} ({after}) {word} step {index} ({before}): the canary {what}.",
                "List rising weights.",
            )
            return


def _range(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    analysis, given = canary.spec.analysis, _analysis(canary)
    if given.get("maxWeight") is not None and not 0 <= analysis.max_weight <= 100:
        what = (
            "all traffic stays on the canary, and it is never promoted" if analysis.max_weight > 100 else "it means 100"
        )
        yield Problem("spec.analysis.maxWeight", f"maxWeight is {analysis.max_weight}: {what}.", "Set 1 to 100.")
    if given.get("stepWeight") is not None and not 0 < analysis.step_weight <= 100:
        what = "the first step sends all traffic" if analysis.step_weight > 100 else "the canary never gets traffic"
        yield Problem("spec.analysis.stepWeight", f"stepWeight is {analysis.step_weight}: {what}.", "Set 1 to 100.")
    for index, weight in enumerate(analysis.step_weights):
        if not 0 < weight <= 100:
            what = "the canary never gets further" if weight <= 0 else "it means 100"
            yield Problem(f"spec.analysis.stepWeights[{index}]", f"A step of {weight}: {what}.", "Set 1 to 100.")
    if given.get("iterations") is not None and analysis.iterations <= 0:
        yield Problem(
            "spec.analysis.iterations",
            f"iterations is {analysis.iterations}: there is neither an iteration nor a step, so it never ends.",
            "Set at least 1.",
        )
    for name, value in (
        ("stepWeightPromotion", analysis.step_weight_promotion),
        ("mirrorWeight", analysis.mirror_weight),
    ):
        if not 0 <= value <= 100:
            yield Problem(f"spec.analysis.{name}", f"{name} is {value}, which is no percentage.", "Set 0 to 100.")


def _ignored(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    analysis = canary.spec.analysis
    if analysis.step_weights and analysis.max_weight and analysis.max_weight != analysis.step_weights[-1]:
        yield Problem(
            "spec.analysis.maxWeight",
            f"maxWeight {analysis.max_weight} has no effect: with stepWeights the last of them,"
            f" {analysis.step_weights[-1]}, is where the canary is promoted.",
            "Remove maxWeight, or end stepWeights with it.",
        )


def _passed(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    analysis = canary.spec.analysis
    step, most = analysis.step_weight, analysis.max_weight
    if analysis.step_weights or not 0 < step <= 100 or not 0 < most < 100 or not most % step:
        return
    last = step_plan(canary).stops[-1]
    yield Problem(
        "spec.analysis.maxWeight",
        f"Steps of {step} pass maxWeight {most}: the canary gets {last} % before it is promoted.",
        f"Set maxWeight to {last} if that is meant, or choose a stepWeight that divides {most}.",
    )


def _ready(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    analysis = canary.spec.analysis
    for name, value in (
        ("primaryReadyThreshold", analysis.primary_ready_threshold),
        ("canaryReadyThreshold", analysis.canary_ready_threshold),
    ):
        if not 0 <= value <= 100:
            what = "no number of pods reaches it" if value > 100 else "pods that are not ready count as ready"
            yield Problem(f"spec.analysis.{name}", f"{name} is {value} percent: {what}.", "Set 0 to 100.")


def _large(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    stops = step_plan(canary).stops
    if canary.spec.analysis.iterations > 0 or not stops or stops[0] < _LARGE_PERCENT:
        return
    field = "stepWeights[0]" if canary.spec.analysis.step_weights else "stepWeight"
    yield Problem(
        f"spec.analysis.{field}",
        f"The first step is {stops[0]} %, and Flagger takes it before any metric is checked.",
        "Begin with a smaller step.",
    )


def _small(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    rate, stops = linted.options.requests_per_second, step_plan(canary).stops
    if rate is None or canary.spec.analysis.iterations > 0 or not stops:
        return
    metric = next((each for each in canary.spec.analysis.metrics if each.name == SUCCESS_RATE), None)
    window = (metric.interval if metric is not None else "") or DEFAULT_METRIC_INTERVAL
    try:
        window_s = parse_duration(window)
    except ValueError:
        return
    if window_s <= 0:
        return
    wanted, why = float(_REQUESTS_FEWEST), "too few to tell a rate"
    least = (metric.minimum if metric.has_range else metric.threshold) if metric is not None else None
    if least is not None and 1 < least < 100:
        wanted, why = 100 / (100 - least), f"one failed request is enough to fall below {least:g} %"
    small = [weight for weight in stops if rate * window_s * weight / 100 < wanted]
    if small:
        first = rate * window_s * small[0] / 100
        needed = min(100, math.ceil(wanted / (rate * window_s) * 100)) if rate > 0 else 100
        field = "stepWeights" if canary.spec.analysis.step_weights else "stepWeight"
        yield Problem(
            f"spec.analysis.{field}",
            f"At {rate:g} requests/s a step of {small[0]} % gets {first:.3g} requests in {window}: {why}.",
            f"Take a first step of at least {needed} %, or a longer metric interval."
            if rate > 0
            else "Add a load test.",
        )


CHECKS = (
    canary_check(TWO_STRATEGIES, _two),
    canary_check(NO_STRATEGY, _none),
    canary_check(FALLING_STEPS, _falling),
    canary_check(WEIGHT_RANGE, _range),
    canary_check(MAX_WEIGHT_IGNORED, _ignored),
    canary_check(MAX_WEIGHT_PASSED, _passed),
    canary_check(READY_THRESHOLD, _ready),
    canary_check(LARGE_FIRST_STEP, _large),
    canary_check(STEP_TOO_SMALL, _small),
)
