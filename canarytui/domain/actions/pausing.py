"""Pausing, resuming, and extending a step: a pause that ends by itself."""

from __future__ import annotations

from canarytui.domain.actions.phases import IN_ANALYSIS, called, next_tick_words, phase_words
from canarytui.domain.actions.wish import Wish
from canarytui.domain.actions.writing import canary_patch, temporary
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.sentences import action as actions
from canarytui.domain.situation import Situation

_UNPROTECTED = "While paused, nothing protects the users that reach the canary."
MOST_TICKS = 1000


def plan_pause(situation: Situation, wish: Wish | None = None) -> Plan:
    """Freeze a canary where it is."""
    title = f"Pause {called(situation)} at weight {situation.weight}"
    if situation.canary.spec.suspend:
        return Plan(Intent.PAUSE, title, refusal="it is paused already; p resumes it")
    return Plan(
        Intent.PAUSE,
        title,
        writes=(canary_patch(situation, {"spec": {"suspend": True}}),),
        effect=f"Flagger stops at once: no steps, no checks, no rollback. {_stays(situation)}".strip(),
        when="at once",
        risk=Risk.MEDIUM if situation.weight else Risk.LOW,
        risk_text=_UNPROTECTED if situation.weight else "",
        undo="resume",
        owner=situation.canary_owner,
    )


def plan_resume(situation: Situation, wish: Wish | None = None) -> Plan:
    """Let a paused canary go on."""
    title = f"Resume {called(situation)} at weight {situation.weight}"
    if not situation.canary.spec.suspend:
        return Plan(Intent.RESUME, title, refusal="it is not paused")
    return Plan(
        Intent.RESUME,
        title,
        writes=(canary_patch(situation, {"spec": {"suspend": False}}),),
        effect=f"Flagger goes on from weight {situation.weight}.",
        when=next_tick_words(situation),
        risk_text="Pods that were not ready meanwhile may be past their deadline: it then rolls back at once.",
        undo="pause",
        owner=situation.canary_owner,
    )


def plan_extend(situation: Situation, wish: Wish) -> Plan:
    """Stay on the present step for some ticks more: a pause, and the resume after it, by the console."""
    title = f"Extend the step of {called(situation)} at weight {situation.weight} by {wish.ticks} ticks"
    refusal = ""
    if not 1 <= wish.ticks <= MOST_TICKS:
        refusal = f"{wish.ticks} is no number of ticks between 1 and {MOST_TICKS}"
    elif situation.canary.spec.suspend:
        refusal = "it is paused already, and stays so until it is resumed"
    elif situation.phase not in IN_ANALYSIS:
        refusal = f"{phase_words(situation)}: there is no step to extend"
    if refusal:
        return Plan(Intent.EXTEND, title, refusal=refusal)
    seconds = wish.ticks * situation.interval_s
    return Plan(
        Intent.EXTEND,
        title,
        writes=(canary_patch(situation, {"spec": {"suspend": True}}),),
        effect=(
            f"Flagger stops at once: no steps, no checks, no rollback. {_stays(situation)}After {seconds:g} s the "
            "console sets spec.suspend back, and Flagger goes on."
        ),
        when=f"at once, for {seconds:g} s",
        risk=Risk.MEDIUM,
        risk_text=f"{_UNPROTECTED} A console that is closed meanwhile resumes it at its next start.",
        undo="resume",
        owner=situation.canary_owner,
        temporary=temporary(situation, "suspend", True, until=frozenset(), due_s=seconds),
    )


def _stays(situation: Situation) -> str:
    """Only what the router shows: a weight in the status says nothing of where the users are."""
    return actions.TRAFFIC_STAYS.text(weight=situation.users_weight) if situation.users_weight else ""
