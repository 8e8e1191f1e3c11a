"""How far a rollout has come on its plan of steps, the same on every screen and in every report. Pure."""

from __future__ import annotations

from canarytui.domain.explain import promotion_failed
from canarytui.domain.situation import Situation
from canarytui.domain.steps import step_plan

_ANALYSED = frozenset({"Waiting", "Progressing", "WaitingPromotion"})
_BEYOND = frozenset({"Promoting", "Finalising", "Succeeded"})


def steps_reached(situation: Situation, weight: int | None = None) -> int | None:
    """Stops of the plan that the analysis has reached; None where no analysis is under way, or its plan has none.

    `weight` is the one shown beside it, where that is not the router's.
    """
    plan = step_plan(situation.canary)
    if situation.phase not in _ANALYSED or not plan.total:
        return None
    if situation.phase == "WaitingPromotion":
        return plan.total  # the weight in the status is 0 meanwhile
    return plan.reached(situation.weight if weight is None else weight, situation.canary.status.iterations)


def is_past_steps(situation: Situation) -> bool:
    """Whether its analysis is over and it is promoted, was, or failed while it was."""
    return situation.phase in _BEYOND or promotion_failed(situation)
