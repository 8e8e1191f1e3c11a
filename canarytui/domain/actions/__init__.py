"""What a person can make a controller do, as plans: the exact writes, their effect, their risk, or a refusal.

Every action works on unmodified Flagger, by writes that were measured against it. Never offered, because they do not do
what they look like: a status phase (Flagger ends Succeeded with the old image), a status weight (ignored), and the
promoted image set back in the middle of an analysis (the reverted pods are promoted, and analysed again). Pure; carried
out by :mod:`canarytui.actions`.
"""

from __future__ import annotations

from dataclasses import replace

from canarytui.domain.actions.gates import LoadTesterGate, gates_of, plan_gate
from canarytui.domain.actions.pausing import plan_extend, plan_pause, plan_resume
from canarytui.domain.actions.phases import AT_REST, IN_ANALYSIS
from canarytui.domain.actions.promoting import plan_end_skip, plan_promote
from canarytui.domain.actions.registry import action_of, actions, intents
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.actions.retrying import plan_retry
from canarytui.domain.actions.rolling_back import plan_roll_back
from canarytui.domain.actions.skipping import plan_finish, plan_skip_to
from canarytui.domain.actions.triggering import RESTART_ANNOTATION, plan_trigger
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation

__all__ = [
    "AT_REST",
    "IN_ANALYSIS",
    "RESTART_ANNOTATION",
    "ActionRequest",
    "LoadTesterGate",
    "action_of",
    "actions",
    "gates_of",
    "intents",
    "plan",
    "plan_end_skip",
    "plan_extend",
    "plan_finish",
    "plan_gate",
    "plan_pause",
    "plan_promote",
    "plan_resume",
    "plan_retry",
    "plan_roll_back",
    "plan_skip_to",
    "plan_trigger",
]


def plan(situation: Situation, request: ActionRequest | Intent) -> Plan:
    """The plan for what is wished, on what is true now."""
    request = request if isinstance(request, ActionRequest) else ActionRequest(request)
    made = action_of(request.intent).planner(situation, request)
    return replace(made, undoes=request.undoes) if request.undoes else made
