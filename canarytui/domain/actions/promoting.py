"""Promoting now, and taking back the skipAnalysis that a promotion has left behind."""

from __future__ import annotations

from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import canary_patch, temporary
from canarytui.domain.actions.phases import (
    AT_REST,
    IN_ANALYSIS,
    PAUSED,
    called,
    is_ready,
    next_tick_words,
    phase_words,
    so_far,
)
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import promoting as words
from canarytui.domain.sentences import undoing


def plan_promote(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Promote now, without the rest of the analysis."""
    canary = situation.canary
    title = words.TITLE.text(canary=called(situation), weight=situation.weight)
    refusal = ""
    if canary.spec.suspend:
        refusal = PAUSED
    elif canary.spec.skip_analysis:
        refusal = words.SKIPS_ALREADY.text()
    elif situation.phase == "Waiting":
        refusal = words.AT_GATE.text()
    elif situation.phase not in IN_ANALYSIS:
        refusal = words.NO_ANALYSIS.text(it_is=phase_words(situation))
    elif not is_ready(situation):
        refusal = words.NOT_READY.text()
    if refusal:
        return Plan(Intent.PROMOTE, title, refusal=refusal)
    return Plan(
        Intent.PROMOTE,
        title,
        writes=(canary_patch(situation, {"spec": {"skipAnalysis": True}}),),
        effect=words.EFFECT.text(),
        when=next_tick_words(situation),
        risk=Risk.HIGH,
        risk_text=words.RISK.text(),
        so_far=so_far(situation),
        undo=words.UNDO.text(),
        owner=situation.canary_owner,
        expects=frozenset({"Succeeded", "Failed"}),
        temporary=temporary(situation, "skipAnalysis", True, until=AT_REST),
    )


def plan_end_skip(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Take back a skipAnalysis, so that later rollouts are analysed again."""
    title = words.END_SKIP.text(canary=called(situation))
    refusal = ""
    if not situation.canary.spec.skip_analysis:
        refusal = words.NO_SKIP.text()
    elif situation.phase not in AT_REST:
        refusal = words.GOES_ON.text(it_is=phase_words(situation))
    return Plan(
        Intent.END_SKIP,
        title,
        writes=() if refusal else (canary_patch(situation, {"spec": {"skipAnalysis": False}}),),
        effect=words.END_SKIP_EFFECT.text(),
        when=words.AT_ONCE.text(),
        owner=situation.canary_owner,
        refusal=refusal,
    )


def _promoted(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(why=undoing.PROMOTED.text())


def _checked_again(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(why=undoing.UNCHECKED.text())


PROMOTE = Action(
    Intent.PROMOTE,
    plan_promote,
    answer=ControllerAnswer(wanted="Succeeded"),
    verb=Verb(
        "promote",
        description="Promote now, without the rest of the analysis.",
        request=lambda _: ActionRequest(Intent.PROMOTE),
    ),
    key=ActionKey(
        "P,shift+p", "P", "promote", help="promote now, without the rest of the analysis", place=30, hint=True
    ),
    undo=_promoted,
)
END_SKIP = Action(Intent.END_SKIP, plan_end_skip, undo=_checked_again)
