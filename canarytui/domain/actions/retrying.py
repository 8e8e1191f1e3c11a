"""Trying a rolled-back revision again: by an annotation of its pods, or by the status where GitOps owns the pods."""

from __future__ import annotations

from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb, option
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import canary_patch, workload_patch
from canarytui.domain.actions.phases import PAUSED, called, next_tick_words, no_target, phase_words, risk_words
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.actions.triggering import template_change
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import retrying as words
from canarytui.domain.workloads.containers import application_images, release
from canarytui.domain.workloads.workload import Container


def plan_retry(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Try a rolled-back revision again. Where GitOps owns the target, its pod template stays as it is."""
    title = f"Retry {called(situation)}"
    refusal = no_target(situation)
    if situation.canary.spec.suspend:
        refusal = PAUSED
    elif situation.phase == "Failed" and situation.weight == 100:
        refusal = words.PROMOTION_FAILED.text()
    elif situation.phase != "Failed":
        refusal = words.NOT_FAILED.text(it_is=phase_words(situation))
    target = situation.target
    if refusal or target is None:
        return Plan(Intent.RETRY, title, refusal=refusal)
    drift_free = bool(target.owner) or (request is not None and request.drift_free)
    images = release(application_images(situation.canary, situation.primary, target)[1])
    effect = words.EFFECT.text(images=images)
    if drift_free:
        effect = words.EFFECT_DRIFT_FREE.text(images=images)
    restart = ActionRequest(Intent.TRIGGER, restart=True)
    return Plan(
        Intent.RETRY,
        title,
        writes=(
            canary_patch(situation, {"status": {"lastAppliedSpec": ""}}, subresource="status")
            if drift_free
            else workload_patch(target, {"template": template_change(situation, Container("", ""), restart)}),
        ),
        effect=effect,
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=risk_words(situation, words.RISK.text()),
        undo="roll back",
        expects=frozenset({"Progressing", "Waiting"}),
        repeats=drift_free,
    )


def _overwritten(plan: Plan, situation: Situation, revision: str) -> bool:
    return situation.canary.status.last_applied_spec == revision


def _rolled_back(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(ActionRequest(Intent.ROLL_BACK))


RETRY = Action(
    Intent.RETRY,
    plan_retry,
    answer=ControllerAnswer(new_revision=True, overwritten=_overwritten),
    verb=Verb(
        "retry",
        description="Retry a rolled-back revision.",
        request=lambda options: ActionRequest(Intent.RETRY, drift_free=options.drift_free),
        options=(option("--drift-free", action="store_true", help="by the status, which GitOps does not see"),),
    ),
    key=ActionKey("T,shift+t", "T", "retry", help="retry a failed rollout", place=50, hint=True),
    undo=_rolled_back,
)
