"""What a person is asked before a write: the choices that an action needs, then the confirmation."""

from __future__ import annotations

from canarytui.actions.executor import ActionExecutor
from canarytui.console.actions.dialog import Dialog
from canarytui.console.actions.planned import PlannedAction, local, oldest
from canarytui.console.actions.port import ActionPort
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation


async def chosen(
    request: ActionRequest, situation: Situation, executor: ActionExecutor, port: ActionPort, *, alone: bool
) -> ActionRequest | None:
    """`request` with what the person has to choose; None when they thought better of it. `alone` when it is about one
    canary only."""
    intent = request.intent
    if intent is Intent.TRIGGER and not (request.image or request.env or request.restart):
        from canarytui.console.actions.trigger_screen import TriggerScreen

        target = situation.target
        if target is None or not target.containers or executor.forbidden(Intent.TRIGGER):
            return request  # planned all the same: the plan or the rules say why it cannot be done
        return await port.ask(TriggerScreen(situation, target, executor.images))
    if intent is Intent.SKIP_TO and not request.weight and plan(situation, request).allowed:
        from canarytui.console.actions.number_screen import weight_screen

        weight = await port.ask(weight_screen(situation))
        return ActionRequest(Intent.SKIP_TO, weight=weight) if weight else None
    if intent is Intent.EXTEND and alone and plan(situation, request).allowed:
        from canarytui.console.actions.number_screen import ticks_screen

        ticks = await port.ask(ticks_screen(situation, request.ticks))
        return ActionRequest(Intent.EXTEND, ticks=ticks) if ticks else None
    return request


async def confirmed(
    planned: list[PlannedAction], refused: list[str], executor: ActionExecutor, port: ActionPort
) -> bool:
    """Whether the person agrees to all of `planned`; `refused` says what is left out."""
    from canarytui.console.actions.confirm_screen import ConfirmScreen, SeveralScreen

    reasons = [await executor.guard(each.key[0]) for each in planned]
    reason = next(filter(None, reasons), "")
    stale = local(oldest(planned), port.zone)
    first = planned[0]
    if len(planned) == 1 and not refused:
        guard = first.key[1] if reason else ""
        question: Dialog = ConfirmScreen(first.plan, guard=guard, guard_reason=reason, stale=stale)
    else:
        guard = f"{first.plan.intent} {len(planned)}" if reason else ""
        plans = [each.plan for each in planned]
        question = SeveralScreen(plans, refused, guard=guard, guard_reason=reason, stale=stale)
    answer: bool | None = await port.ask(question)
    return bool(answer)
