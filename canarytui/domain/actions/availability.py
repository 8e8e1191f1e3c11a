"""Which actions are possible now, and why the others are not: for key hints, help and the palette.

Pure and without questions to anybody: what the person may do was asked before, in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from canarytui.domain.actions.registry import action_of
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Permission, Plan
from canarytui.domain.rollout.situation import Situation


def reason(
    situation: Situation,
    intent: Intent,
    permissions: Mapping[Permission, str],
    forbidden: Callable[[Intent], str] = lambda _: "",
) -> str:
    """Why `intent` is not possible; "" when it is.

    `permissions` are the authorizer's known answers ("" yes, else the reason); one that is not known yet counts as
    given. `forbidden` is what the person's own configuration says.
    """
    ruled_out = forbidden(intent)
    if ruled_out:
        return ruled_out
    made = typical(situation, intent)
    refused = made.refusal or next(filter(None, map(forbidden, made.includes)), "")
    return refused or next((no for each in made.permissions if (no := permissions.get(each, ""))), "")


def typical(situation: Situation, intent: Intent) -> Plan:
    """The plan with the choices that say most about whether there could be one."""
    action = action_of(intent)
    first, *others = action.typical or (ActionRequest(intent),)
    made = action.planner(situation, first)
    for other in others:
        if made.allowed:
            break
        instead = action.planner(situation, other)
        made = instead if instead.allowed else made
    return made
