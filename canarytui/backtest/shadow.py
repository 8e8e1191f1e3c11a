"""What shadow checks would have done to past rollouts, each alone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from canarytui.backtest.checks import simulated_checks
from canarytui.backtest.judged import ControllerTraits, JudgedRollout, judge_rollouts
from canarytui.backtest.past_rollout import PastRollout, only_checks, with_values
from canarytui.backtest.seen import Readings, latest_analysed, seen_values
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.shadow_count import ShadowCount, shadow_count
from canarytui.domain.rollout.simulation import SimulatedOutcome
from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import shadow_metrics
from canarytui.errors import InvalidObject
from canarytui.metrics.check_queries import evaluation_order


class ShadowOutcome(Struct, frozen=True):
    """How many good and bad rollouts there are, and how many of each the check would have rolled back alone; and for
    each rollout with values what it would have become, and the check's values."""

    check: str
    good: int
    good_rolled_back: int
    bad: int
    bad_stopped: int
    rollouts: tuple[tuple[JudgedRollout, ShadowCount], ...] = ()


def shadow_outcomes(
    rollouts: Sequence[PastRollout],
    analysis: Analysis,
    names: Collection[str],
    traits: ControllerTraits,
    named_bad: Sequence[str],
) -> tuple[ShadowOutcome, ...]:
    """For each check of `analysis` among `names`."""
    found = []
    for metric in analysis.metrics:
        if metric.name not in names:
            continue
        others = {each.name for each in analysis.metrics} - {metric.name}
        alone, past = without_checks(analysis, rollouts, others)
        told = [each for each in judge_rollouts(past, alone, alone, traits, named_bad) if each.tried is not None]
        good = [each.ends(SimulatedOutcome.ROLLED_BACK) for each in told if each.bad is False]
        bad = [each.ends(SimulatedOutcome.ROLLED_BACK) for each in told if each.bad]
        check = simulated_checks(alone)[0]
        counts = tuple((each, shadow_count(metric.name, check.limits, _values(each))) for each in told)
        found.append(ShadowOutcome(metric.name, len(good), sum(good), len(bad), sum(bad), counts))
    return tuple(found)


def _values(judged: JudgedRollout) -> list[float | None]:
    return [tick.values[0] for tick in judged.rollout.ticks]


def seen_shadow_counts(
    canary: Canary, entries: Iterable[TimelineEntry], readings: Readings, *, interval_s: float, now: datetime
) -> tuple[ShadowCount, ...]:
    """The same of the latest rollout that was analysed, from what a session has read; `entries` are the canary's,
    oldest first. Nothing without such a rollout, or without shadow checks that can be read."""
    try:
        metrics = shadow_metrics(canary)
    except InvalidObject:
        return ()
    attempt = latest_analysed(entries, now)
    if attempt is None:
        return ()
    counts = []
    for metric in metrics:
        check = simulated_checks(replace(canary.spec.analysis, metrics=(metric,)))[0]
        past = seen_values(attempt, readings(metric.name), interval_s)
        rollout = with_values(attempt, [past], interval_s)
        counts.append(shadow_count(metric.name, check.limits, [tick.values[0] for tick in rollout.ticks]))
    return tuple(counts)


def without_checks(
    analysis: Analysis, rollouts: Sequence[PastRollout], names: Collection[str]
) -> tuple[Analysis, list[PastRollout]]:
    """The analysis and its rollouts without the checks of these names."""
    order = enumerate(evaluation_order(analysis.metrics))
    places = [number for number, (metric, _) in order if metric.name not in names]
    kept = tuple(metric for metric in analysis.metrics if metric.name not in names)
    return replace(analysis, metrics=kept), [only_checks(each, places) for each in rollouts]
