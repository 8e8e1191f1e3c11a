"""Going faster through an analysis: to a later weight by the router's own weights, or to the last iteration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.actions.action import Action, ActionKey, Verb, option
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import canary_patch, router_patch
from canarytui.domain.actions.phases import PAUSED, called, next_tick_words, phase_words, so_far
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.resource import Resource
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import skipping as words
from canarytui.domain.sentences import undoing
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan, target_weight
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import Split


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
    split, router = _split(situation), situation.router
    change = None
    if split is not None and router is not None:
        change = split.reweighted(router, situation.canary, 100 - weight, weight)
    refusal = _skip_refusal(situation, weight, stops, change, back=request.back)
    if refusal or router is None or split is None or change is None:
        return Plan(Intent.SKIP_TO, title, refusal=refusal or words.NO_ROUTER.text())
    last = weight >= target_weight(situation.canary.spec.analysis)
    then = words.PROMOTES.text() if last else words.GOES_ON.text()
    return Plan(
        Intent.SKIP_TO,
        title,
        writes=(router_patch(router, _resource(split, router), split.place(situation.canary)[0], change),),
        effect=words.EFFECT.text(weight=weight, then=then),
        when=words.WHEN.text(when=next_tick_words(situation)),
        risk=Risk.LOW if request.back else Risk.MEDIUM,
        risk_text=(words.BACK_RISK if request.back else words.RISK).text(),
        so_far=so_far(situation),
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
        so_far=so_far(situation),
        undo="roll back",
        expects=frozenset({"WaitingPromotion", "Promoting", "Finalising", "Succeeded", "Failed"}),
        patience=6,
    )


def _skip_refusal(
    situation: Situation, weight: int, stops: tuple[int, ...], change: Mapping[str, Any] | None, *, back: bool
) -> str:
    analysis = situation.canary.spec.analysis
    if analysis.iterations > 0:
        return words.BY_ITERATIONS.text()
    if situation.canary.spec.suspend:
        return PAUSED
    if situation.phase != "Progressing":
        return words.NO_STEPS.text(it_is=phase_words(situation))
    if not situation.splits:
        return words.SPLITS_NOTHING.text(provider=clean(situation.provider, 40))
    if situation.router is None:
        return words.NO_ROUTER.text()
    if not situation.weight:
        return words.NO_STEP_YET.text()
    if change is None:
        split = _split(situation)
        return words.NOT_NAMED.text(kind=_resource(split, situation.router).kind if split is not None else "router")
    if not stops:
        return (words.FIRST_WEIGHT if back else words.LAST_WEIGHT).text()
    if weight not in stops:
        listed = ", ".join(str(stop) for stop in stops[:12])
        beyond = words.JUMPS.text() if analysis.step_weights else ""
        return words.NOT_A_STEP.text(weight=weight, stops=listed, jumps=beyond)
    return ""


def _resource(split: Split, router: Mapping[str, Any]) -> Resource:
    """What `router` is: the current resource unless an older one says that it is that."""
    named = (router.get("kind"), router.get("apiVersion"))
    return next((each for each in split.resources if (each.kind, each.api_version) == named), split.object.resource)


def _split(situation: Situation) -> Split | None:
    record = registry.like(situation.provider)
    return record.split if record is not None else None


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
