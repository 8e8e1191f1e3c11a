"""How many steps of its plan a rollout has taken, the same on every screen and in every report. Pure."""

from __future__ import annotations

from canarytui.domain.rollout.explain import promotion_failed
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.steps import step_plan

_ANALYSED = frozenset({"Waiting", "Progressing", "WaitingPromotion"})
_BEYOND = frozenset({"Promoting", "Finalising", "Succeeded"})


def steps_reached(situation: Situation, weight: int | None = None) -> int | None:
    """Steps of the plan that the analysis has reached; None without an analysis, or if its plan has no steps.

    `weight` is the weight shown beside it, if that is not the router's.
    """
    plan = step_plan(situation.canary)
    if situation.phase not in _ANALYSED or not plan.total:
        return None
    if situation.phase == "WaitingPromotion":
        return plan.total  # the status has weight 0 meanwhile
    return plan.reached(situation.weight if weight is None else weight, situation.canary.status.iterations)


def is_past_steps(situation: Situation) -> bool:
    """Whether the analysis is over: promotion is in progress, done, or failed."""
    return situation.phase in _BEYOND or promotion_failed(situation)
