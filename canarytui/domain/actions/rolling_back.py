"""Rolling back now: by the count of failed checks when the canary's pods are ready, by their deadline when not."""

from __future__ import annotations

from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb
from canarytui.domain.actions.patches import canary_patch, temporary
from canarytui.domain.actions.phases import (
    IN_ANALYSIS,
    PAUSED,
    PROMOTING,
    called,
    is_ready,
    next_tick_words,
    phase_words,
)
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import action
from canarytui.domain.sentences import rolling_back as words

_ENDED = frozenset({"Initialized", "Succeeded", "Failed", "Promoting", "Finalising"})
_DEADLINE_TICKS = 6


def plan_roll_back(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Roll back now, the way that works in the state the canary's pods are in."""
    title = action.ROLL_BACK.text(canary=called(situation), weight=situation.weight)
    refusal = _refusal(situation)
    if refusal:
        return Plan(Intent.ROLL_BACK, title, refusal=refusal)
    return _by_checks(situation, title) if is_ready(situation) else _by_deadline(situation, title)


def _refusal(situation: Situation) -> str:
    status = situation.canary.status
    if situation.canary.spec.suspend:
        return PAUSED
    if situation.phase in PROMOTING:
        return words.PROMOTED.text(it_is=phase_words(situation))
    if situation.phase == "Waiting":
        return words.AT_GATE.text()
    if situation.phase not in IN_ANALYSIS:
        return words.NO_ROLLOUT.text(it_is=phase_words(situation))
    if is_ready(situation):
        if status.failed_checks >= max(situation.canary.spec.analysis.threshold, 1):
            return words.THRESHOLD_REACHED.text(when=next_tick_words(situation))
        return ""
    target = situation.target
    if target is None or target.kind == "DaemonSet" or target.unavailable_since is None:
        return words.NO_DEADLINE.text()
    if situation.canary.spec.progress_deadline_s <= 1:
        return words.DEADLINE_IS_SHORT.text(when=next_tick_words(situation))
    return ""


def _by_checks(situation: Situation, title: str) -> Plan:
    reached = max(situation.canary.spec.analysis.threshold, 1)
    return Plan(
        Intent.ROLL_BACK,
        title,
        writes=(canary_patch(situation, {"status": {"failedChecks": reached}}, subresource="status"),),
        effect=words.BY_CHECKS.text(reached=reached),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=words.NOT_AGAIN.text(),
        undo="retry",
        expects=frozenset({"Failed"}),
        repeats=True,
    )


def _by_deadline(situation: Situation, title: str) -> Plan:
    before = situation.canary.spec.progress_deadline_s
    return Plan(
        Intent.ROLL_BACK,
        title,
        writes=(canary_patch(situation, {"spec": {"progressDeadlineSeconds": 1}}),),
        effect=words.BY_DEADLINE.text(before=before),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=words.NOT_AGAIN.text(),
        undo="retry",
        owner=situation.canary_owner,
        expects=frozenset({"Failed"}),
        repeats=True,  # pods that become ready before that tick are rolled back by the count
        temporary=temporary(
            situation,
            "progressDeadlineSeconds",
            1,
            until=_ENDED,
            # Pods that become ready after all never meet it: a deadline of a second must not outlive its purpose.
            due_s=_DEADLINE_TICKS * situation.interval_s,
        ),
    )


def _overwritten(plan: Plan, situation: Situation, revision: str) -> bool:
    """A tick that was under way wrote its own count over ours, or the pods whose deadline was cut became ready."""
    if plan.temporary is not None and not is_ready(situation):
        return False  # the next tick finds them too late
    return situation.canary.status.failed_checks < max(situation.canary.spec.analysis.threshold, 1)


ROLL_BACK = Action(
    Intent.ROLL_BACK,
    plan_roll_back,
    answer=ControllerAnswer(wanted="Failed", overwritten=_overwritten),
    verb=Verb("rollback", description="Roll back now.", request=lambda _: ActionRequest(Intent.ROLL_BACK)),
    key=ActionKey("R,shift+r", "R", "roll-back", help="roll back now", place=40, hint=True),
)
