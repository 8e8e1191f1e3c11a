"""An action that a contributor adds: its record and its planner. Run as a program, it presses the action's key in a
console, and prints what came of it as JSON: keys are bound when the console's modules are loaded, so they must know
the action before."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from typing import Any

from canarytui.domain.actions import registry
from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb, option
from canarytui.domain.actions.patches import canary_patch
from canarytui.domain.actions.phases import called
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.rollout.situation import Situation

STRICTER = Intent("make stricter")


def plan_stricter(situation: Situation, action_request: ActionRequest) -> Plan:
    """Let one more failed check than there were roll back."""
    title = f"Make {called(situation)} stricter"
    if situation.phase != "Progressing":
        return Plan(STRICTER, title, refusal="no analysis runs")
    threshold = situation.canary.status.failed_checks + action_request.ticks
    return Plan(
        STRICTER,
        title,
        writes=(canary_patch(situation, {"spec": {"analysis": {"threshold": threshold}}}),),
        effect=f"{action_request.ticks} more failed checks roll back",
        risk=Risk.MEDIUM,
        expects=frozenset({"Failed", "Succeeded"}),
    )


EXAMPLE = Action(
    STRICTER,
    plan_stricter,
    answer=ControllerAnswer(wanted="Failed"),
    verb=Verb(
        "stricter",
        description="Lower the threshold.",
        request=lambda options: ActionRequest(STRICTER, ticks=options.by),
        options=(option("--by", type=int, default=1, metavar="N", help="failed checks that are left"),),
    ),
    key=ActionKey("Z,shift+z", "Z", "stricter", help="lower the threshold", place=55, hint=True),
)


async def _press() -> dict[str, Any]:
    from canarytui.console.app import ConsoleApp
    from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
    from canarytui.console.keymap import KEYS

    connection = FixtureConnection()

    async def connect(cluster_state: Any, *, context: str | None = None) -> Any:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        return connection

    app = ConsoleApp(connect, state=fixture_state, zone=UTC)

    def screen() -> str:
        return "\n".join(strip.text for strip in app.screen._compositor.render_strips())

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await pilot.press("g", "Z")
        await pilot.pause(0.3)
        asked = screen()
        await pilot.press("y")
        await pilot.pause(0.3)
        await pilot.press("question_mark")
        await pilot.pause(0.3)
        helped = screen()
    return {
        "asked": asked,
        "help": helped,
        "keys": [key.name for key in KEYS if key.action.startswith("act(")],
        "plans": [[plan.intent, plan.title, plan.writes[0].body] for plan in connection.plans],
    }


if __name__ == "__main__":
    registry.ACTIONS = (*registry.ACTIONS, EXAMPLE)
    print(json.dumps(asyncio.run(_press())))
