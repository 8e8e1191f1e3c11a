"""Going faster through an analysis: to a later weight by the router's own weights, or to the last iteration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.actions.phases import PAUSED, called, next_tick_words, phase_words
from canarytui.domain.actions.wish import Wish
from canarytui.domain.actions.writing import canary_patch, router_patch
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.situation import Situation
from canarytui.domain.steps import Strategy, step_plan, target_weight


def later_stops(situation: Situation) -> tuple[int, ...]:
    """The weights of the plan of steps that are still to come."""
    steps = step_plan(situation.canary)
    if steps.strategy is not Strategy.CANARY:
        return ()
    return tuple(stop for stop in steps.stops if situation.weight < stop <= 100)


def plan_skip_to(situation: Situation, wish: Wish) -> Plan:
    """Give the router a later weight: the controller goes on from the weight that it finds there."""
    stops = later_stops(situation)
    weight = wish.weight or (stops[0] if stops else 0)
    title = f"Skip {called(situation)} from weight {situation.weight} to {weight}"
    services = _services(situation)
    refusal = _skip_refusal(situation, weight, stops, services)
    if refusal or situation.router is None:
        return Plan(Intent.SKIP_TO, title, refusal=refusal or "its router object cannot be read")
    apex = situation.canary.apex_name
    parts = {f"{apex}-primary": 100 - weight, f"{apex}-canary": weight}
    changed = [
        {**entry, "weight": parts[str(entry.get("name"))]} if entry.get("name") in parts else entry
        for entry in services
    ]
    last = weight >= target_weight(situation.canary.spec.analysis)
    then = "asks its gates and promotes" if last else "goes on to the next step from there"
    return Plan(
        Intent.SKIP_TO,
        title,
        writes=(router_patch(situation.router, situation.canary.namespace, changed),),
        effect=(
            f"{weight} % of the traffic goes to the canary at once. Flagger reads the weight from the router: at its "
            f"next tick it checks the canary there and, when that passes, {then}. The weight in the status "
            "follows with its next write."
        ),
        when="the traffic at once; Flagger " + next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text="The steps in between are not checked, and more users than planned meet the new version at once.",
        undo="roll back",
    )


def plan_finish(situation: Situation, wish: Wish | None = None) -> Plan:
    """Finish a Blue/Green or A/B analysis early, by counting its iterations as done."""
    analysis = situation.canary.spec.analysis
    done, wanted = situation.canary.status.iterations, analysis.iterations
    title = f"Finish the iterations of {called(situation)} early, at {done} of {wanted}"
    refusal = ""
    if wanted <= 0:
        refusal = "its analysis goes by weights and has no iterations; > skips to a weight"
    elif situation.canary.spec.suspend:
        refusal = PAUSED
    elif situation.phase != "Progressing":
        refusal = f"{phase_words(situation)}: there are no iterations to finish"
    elif done <= 0:
        refusal = "its first iteration has not been counted yet: the pre-rollout checks come first"
    elif done >= wanted:
        refusal = "all of its iterations are counted already"
    if refusal:
        return Plan(Intent.FINISH, title, refusal=refusal)
    return Plan(
        Intent.FINISH,
        title,
        writes=(canary_patch(situation, {"status": {"iterations": wanted}}, subresource="status"),),
        effect="Flagger checks the canary once more and, when that passes, asks its gates and promotes.",
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=f"{wanted - done} iterations are not run.",
        undo="roll back",
        expects=frozenset({"WaitingPromotion", "Promoting", "Finalising", "Succeeded", "Failed"}),
        patience=6,
    )


def _skip_refusal(situation: Situation, weight: int, stops: tuple[int, ...], services: list[dict[str, Any]]) -> str:
    analysis = situation.canary.spec.analysis
    if analysis.iterations > 0:
        return "its analysis goes by iterations, not by weights; finish them early instead"
    if situation.canary.spec.suspend:
        return PAUSED
    if situation.phase != "Progressing":
        return f"{phase_words(situation)}: there are no steps to skip"
    if situation.router is None:
        return "its router is no TraefikService that can be read here, and no other router's weights are edited by hand"
    if not situation.weight:
        return "its first step has not been taken yet: the pre-rollout checks come first"
    apex = situation.canary.apex_name
    if not {f"{apex}-primary", f"{apex}-canary"} <= {str(entry.get("name")) for entry in services}:
        return f"its TraefikService does not name both {apex}-primary and {apex}-canary"
    if not stops:
        return "it is at its last weight already"
    if weight not in stops:
        listed = ", ".join(str(stop) for stop in stops[:12])
        beyond = "; another weight would make Flagger jump to 100" if analysis.step_weights else ""
        return f"{weight} is none of the weights that are still to come ({listed}){beyond}"
    return ""


def _services(situation: Situation) -> list[dict[str, Any]]:
    spec = (situation.router or {}).get("spec")
    weighted = spec.get("weighted") if isinstance(spec, Mapping) else None
    listed = weighted.get("services") if isinstance(weighted, Mapping) else None
    return [dict(entry) for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []
