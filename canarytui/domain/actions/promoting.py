"""Promoting now, and taking back the skipAnalysis that a promotion has left behind."""

from __future__ import annotations

from canarytui.domain.actions.phases import (
    AT_REST,
    IN_ANALYSIS,
    PAUSED,
    called,
    is_ready,
    next_tick_words,
    phase_words,
)
from canarytui.domain.actions.wish import Wish
from canarytui.domain.actions.writing import canary_patch, temporary
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.situation import Situation


def plan_promote(situation: Situation, wish: Wish | None = None) -> Plan:
    """Promote now, without the rest of the analysis."""
    canary = situation.canary
    title = f"Promote {called(situation)} now, at weight {situation.weight}"
    refusal = ""
    if canary.spec.suspend:
        refusal = PAUSED
    elif canary.spec.skip_analysis:
        refusal = "spec.skipAnalysis is true already: it is promoted as soon as the canary's pods are ready"
    elif situation.phase == "Waiting":
        refusal = "it waits for a confirm-rollout gate, which skipping the analysis does not pass; open the gate"
    elif situation.phase not in IN_ANALYSIS:
        refusal = f"{phase_words(situation)}: there is no analysis to cut short"
    elif not is_ready(situation):
        refusal = "the canary's pods are not ready, and Flagger promotes nothing that is not"
    if refusal:
        return Plan(Intent.PROMOTE, title, refusal=refusal)
    return Plan(
        Intent.PROMOTE,
        title,
        writes=(canary_patch(situation, {"spec": {"skipAnalysis": True}}),),
        effect=(
            "Flagger copies the new template to the primary, sends all traffic to the primary and ends "
            "Succeeded. spec.skipAnalysis is then put back, or every later rollout would go unchecked."
        ),
        when=next_tick_words(situation),
        risk=Risk.HIGH,
        risk_text=(
            "The remaining steps, checks, gates and promotion hooks are skipped, and traffic goes to the "
            "primary while its pods are still rolling to the new version."
        ),
        undo="none; trigger the old image for the way back",
        owner=situation.canary_owner,
        expects=frozenset({"Succeeded", "Failed"}),
        temporary=temporary(situation, "skipAnalysis", True, until=AT_REST),
    )


def plan_end_skip(situation: Situation, wish: Wish | None = None) -> Plan:
    """Take back a skipAnalysis, so that later rollouts are analysed again."""
    title = f"Set spec.skipAnalysis of {called(situation)} back to false"
    refusal = ""
    if not situation.canary.spec.skip_analysis:
        refusal = "spec.skipAnalysis is false already"
    elif situation.phase not in AT_REST:
        refusal = f"{phase_words(situation)}: the promotion is still going on"
    return Plan(
        Intent.END_SKIP,
        title,
        writes=() if refusal else (canary_patch(situation, {"spec": {"skipAnalysis": False}}),),
        effect="Later rollouts are analysed again.",
        when="at once",
        owner=situation.canary_owner,
        refusal=refusal,
    )
