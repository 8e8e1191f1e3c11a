"""Why a rollout under a drill ends as predicted, in one sentence. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo

from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import Phrase
from canarytui.domain.sentences import drill as words
from canarytui.drills.drill import Drill
from canarytui.drills.predicted import DrillOutcome, PredictedTick
from canarytui.metrics.builtin_queries import SUCCESS_RATE


def because(
    outcome: DrillOutcome,
    last: PredictedTick,
    crossing: PredictedTick | None,
    situation: Situation,
    drill: Drill,
    zone: tzinfo | None,
) -> Phrase:
    """Why `outcome` is what the tick `last` comes to, when a check fails first at `crossing`; times are in `zone`."""
    then = _afterwards(outcome, last, situation, zone)
    if crossing is None and outcome is DrillOutcome.ROLLED_BACK:
        return words.THRESHOLD_ANYWAY.say(then=then)
    if crossing is None:
        return words.NOTHING_CROSSES.say(reason=_why_nothing_fails(situation, drill), then=then)
    name = crossing.failing[0]
    check = next(check for check in situation.checks if check.name == name)
    value = dict(crossing.values).get(name)
    about = words.NO_VALUE.say() if value is None else (
        words.ABOUT.say(value=f"{number_text(value)} {check.unit}".rstrip())
    )  # fmt: skip
    if outcome is DrillOutcome.ROLLED_BACK:
        left, clock = situation.failures_left, _clock(last.at, zone)
        then = words.ROLLS_BACK_AFTER.say(left=left, tick=last.number, clock=clock)
    return words.CROSSES.say(
        check=name, value=about, bound=check.bound_text(), tick=crossing.number, clock=_clock(crossing.at, zone),
        then=then,
    )  # fmt: skip


def _why_nothing_fails(situation: Situation, drill: Drill) -> Phrase:
    if drill.failing_share and SUCCESS_RATE not in {check.name for check in situation.checks}:
        return words.NO_SUCCESS_RATE.say(check=SUCCESS_RATE)
    if drill.failing_share:
        return words.TOO_FEW_FAIL.say()
    slow = any(stream.effect.delay_s and stream.share for stream in drill.streams)
    return words.TOO_FEW_SLOW.say() if slow else words.HARMLESS.say()


def _afterwards(outcome: DrillOutcome, last: PredictedTick, situation: Situation, zone: tzinfo | None) -> Phrase:
    if outcome is DrillOutcome.PROMOTED:
        return words.PROMOTED.say(tick=last.number, clock=_clock(last.at, zone))
    if outcome is DrillOutcome.ROLLED_BACK:
        return words.ROLLS_BACK.say(tick=last.number, clock=_clock(last.at, zone))
    if outcome is DrillOutcome.HALTED:
        threshold = situation.canary.spec.analysis.threshold
        return words.HALTS.say(failed=last.failed_checks, threshold=threshold)
    return words.GOES_ON.say()


def _clock(at: datetime, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%H:%M:%S")
