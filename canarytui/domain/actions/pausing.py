"""Pausing, resuming, and extending a step: a pause that ends by itself."""

from __future__ import annotations

from canarytui.domain.actions.action import Action, ActionKey, Verb, option
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import canary_patch, temporary
from canarytui.domain.actions.phases import IN_ANALYSIS, called, next_tick_words, phase_words, so_far
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import action as actions
from canarytui.domain.sentences import pausing as words

MOST_TICKS = 1000


def plan_pause(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Freeze a canary where it is."""
    title = words.PAUSE.text(canary=called(situation), weight=situation.weight)
    if situation.canary.spec.suspend:
        return Plan(Intent.PAUSE, title, refusal=words.PAUSED_ALREADY.text())
    return Plan(
        Intent.PAUSE,
        title,
        writes=(canary_patch(situation, {"spec": {"suspend": True}}),),
        effect=words.EFFECT.text(stays=_stays(situation)),
        when=words.AT_ONCE.text(),
        risk=Risk.MEDIUM if situation.weight else Risk.LOW,
        risk_text=words.UNPROTECTED.text() if situation.weight else "",
        undo="resume",
        owner=situation.canary_owner,
    )


def plan_resume(situation: Situation, request: ActionRequest | None = None) -> Plan:
    """Let a paused canary go on."""
    title = words.RESUME.text(canary=called(situation), weight=situation.weight)
    if not situation.canary.spec.suspend:
        return Plan(Intent.RESUME, title, refusal=words.NOT_PAUSED.text())
    return Plan(
        Intent.RESUME,
        title,
        writes=(canary_patch(situation, {"spec": {"suspend": False}}),),
        effect=words.GOES_ON.text(weight=situation.weight),
        when=next_tick_words(situation),
        risk_text=words.PAST_DEADLINE.text(),
        undo="pause",
        owner=situation.canary_owner,
    )


def plan_extend(situation: Situation, request: ActionRequest) -> Plan:
    """Stay on the present step for some ticks more: a pause, and the resume after it, by the console."""
    title = words.EXTEND.text(canary=called(situation), weight=situation.weight, ticks=request.ticks)
    refusal = ""
    if not 1 <= request.ticks <= MOST_TICKS:
        refusal = words.BAD_TICKS.text(ticks=request.ticks, most=MOST_TICKS)
    elif situation.canary.spec.suspend:
        refusal = words.STAYS_PAUSED.text()
    elif situation.phase not in IN_ANALYSIS:
        refusal = words.NO_STEP.text(it_is=phase_words(situation))
    if refusal:
        return Plan(Intent.EXTEND, title, refusal=refusal)
    seconds = request.ticks * situation.interval_s
    return Plan(
        Intent.EXTEND,
        title,
        writes=(canary_patch(situation, {"spec": {"suspend": True}}),),
        effect=words.EXTEND_EFFECT.text(stays=_stays(situation), seconds=seconds),
        when=words.AT_ONCE_FOR.text(seconds=seconds),
        risk=Risk.MEDIUM,
        risk_text=words.RESUMED_LATER.text(risk=words.UNPROTECTED.text()),
        so_far=so_far(situation),
        undo="resume",
        owner=situation.canary_owner,
        temporary=temporary(situation, "suspend", True, until=frozenset(), due_s=seconds),
    )


def _stays(situation: Situation) -> str:
    """Only what the router shows: a weight in the status says nothing of where the users are."""
    return actions.TRAFFIC_STAYS.text(weight=situation.users_weight) if situation.users_weight else ""


def _resumed(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(ActionRequest(Intent.RESUME))


def _paused_again(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(ActionRequest(Intent.PAUSE))


PAUSE = Action(
    Intent.PAUSE,
    plan_pause,
    verb=Verb("pause", description="Pause canaries where they are.", request=lambda _: ActionRequest(Intent.PAUSE)),
    key=ActionKey("p", "p", "pause", help="pause, or resume", place=20, hint=True),
    undo=_resumed,
)
RESUME = Action(
    Intent.RESUME,
    plan_resume,
    verb=Verb("resume", description="Resume paused canaries.", request=lambda _: ActionRequest(Intent.RESUME)),
    undo=_paused_again,
)
EXTEND = Action(
    Intent.EXTEND,
    plan_extend,
    verb=Verb(
        "extend",
        description="Stay on the current step for a few more ticks.",
        request=lambda options: ActionRequest(Intent.EXTEND, ticks=options.ticks),
        options=(option("--ticks", type=int, default=3, metavar="N", help="for how many ticks (default: 3)"),),
    ),
    key=ActionKey("x", "x", "extend", help="extend the step: pause for some ticks", place=70),
    undo=_resumed,
)
