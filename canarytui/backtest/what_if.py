"""What another threshold would have made of the latest rollout of a canary, from what this session has seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from canarytui.backtest.checks import threshold_changes, with_thresholds
from canarytui.backtest.judged import ControllerTraits, judge_rollouts
from canarytui.backtest.past_rollout import PastRollout, PastValues, is_measured, with_values
from canarytui.backtest.seen import Readings, latest_analysed, seen_values
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.attempts import advanced, tick_index
from canarytui.domain.rollout.simulation import SimulatedOutcome, SimulatedRollout
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import measured_metrics
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.metrics.check_queries import evaluation_order, sources_of

_OUTCOMES = {
    SimulatedOutcome.PROMOTED: words.PROMOTED,
    SimulatedOutcome.ROLLED_BACK: words.ROLLED_BACK,
    SimulatedOutcome.ENDED: words.ENDED_OTHERWISE,
    SimulatedOutcome.UNDECIDED: words.STILL_ANALYSED,
}


def what_if(
    canary: Canary,
    entries: Iterable[TimelineEntry],
    readings: Readings,
    given: Sequence[str],
    *,
    interval_s: float,
    traits: ControllerTraits,
    now: datetime,
) -> str:
    """One sentence about the latest rollout that was analysed; `entries` are the canary's, oldest first, `given` is as
    ``--threshold`` takes it, for checks that are read whole.

    Raises:
        UsageError: a threshold that makes no sense.
    """
    changes = threshold_changes(given, canary.spec.analysis)
    metrics = canary.spec.analysis.metrics
    shown = tuple(metric for metric in metrics if is_read_whole(metric))
    unread = ", ".join(clean(metric.name, 60) for metric in metrics if not is_read_whole(metric))
    analysis = replace(canary.spec.analysis, metrics=shown)
    tried = with_thresholds(analysis, changes)
    points = {metric.name: readings(metric.name) for metric in shown}
    read_until = min((each[-1][0] for each in points.values() if each), default=now)
    told = tuple(entries)
    attempt = latest_analysed(told, min(read_until, now))  # nothing is known of the ticks after that
    name = clean(f"{canary.namespace}/{canary.name}", 200)
    if attempt is None:
        return words.NO_ROLLOUT_SEEN.text(canary=name)
    past = [seen_values(attempt, points[metric.name], interval_s) for metric, _ in evaluation_order(shown)]
    rollout = _with_what_passed(with_values(attempt, past, interval_s), past, told, interval_s)
    clock = f"{attempt.began.astimezone(now.tzinfo):%H:%M:%S}"
    if not is_measured(rollout):
        return words.NO_VALUES_SEEN.text(canary=name, clock=clock)
    silent = attempt.until == read_until and (now - read_until).total_seconds() > interval_s
    (judged,) = judge_rollouts([rollout], analysis, tried, traits, ())
    if judged.present is None or judged.tried is None:
        return words.NO_VALUES_SEEN.text(canary=name, clock=clock)
    return words.WHAT_IF.text(
        thresholds=clean(", ".join(given), 200),
        canary=name,
        clock=clock,
        then=_outcome(judged.tried),
        now=_outcome(judged.present),
        unread=words.UNREAD.say(checks=unread) if unread else NOTHING,
        until=words.READ_UNTIL.say(clock=f"{attempt.until.astimezone(now.tzinfo):%H:%M:%S}") if silent else NOTHING,
    )


def _with_what_passed(
    rollout: PastRollout, past: Sequence[PastValues], told: Iterable[TimelineEntry], interval_s: float
) -> PastRollout:
    """The rollout with values wherever it advanced: every check had one there. Where the session's reading before that
    tick was still empty, it is the one after it."""
    first = rollout.attempt.first_tick
    if first is None:
        return rollout
    passed = {tick_index(first, entry.at, interval_s) for entry in told if advanced(entry.marks)}
    ticks = list(rollout.ticks)
    for number in passed & set(range(len(ticks))):
        moment_s = first.timestamp() + number * interval_s
        values = tuple(
            each.after(moment_s, interval_s) if value is None else value
            for value, each in zip(ticks[number].values, past, strict=True)
        )
        ticks[number] = replace(ticks[number], values=values)
    return replace(rollout, ticks=tuple(ticks))


def is_read_whole(metric: Metric) -> bool:
    """Whether a session reads all that decides the check: of several queries it asks one."""
    return len(sources_of(metric)) < 2


def asked_metric(canary: Canary, given: str) -> Metric:
    """The check, real or shadow, that `given` is about, which is as ``--threshold`` takes it.

    Raises:
        UsageError: there is no such check, or a threshold that makes no sense.
    """
    metrics = measured_metrics(canary)
    (change,) = threshold_changes([given], replace(canary.spec.analysis, metrics=metrics))
    return next(metric for metric in metrics if metric.name == change.check)


def tried_on(canary: Canary, check: str) -> Canary:
    """The canary that another threshold of `check` is tried on: itself for a check of the analysis; for a shadow check
    one with that check alone."""
    if any(metric.name == check for metric in canary.spec.analysis.metrics):
        return canary
    alone = tuple(metric for metric in measured_metrics(canary) if metric.name == check)
    metadata = {**as_mapping(canary.raw.get("metadata")), "annotations": {}}
    spec = replace(canary.spec, analysis=replace(canary.spec.analysis, metrics=alone))
    return replace(canary, spec=spec, raw={**canary.raw, "metadata": metadata})


def _outcome(simulated: SimulatedRollout) -> str:
    failed = simulated.ticks[-1].failed_checks if simulated.ticks else 0
    weight = simulated.ticks[-1].weight if simulated.ticks else 0
    return _OUTCOMES[simulated.outcome].text(failed=failed, weight=weight)
