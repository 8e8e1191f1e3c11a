"""What comes when: the next decision, the promotion if all stays well, the rollback if it stays bad.

Pure. The moments are those of the controller's own ticks, learned from when it was last seen to act; the phrases
are parts of sentences that :mod:`canarytui.domain.explain` puts together.
"""

from __future__ import annotations

from datetime import datetime

from canarytui.domain.situation import Situation
from canarytui.domain.steps import Strategy, step_plan
from canarytui.domain.ticks import later


def promoted_at(situation: Situation) -> datetime | None:
    """When traffic goes to the new primary if every check passes from now on; None when that cannot be said."""
    tick = situation.next_tick
    if tick is None or situation.phase != "Progressing" or situation.canary.spec.suspend:
        return None
    plan = step_plan(situation.canary)
    reached = plan.reached(situation.weight, situation.canary.status.iterations)
    return later(tick, max(plan.total - reached, 0) * situation.interval_s)


def rolled_back_at(situation: Situation) -> datetime | None:
    """When it rolls back if every check fails from now on; None when that cannot be said.

    The failure that reaches the threshold is counted at one tick and acted upon at the following one.
    """
    tick = situation.next_tick
    if tick is None or situation.phase != "Progressing" or situation.canary.spec.suspend:
        return None
    return later(tick, situation.failures_left * situation.interval_s)


def rollback_outlook(situation: Situation) -> str:
    """``3 more failed checks and it rolls back, at 14:31:20 if it stays so``."""
    left = situation.failures_left
    more = f"{left} more failed check{'s' if left != 1 else ''} and it rolls back"
    at = rolled_back_at(situation)
    return more if at is None else f"{more}, at {clock(at, situation.now)} if it stays so"


def advance_outlook(situation: Situation) -> str:
    """``advances to weight 25 in 7 s if its checks pass; if all stays well it is promoted at 14:31:20``."""
    plan = step_plan(situation.canary)
    reached = plan.reached(situation.weight, situation.canary.status.iterations)
    after = plan.stops[reached : reached + 1]
    if not after:
        return f"has passed its last step and is promoted {when(situation)} if its checks pass"
    unit = "weight" if plan.strategy is Strategy.CANARY else "iteration"
    end = promoted_at(situation)
    eta = "" if end is None else f"; if all stays well it is promoted at {clock(end, situation.now)}"
    return f"advances to {unit} {after[0]} {when(situation)} if its checks pass{eta}"


def deadline_outlook(situation: Situation) -> str:
    """``; it rolls back in 42 s if they are not``; "" when nothing limits the wait."""
    limit_s = situation.canary.spec.progress_deadline_s
    if not limit_s:
        return ""
    at = situation.deadline
    if at is None:
        return f"; it rolls back if they are not within {limit_s:g} s"
    left_s = (at - situation.now).total_seconds()
    if left_s <= 0:
        return f"; their deadline of {limit_s:g} s is over, and it rolls back {when(situation)}"
    return f"; it rolls back in {left_s:.0f} s if they are not (their deadline is {limit_s:g} s)"


def when(situation: Situation) -> str:
    """``in 7 s``, or ``at the next tick`` while no tick was seen."""
    tick = situation.next_tick
    if tick is None:
        return "at the next tick"
    return f"in {max((tick - situation.now).total_seconds(), 0):.0f} s"


def clock(at: datetime, now: datetime) -> str:
    """Wall clock time in the zone of `now`."""
    return at.astimezone(now.tzinfo).strftime("%H:%M:%S")
