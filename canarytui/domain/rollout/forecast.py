"""What happens next and when: the next tick, the promotion if all checks pass, the rollback if they keep failing.

Pure. Times are the controller's ticks, derived from when it last acted; the phrases are parts of the sentences of
:mod:`canarytui.domain.rollout.explain`.
"""

from __future__ import annotations

from datetime import datetime

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import NOTHING, Phrase, forecast, joined
from canarytui.domain.spec.steps import Move, moves_to_promotion, next_move
from canarytui.domain.ticks import SILENT_TICKS, later, seconds_left


def promoted_at(situation: Situation) -> datetime | None:
    """When the promotion begins if every check passes from now on; None if unknown."""
    tick = _next_decision(situation)
    target = situation.target
    if tick is None or (target is not None and not target.is_ready):
        return None  # unknown when its pods will be ready
    if situation.canary.spec.skip_analysis:
        return tick
    recorded = situation.canary.status.canary_weight
    if situation.router_weight not in (None, recorded):
        return None  # set by hand in the router: the controller may analyse that weight for an interval first
    status = situation.canary.status
    moves = moves_to_promotion(situation.canary, situation.weight, status.iterations, splits=situation.splits)
    return None if moves is None else later(tick, moves * situation.interval_s)


def rolled_back_at(situation: Situation) -> datetime | None:
    """When it rolls back if every check fails from now on; None if unknown.

    The controller counts the last failure at one tick and rolls back at the next.
    """
    tick = _next_decision(situation)
    return None if tick is None else later(tick, situation.failures_left * situation.interval_s)


def _next_decision(situation: Situation) -> datetime | None:
    """The next tick of an analysis with an active controller."""
    if situation.phase != "Progressing" or situation.canary.spec.suspend:
        return None
    return situation.next_tick if situation.silent_ticks < SILENT_TICKS else None


def rollback_forecast(situation: Situation) -> Phrase:
    """``3 failures left before rollback (at 14:31:20 if all fail)``."""
    words = forecast.FAILURES_LEFT.say(left=situation.failures_left)
    at = rolled_back_at(situation)
    return words if at is None else forecast.ROLLS_BACK_AT.say(left=words, clock=clock(at, situation.now))


def advance_forecast(situation: Situation) -> Phrase:
    """``advances to weight 25 in 7 s if its checks pass; on track to promote at 14:31:20``."""
    canary = situation.canary
    move, stop = next_move(canary, situation.weight, canary.status.iterations, splits=situation.splits)
    if move is Move.NONE:
        return forecast.NO_STEP.say(weight=situation.weight)
    if move is Move.PROMOTION:
        return forecast.LAST_STEP.say(when=when(situation))
    if move is Move.ALL_TO_CANARY:
        step = forecast.ALL_TO_CANARY.say(when=when(situation))
    elif move is Move.MIRROR:
        step = forecast.MIRROR.say(when=when(situation))
    else:
        unit = "iteration" if canary.spec.analysis.iterations > 0 else "weight"
        step = forecast.NEXT_STEP.say(unit=unit, stop=stop, when=when(situation))
    end = promoted_at(situation)
    return step if end is None else joined(step, forecast.ON_TRACK.say(clock=clock(end, situation.now)))


def deadline_forecast(situation: Situation) -> Phrase:
    """``; rolls back in 42 s unless they are``; nothing without a deadline."""
    limit_s = situation.canary.spec.progress_deadline_s
    if not limit_s:
        return NOTHING
    at = situation.deadline
    if at is None:
        return forecast.DEADLINE.say(limit=f"{limit_s:g}")
    left_s = (at - situation.now).total_seconds()
    if left_s <= 0:
        return forecast.DEADLINE_OVER.say(limit=f"{limit_s:g}", when=when(situation))
    return forecast.DEADLINE_IN.say(seconds=seconds_left(at, situation.now), limit=f"{limit_s:g}")


def when(situation: Situation) -> Phrase:
    """``in 7 s``, or ``at the next check`` until the controller has been seen to act."""
    tick = situation.next_tick
    if tick is None:
        return forecast.AT_NEXT_CHECK.say()
    return forecast.IN.say(seconds=seconds_left(tick, situation.now))


def clock(at: datetime, now: datetime) -> str:
    """Wall clock time in the zone of `now`."""
    return at.astimezone(now.tzinfo).strftime("%H:%M:%S")
