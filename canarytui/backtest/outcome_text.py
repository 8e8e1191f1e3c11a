"""A backtest as text, and as an object for JSON. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

from msgspec import Struct

from canarytui.backtest.advice import ThresholdAdvice, survived_limits
from canarytui.backtest.checks import ThresholdChange
from canarytui.backtest.judged import ControllerTraits, JudgedRollout
from canarytui.backtest.past_rollout import is_measured
from canarytui.backtest.shadow import ShadowOutcome
from canarytui.backtest.shadow_text import shadow_lines, shadow_object
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.judgement import CheckLimits, limit_text, limits_of
from canarytui.domain.rollout.simulation import SimulatedOutcome, SimulatedRollout
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.text.plain import clean
from canarytui.drills.text_plot import plot_values
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import QuerySource, evaluation_order
from canarytui.report.table import Table

_TITLES = ("STARTED", "REVISION", "HAPPENED", "WOULD BE", "DECIDED", "CHECK", "FROM", "NOTE")
_NAMED_MOST = 5
_NAME_CHARS_MOST = 60


class BacktestOutcome(Struct, frozen=True):
    """All that a backtest found. `analysis` has the present thresholds, `tried` those of `changes`; `left_out` says
    by check why it could not be replayed; `interval_s` is the time between ticks."""

    canary: str
    analysis: Analysis
    tried: Analysis
    changes: tuple[ThresholdChange, ...]
    interval_s: float
    judged: tuple[JudgedRollout, ...]
    advice: tuple[ThresholdAdvice, ...]
    one_in: int
    traits: ControllerTraits
    shadows: tuple[ShadowOutcome, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def backtest_lines(outcome: BacktestOutcome, zone: tzinfo | None, *, plots: bool = True) -> Iterator[str]:
    """The table, the summary, the advice, and a plot for each check."""
    for check, why in outcome.left_out:
        yield words.LEFT_OUT.text(check=clean(check, _NAME_CHARS_MOST), why=clean(why, 200))
    yield from Table(_TITLES).lines([_cells(outcome, each, zone) for each in outcome.judged])
    yield ""
    yield from summary_lines(outcome, zone)
    for shadow in outcome.shadows:
        yield from shadow_lines(shadow, zone)
    yield ""
    yield from advice_lines(outcome)
    if plots:
        yield from _plots(outcome)
    yield words.CAVEAT.text()


def _cells(outcome: BacktestOutcome, judged: JudgedRollout, zone: tzinfo | None) -> tuple[str, ...]:
    attempt, tried = judged.attempt, judged.tried
    return (
        f"{attempt.began.astimezone(zone):%Y-%m-%d %H:%M}",
        clean(attempt.revision, 40),
        attempt.outcome.value,
        tried.outcome.value if tried else "",
        _decided(outcome, judged, zone),
        crossed_text(outcome, judged),
        attempt.source,
        note(judged),
    )


def _decided(outcome: BacktestOutcome, judged: JudgedRollout, zone: tzinfo | None) -> str:
    at = decided_at(outcome, judged)
    if at is None or judged.tried is None:
        return ""
    return words.DECIDED.text(tick=judged.tried.tick, clock=f"{at.astimezone(zone):%H:%M:%S}")


def decided_at(outcome: BacktestOutcome, judged: JudgedRollout) -> datetime | None:
    """When the replay ends; None while it is undecided."""
    first = judged.attempt.first_tick
    if judged.tried is None or first is None or judged.tried.outcome is SimulatedOutcome.UNDECIDED:
        return None
    return first + timedelta(seconds=judged.tried.tick * outcome.interval_s)


def crossed_text(outcome: BacktestOutcome, judged: JudgedRollout) -> str:
    """The check that failed last, its value and its threshold; "" where none failed."""
    found = last_failure(outcome.tried, judged)
    if found is None:
        return ""
    check, value, limits = found
    shown = words.NO_VALUE.text() if value is None else number_text(value)
    name = clean(check, _NAME_CHARS_MOST)
    return words.CROSSED.text(check=name, value=shown, limit=limit_text(limits)) if limits else name


def last_failure(analysis: Analysis, judged: JudgedRollout) -> tuple[str, float | None, CheckLimits | None] | None:
    """The check that failed last in the replay, its value then and its limits (None for a webhook); None for none."""
    tried = judged.tried
    if tried is None or not tried.check:
        return None
    number = max((number for number, tick in enumerate(tried.ticks) if tick.failed), default=None)
    if number is None:
        return None
    values = judged.rollout.ticks[number].values
    for (metric, source), value in zip(evaluation_order(analysis.metrics), values, strict=True):
        limits = limits_of(metric, builtin=source is QuerySource.BUILTIN)
        if metric.name == tried.check and limits.fails(value):
            return metric.name, value, limits
    return tried.check, None, None


def note(judged: JudgedRollout) -> str:
    """What a reader must know of one rollout; "" for nothing."""
    attempt, rollout = judged.attempt, judged.rollout
    if rollout.problem:
        return clean(rollout.problem, 200)
    if attempt.first_tick is None:
        return words.NO_ANALYSIS.text()
    if judged.tried is None or not is_measured(rollout):
        return words.NO_VALUES.text()
    if attempt.by_hand:
        return words.BY_HAND.text()
    if judged.agrees is False and judged.present is not None:
        return words.DISAGREES.text(outcome=judged.present.outcome.value)
    return words.DATA_END.text() if judged.ends(SimulatedOutcome.UNDECIDED) else ""


def summary_lines(outcome: BacktestOutcome, zone: tzinfo | None, *, compared: bool = True) -> Iterator[str]:
    """How many good and bad rollouts would have been rolled back. `compared`: and in how many the replay by the present
    thresholds ends as the rollout did."""
    told = [each for each in outcome.judged if each.tried is not None]
    bad, good = [each for each in told if each.bad], [each for each in told if each.bad is False]
    stopped = [each for each in bad if each.ends(SimulatedOutcome.ROLLED_BACK)]
    if bad:
        missed = [each for each in bad if not each.ends(SimulatedOutcome.ROLLED_BACK)]
        names = words.MISSED.text(names=", ".join(_name(each, zone) for each in missed[:_NAMED_MOST])) if missed else ""
        yield words.STOPPED.text(count=len(stopped), all=len(bad), names=names)
    else:
        yield words.NO_BAD.text()
    if good:
        wrongly = sum(each.ends(SimulatedOutcome.ROLLED_BACK) for each in good)
        yield words.GOOD.text(count=wrongly, all=len(good))
    undecided = sum(each.ends(SimulatedOutcome.UNDECIDED) for each in told)
    if undecided:
        yield words.UNDECIDED.text(count=undecided)
    if len(told) < len(outcome.judged):
        yield words.UNJUDGED.text(count=len(outcome.judged) - len(told))
    agrees = [each.agrees for each in told if each.agrees is not None]
    if agrees and compared:
        yield words.AGREEMENT.text(count=sum(agrees), all=len(agrees))


def _name(judged: JudgedRollout, zone: tzinfo | None) -> str:
    return clean(judged.attempt.revision, 40) or f"{judged.attempt.began.astimezone(zone):%Y-%m-%d %H:%M}"


def advice_lines(outcome: BacktestOutcome, check: str = "") -> Iterator[str]:
    """The thresholds that past values suggest: of one check, or of all."""
    if not outcome.advice:
        yield words.ADVICE_EMPTY.text()
        return
    most = max(each.good for each in outcome.advice)
    few = most < outcome.one_in
    yield words.FEW.text(count=most, number=outcome.one_in) if few else words.ONE_IN.text(number=outcome.one_in)
    for each in outcome.advice:
        if check and each.check != check:
            continue
        yield "  " + words.ADVICE.text(
            check=clean(each.check, _NAME_CHARS_MOST),
            threshold=f"{'≥' if each.minimum else '≤'} {number_text(each.suggested)}",
            present=number_text(each.present),
            good=each.good_then,
            all=each.good,
            bad=words.BAD_THEN.say(count=each.bad_then, all=each.bad) if each.bad else NOTHING,
            good_now=each.good_now,
            bad_now=words.BAD_NOW.say(count=each.bad_now) if each.bad else NOTHING,
        )


def _plots(outcome: BacktestOutcome) -> Iterator[str]:
    for metric in outcome.tried.metrics:
        limits = limits_of(metric, builtin=metric.name in (SUCCESS_RATE, DURATION))
        minimum = limits.low is not None
        bound = limits.low if minimum else limits.high
        same = next(each for each in outcome.analysis.metrics if each.name == metric.name)
        survived = survived_limits(outcome.judged, outcome.analysis, same, outcome.traits, minimum=minimum)
        numbers = {id(each): number for number, each in enumerate(outcome.judged, 1)}
        points = [(float(numbers[id(each.judged)]), each.limit) for each in survived]
        side = words.STRICTEST if minimum else words.LOOSEST
        drawn = plot_values(points, bound, words.PLOT.text(side=side.text(), limit=limit_text(limits)), x_from=1.0)
        if drawn:
            yield clean(metric.name, _NAME_CHARS_MOST)
            yield from drawn.splitlines()
            yield ""


def backtest_object(outcome: BacktestOutcome) -> dict[str, Any]:
    """The same for ``-o json``; times in ISO 8601, thresholds as ``--threshold`` takes them."""
    return {
        "canary": outcome.canary,
        "intervalSeconds": outcome.interval_s,
        "thresholds": [change.text for change in outcome.changes],
        "leftOut": [{"check": check, "reason": why} for check, why in outcome.left_out],
        "rollouts": [_rollout_object(outcome, each) for each in outcome.judged],
        "advice": [_advice_object(each) for each in outcome.advice],
        "oneIn": outcome.one_in,
        "shadowChecks": [shadow_object(shadow) for shadow in outcome.shadows],
    }


def _rollout_object(outcome: BacktestOutcome, judged: JudgedRollout) -> dict[str, Any]:
    attempt, at = judged.attempt, decided_at(outcome, judged)
    failure = last_failure(outcome.tried, judged)
    return {
        "started": attempt.began.isoformat(),
        "ended": attempt.until.isoformat(),
        "revision": attempt.revision,
        "source": attempt.source,
        "happened": attempt.outcome.value,
        "bad": judged.bad,
        "present": _simulated_object(judged.present),
        "wouldBe": _simulated_object(judged.tried),
        "decidedAt": at.isoformat() if at else None,
        "check": failure[0] if failure else None,
        "value": failure[1] if failure and failure[1] is not None and math.isfinite(failure[1]) else None,
        "agrees": judged.agrees,
        "note": note(judged),
    }


def _simulated_object(simulated: SimulatedRollout | None) -> dict[str, Any] | None:
    if simulated is None:
        return None
    last = simulated.ticks[-1] if simulated.ticks else None
    return {
        "outcome": simulated.outcome.value,
        "tick": simulated.tick,
        "failedChecks": last.failed_checks if last else 0,
        "weight": last.weight if last else 0,
        "iterations": last.iterations if last else 0,
    }


def _advice_object(advice: ThresholdAdvice) -> dict[str, Any]:
    return {
        "check": advice.check,
        "limit": "min" if advice.minimum else "max",
        "present": advice.present,
        "suggested": advice.suggested,
        "good": {"known": advice.good, "rolledBackNow": advice.good_now, "rolledBackThen": advice.good_then},
        "bad": {"known": advice.bad, "stoppedNow": advice.bad_now, "stoppedThen": advice.bad_then},
    }
