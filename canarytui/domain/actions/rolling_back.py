"""Rolling back now: by the count of failed checks when the canary's pods are ready, by their deadline when not."""

from __future__ import annotations

from canarytui.domain.actions.phases import (
    IN_ANALYSIS,
    PAUSED,
    PROMOTING,
    called,
    is_ready,
    next_tick_words,
    phase_words,
)
from canarytui.domain.actions.wish import Wish
from canarytui.domain.actions.writing import canary_patch, temporary
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.sentences import action
from canarytui.domain.situation import Situation

_NOT_AGAIN = "The same pods are not tried again until something in them changes or it is retried."
_ENDED = frozenset({"Initialized", "Succeeded", "Failed", "Promoting", "Finalising"})
_DEADLINE_TICKS = 6


def plan_roll_back(situation: Situation, wish: Wish | None = None) -> Plan:
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
        return f"{phase_words(situation)}: the primary has the new template already; trigger the old image instead"
    if situation.phase == "Waiting":
        return "it waits for a gate with no traffic on the canary: there is nothing to roll back"
    if situation.phase not in IN_ANALYSIS:
        return f"{phase_words(situation)}: there is no rollout to roll back"
    if is_ready(situation):
        if status.failed_checks >= max(situation.canary.spec.analysis.threshold, 1):
            return f"the threshold of failed checks is reached: it rolls back {next_tick_words(situation)}"
        return ""
    target = situation.target
    if target is None or target.kind == "DaemonSet" or target.unavailable_since is None:
        return (
            "the canary's pods are not ready, and Flagger waits for them before it rolls back; too many of them are "
            "available for a deadline to count"
        )
    if situation.canary.spec.progress_deadline_s <= 1:
        return f"spec.progressDeadlineSeconds is 1 already: it rolls back {next_tick_words(situation)}"
    return ""


def _by_checks(situation: Situation, title: str) -> Plan:
    reached = max(situation.canary.spec.analysis.threshold, 1)
    return Plan(
        Intent.ROLL_BACK,
        title,
        writes=(canary_patch(situation, {"status": {"failedChecks": reached}}, subresource="status"),),
        effect=(
            f"Flagger finds {reached} of {reached} failed checks, sends all traffic to the primary, scales the "
            "canary to zero and ends Failed. The spec is untouched, so GitOps sees no drift."
        ),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=_NOT_AGAIN,
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
        effect=(
            "The canary's pods are not ready, so a count of failed checks would wait for them. With one second of "
            "deadline Flagger finds them too late, sends all traffic to the primary, scales the canary to zero and "
            f"ends Failed. spec.progressDeadlineSeconds is then put back to {before}."
        ),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=_NOT_AGAIN,
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
