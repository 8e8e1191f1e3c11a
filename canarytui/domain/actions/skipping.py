"""Going faster through an analysis: to a later weight by the router's own weights, or to the last iteration."""

from __future__ import annotations

from typing import Any

from canarytui.domain.actions.action import Action, ActionKey, Verb, option
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import canary_patch, router_patch
from canarytui.domain.actions.phases import PAUSED, called, next_tick_words, phase_words
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import skipping as words
from canarytui.domain.sentences import undoing
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan, target_weight
from canarytui.domain.traffic.provider import Split
from canarytui.domain.traffic.registry import splits_of


def later_stops(situation: Situation) -> tuple[int, ...]:
    """The weights of the plan of steps that are still to come."""
    steps = step_plan(situation.canary)
    if steps.strategy is not AnalysisStrategy.CANARY:
        return ()
    return tuple(stop for stop in steps.stops if situation.weight < stop <= 100)


def earlier_stops(situation: Situation) -> tuple[int, ...]:
    """The weights of the plan of steps that it has passed."""
    steps = step_plan(situation.canary)
    if steps.strategy is not AnalysisStrategy.CANARY:
        return ()
    return tuple(stop for stop in steps.stops if 0 < stop < situation.weight)


def plan_skip_to(situation: Situation, request: ActionRequest) -> Plan:
    """Give the router a later weight, or one from before: the controller goes on from what it finds there."""
    stops = earlier_stops(situation) if request.back else later_stops(situation)
    weight = request.weight or (stops[0] if stops else 0)
    title = (words.BACK if request.back else words.TITLE).text(
        canary=called(situation), weight=situation.weight, to=weight
    )
    split = _editable(situation)
    editable = split.editable if split is not None else None
    services = editable.entries(situation.router) if editable is not None and situation.router is not None else []
    refusal = _skip_refusal(situation, weight, stops, services, back=request.back)
    if refusal or situation.router is None or split is None or editable is None:
        return Plan(Intent.SKIP_TO, title, refusal=refusal or words.NO_ROUTER.text())
    apex = situation.canary.apex_name
    parts = {f"{apex}-primary": 100 - weight, f"{apex}-canary": weight}
    changed = [
        {**entry, "weight": parts[str(entry.get("name"))]} if entry.get("name") in parts else entry
        for entry in services
    ]
    last = weight >= target_weight(situation.canary.spec.analysis)
    then = words.PROMOTES.text() if last else words.GOES_ON.text()
    return Plan(
        Intent.SKIP_TO,
        title,
        writes=(
            router_patch(situation.router, split.object.resource, situation.canary.namespace, editable.spec(changed)),
        ),
        effect=words.EFFECT.text(weight=weight, then=then),
        when=words.WHEN.text(when=next_tick_words(situation)),
        risk=Risk.LOW if request.back else Risk.MEDIUM,
        risk_text=(words.BACK_RISK if request.back else words.RISK).text(),
        undo="roll back",
    )


def plan_finish(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Finish a Blue/Green or A/B analysis early, by counting its iterations as done."""
    analysis = situation.canary.spec.analysis
    done, wanted = situation.canary.status.iterations, analysis.iterations
    title = words.FINISH.text(canary=called(situation), done=done, wanted=wanted)
    refusal = ""
    if wanted <= 0:
        refusal = words.BY_WEIGHTS.text()
    elif situation.canary.spec.suspend:
        refusal = PAUSED
    elif situation.phase != "Progressing":
        refusal = words.NO_ITERATIONS.text(it_is=phase_words(situation))
    elif done <= 0:
        refusal = words.NO_ITERATION_YET.text()
    elif done >= wanted:
        refusal = words.ALL_ITERATIONS.text()
    if refusal:
        return Plan(Intent.FINISH, title, refusal=refusal)
    return Plan(
        Intent.FINISH,
        title,
        writes=(canary_patch(situation, {"status": {"iterations": wanted}}, subresource="status"),),
        effect=words.FINISH_EFFECT.text(),
        when=next_tick_words(situation),
        risk=Risk.MEDIUM,
        risk_text=words.FINISH_RISK.text(count=wanted - done),
        undo="roll back",
        expects=frozenset({"WaitingPromotion", "Promoting", "Finalising", "Succeeded", "Failed"}),
        patience=6,
    )


def _skip_refusal(
    situation: Situation, weight: int, stops: tuple[int, ...], services: list[dict[str, Any]], *, back: bool
) -> str:
    analysis = situation.canary.spec.analysis
    if analysis.iterations > 0:
        return words.BY_ITERATIONS.text()
    if situation.canary.spec.suspend:
        return PAUSED
    if situation.phase != "Progressing":
        return words.NO_STEPS.text(it_is=phase_words(situation))
    if situation.router is None:
        return words.NOT_TRAEFIK.text()
    if not situation.weight:
        return words.NO_STEP_YET.text()
    apex = situation.canary.apex_name
    if not {f"{apex}-primary", f"{apex}-canary"} <= {str(entry.get("name")) for entry in services}:
        return words.NOT_NAMED.text(apex=apex)
    if not stops:
        return (words.FIRST_WEIGHT if back else words.LAST_WEIGHT).text()
    if weight not in stops:
        listed = ", ".join(str(stop) for stop in stops[:12])
        beyond = words.JUMPS.text() if analysis.step_weights else ""
        return words.NOT_A_STEP.text(weight=weight, stops=listed, jumps=beyond)
    return ""


def _editable(situation: Situation) -> Split | None:
    splits = splits_of(situation.router) if situation.router is not None else ()
    return next((split for split in splits if split.editable is not None), None)


def _back_to_weight(situation: Situation, done: DoneAction) -> WayBack:
    if not done.weight:
        return WayBack(why=undoing.NO_WEIGHT_BEFORE.text())
    return WayBack(ActionRequest(Intent.SKIP_TO, weight=done.weight, back=True))


def _rolled_back(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(ActionRequest(Intent.ROLL_BACK))


SKIP_TO = Action(
    Intent.SKIP_TO,
    plan_skip_to,
    verb=Verb(
        "skip",
        description="Skip to a later weight of the plan of steps.",
        request=lambda options: ActionRequest(Intent.SKIP_TO, weight=options.to),
        options=(option("--to", type=int, default=0, metavar="WEIGHT", help="percent (default: the next step's)"),),
    ),
    key=ActionKey(
        "greater_than_sign",
        ">",
        "skip",
        help="skip to a later weight, or the last iteration",
        place=80,
        does="act('skip')",
    ),
    undo=_back_to_weight,
)
FINISH = Action(
    Intent.FINISH,
    plan_finish,
    verb=Verb(
        "finish",
        description="Finish the iterations of a Blue/Green or A/B analysis early.",
        request=lambda _: ActionRequest(Intent.FINISH),
    ),
    undo=_rolled_back,
)
