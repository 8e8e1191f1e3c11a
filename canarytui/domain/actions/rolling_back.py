"""Rolling back now: by the count of failed checks when the canary's pods are ready, by their deadline when not.

A paused canary is resumed as well. Flagger looks at nothing while it is paused, so what makes it roll back is written
first, and the resume last: its first tick then finds the rollback due, and takes no step before.
"""

from __future__ import annotations

from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import after, canary_patch, temporary
from canarytui.domain.actions.phases import (
    IN_ANALYSIS,
    PROMOTING,
    called,
    is_ready,
    next_tick_words,
    phase_words,
)
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, PlannedWrite, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import action, undoing
from canarytui.domain.sentences import rolling_back as words

_ENDED = frozenset({"Initialized", "Succeeded", "Failed", "Promoting", "Finalising"})
_DEADLINE_TICKS = 6


def plan_roll_back(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Roll back now, the way that works in the state the canary's pods are in; a paused canary is resumed for it."""
    paused = situation.canary.spec.suspend
    title = (action.RESUME_AND_ROLL_BACK if paused else action.ROLL_BACK).text(
        canary=called(situation), weight=situation.weight
    )
    refusal = _refusal(situation)
    if refusal:
        return Plan(Intent.ROLL_BACK, title, refusal=refusal)
    if not is_ready(situation):
        return _by_deadline(situation, title)
    return _resumed(situation, title) if paused else _by_checks(situation, title)


def _refusal(situation: Situation) -> str:
    spec, paused = situation.canary.spec, situation.canary.spec.suspend
    if situation.phase in PROMOTING:
        return words.PROMOTED.text(it_is=phase_words(situation))
    if situation.phase == "Waiting":
        return words.AT_GATE.text()
    if situation.phase not in IN_ANALYSIS:
        return words.NO_ROLLOUT.text(it_is=phase_words(situation))
    if is_ready(situation):
        if spec.skip_analysis:
            return words.WOULD_PROMOTE.text()
        if _counted(situation) and not paused:
            return words.THRESHOLD_REACHED.text(when=next_tick_words(situation))
        return ""
    target = situation.target
    if target is None or target.kind == "DaemonSet" or target.unavailable_since is None:
        return words.NO_DEADLINE.text()
    if spec.progress_deadline_s <= 1 and not paused:
        return words.DEADLINE_IS_SHORT.text(when=next_tick_words(situation))
    return ""


def _threshold(situation: Situation) -> int:
    return max(situation.canary.spec.analysis.threshold, 1)


def _counted(situation: Situation) -> bool:
    """Whether so many checks have failed that the controller rolls back."""
    return situation.canary.status.failed_checks >= _threshold(situation)


def _count(situation: Situation) -> PlannedWrite:
    return canary_patch(situation, {"status": {"failedChecks": _threshold(situation)}}, subresource="status")


def _by_checks(situation: Situation, title: str) -> Plan:
    return Plan(
        Intent.ROLL_BACK,
        title,
        writes=(_count(situation),),
        effect=words.BY_CHECKS.text(reached=_threshold(situation)),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=words.NOT_AGAIN.text(),
        undo="retry",
        expects=frozenset({"Failed"}),
        repeats=True,
    )


def _resumed(situation: Situation, title: str) -> Plan:
    """The count first, on a canary that nobody looks at, then the resume: only on one that shows the count."""
    resume = canary_patch(situation, {"spec": {"suspend": False}})
    counted = _counted(situation)
    effect = words.COUNTED_ALREADY if counted else words.COUNT_THEN_RESUME
    return Plan(
        Intent.ROLL_BACK,
        title,
        writes=(resume,) if counted else after(_count(situation), resume, situation),
        effect=effect.text(reached=_threshold(situation)),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=words.NOT_AGAIN_PAUSED.text(),
        undo="retry",
        owner=situation.canary_owner,
        expects=frozenset({"Failed"}),
        repeats=True,
        includes=(Intent.RESUME,),
    )


def _by_deadline(situation: Situation, title: str) -> Plan:
    before, paused = situation.canary.spec.progress_deadline_s, situation.canary.spec.suspend
    deadline = {"progressDeadlineSeconds": 1} if before > 1 else {}
    resume = {"suspend": False} if paused else {}
    effect = words.BY_DEADLINE_PAUSED if paused else words.BY_DEADLINE
    if not deadline:
        effect = words.DEADLINE_OVER
    held = temporary(
        situation,
        "progressDeadlineSeconds",
        1,
        until=_ENDED,
        # Pods that become ready after all never meet it: a deadline of a second must not outlive its purpose.
        due_s=_DEADLINE_TICKS * situation.interval_s,
    )
    return Plan(
        Intent.ROLL_BACK,
        title,
        writes=(canary_patch(situation, {"spec": {**deadline, **resume}}),),
        effect=effect.text(before=before),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=(words.NOT_AGAIN_PAUSED if paused else words.NOT_AGAIN).text(),
        undo="retry",
        owner=situation.canary_owner,
        expects=frozenset({"Failed"}),
        repeats=True,  # pods that become ready before that tick are rolled back by the count
        temporary=held if deadline else None,
        includes=(Intent.RESUME,) if paused else (),
    )


def _overwritten(plan: Plan, situation: Situation, revision: str) -> bool:
    """A tick that was under way wrote its own count over ours, the pods whose deadline was cut became ready, or the pod
    template was changed during a pause: the resumed controller then starts the analysis again, with no failed check."""
    by_count = any(write.subresource == "status" for write in plan.writes)
    if not by_count and not is_ready(situation):
        return False  # the next tick finds them too late
    return not _counted(situation)


def _retried(situation: Situation, done: DoneAction) -> WayBack:
    target = situation.target
    if target is not None and done.images and {each.name: each.image for each in target.containers} != done.images:
        return WayBack(why=undoing.OTHER_REVISION.text())
    return WayBack(ActionRequest(Intent.RETRY))


ROLL_BACK = Action(
    Intent.ROLL_BACK,
    plan_roll_back,
    answer=ControllerAnswer(wanted="Failed", overwritten=_overwritten),
    verb=Verb(
        "rollback",
        description="Roll back now; a paused canary is resumed for it.",
        request=lambda _: ActionRequest(Intent.ROLL_BACK),
    ),
    key=ActionKey("R,shift+r", "R", "roll-back", help="roll back now, also when paused", place=40, hint=True),
    undo=_retried,
)
