"""From a key to the controller's answer: plan, permission, confirmation, write, and what came of it.

One driver for an app; screens hand it the intent and the canary. It holds no state but the actions that
are being followed and the promotions whose skipAnalysis has still to be set back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.console.faults import FaultPlan, plan_fault
from canarytui.console.following import Answer, Follow
from canarytui.console.guards import guard_reason
from canarytui.domain.actions import Wish, plan, plan_end_skip, plan_trigger
from canarytui.domain.facts import of_console
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.situation import Situation
from canarytui.errors import CanarytuiError

if TYPE_CHECKING:
    from canarytui.console.app import ConsoleApp

Key = tuple[str, str]


class Driver:
    """Runs one action at a time for each canary; `tick` is called once a second."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        self._follows: list[Follow] = []
        self._busy: set[Key] = set()

    async def act(self, intent: Intent, key: Key) -> None:
        """Plan, confirm and carry out `intent`; every way it can end is told to the person."""
        if key in self._busy:
            return
        self._busy.add(key)
        try:
            await self._act(intent, key)
        except CanarytuiError as error:
            self._tell(clean(str(error)), warning=True)
        finally:
            self._busy.discard(key)

    async def _act(self, intent: Intent, key: Key) -> None:
        situation = self._app.world.situation(key)
        if situation is None:
            self._tell(f"{key[0]}/{key[1]} cannot be driven: its object cannot be read", warning=True)
            return
        if intent is Intent.PAUSE and situation.canary.spec.suspend:
            intent = Intent.RESUME
        made = await self._trigger_plan(situation) if intent is Intent.TRIGGER else plan(situation, intent)
        if made is None or not await self._permitted(made):
            return
        if not await self._confirmed(made, key):
            return
        # Minutes may have passed in the dialog: the same intent, planned on what is true now. The write's
        # resourceVersion stays the one that was shown, so that whatever changed since is a conflict.
        await self._carry_out(made, situation)

    async def _trigger_plan(self, situation: Situation) -> Plan | None:
        from canarytui.console.screens.trigger import TriggerScreen

        target = situation.target
        if target is None or not target.containers:
            self._refuse(situation, "trigger", "its target cannot be read or has no containers")
            return None
        chosen = await self._app.push_screen_wait(TriggerScreen(situation, target))
        if chosen is None:
            return None
        fresh = self._app.world.situation((situation.canary.namespace, situation.canary.name)) or situation
        container, image = chosen
        return plan_trigger(fresh, Wish(Intent.TRIGGER, container.name, image))

    async def _permitted(self, made: Plan) -> bool:
        if made.refusal:
            self._tell(f"{made.title}: not possible, {made.refusal}", warning=True)
            return False
        for write in made.writes:
            refused = await self._app.connection.refusal(write)
            if refused:
                self._tell(f"{made.title}: {refused}", warning=True)
                return False
        return True

    async def _confirmed(self, made: Plan, key: Key) -> bool:
        from canarytui.console.screens.confirm import ConfirmScreen

        reason = guard_reason(self._app.connection.context, key[0])
        screen = ConfirmScreen(made, guard=key[1] if reason else "", guard_reason=reason)
        confirmed: bool | None = await self._app.push_screen_wait(screen)
        return bool(confirmed)

    async def _carry_out(self, made: Plan, before: Situation) -> None:
        key = (before.canary.namespace, before.canary.name)
        world = self._app.world
        began = world.now()
        answers = await self._app.connection.perform(made)
        for answer in answers:
            if answer.get("kind") == "Canary":
                version = str((answer.get("metadata") or {}).get("resourceVersion") or "")
                world.observer.own_write(key, version)
                world.canaries.put(answer)
        world.timeline.add(of_console(*key, f"You: {made.title}", began))
        self._follows.append(Follow(made, before, began))

    async def fault(self, key: Key) -> None:
        """Plan, confirm and start a burst of HTTP 500s."""
        situation = self._app.world.situation(key)
        if situation is None or key in self._busy:
            return
        self._busy.add(key)
        try:
            routes = await self._app.connection.routes(key[0])
            fault = plan_fault(situation, routes)
            if fault.refusal:
                self._refuse(situation, "fault", fault.refusal)
                return
            if await self._fault_confirmed(fault, situation):
                said = await self._app.connection.inject(fault)
                world = self._app.world
                text = f"Fault: the load tester runs {fault.command}"
                world.timeline.add(of_console(*key, text, world.now(), warning=True))
                self._tell(f"{text} ({said})")
        except CanarytuiError as error:
            self._tell(clean(str(error)), warning=True)
        finally:
            self._busy.discard(key)

    async def _fault_confirmed(self, fault: FaultPlan, situation: Situation) -> bool:
        from canarytui.console.screens.fault import FaultScreen

        reason = guard_reason(self._app.connection.context, fault.namespace)
        screen = FaultScreen(fault, situation, guard=fault.name if reason else "", guard_reason=reason)
        confirmed: bool | None = await self._app.push_screen_wait(screen)
        return bool(confirmed)

    def tick(self) -> None:
        """Look after the actions under way."""
        now = self._app.world.now()
        for follow in list(self._follows):
            answer = follow.look(self._app.world.situation(follow.key), now)
            if answer is None:
                continue
            self._report(follow, answer)
            if answer.final:
                self._follows.remove(follow)
            if answer.end_skip:
                self._app.run_worker(self._end_skip(follow.key), exit_on_error=False)

    async def _end_skip(self, key: Key) -> None:
        """Set skipAnalysis back; tried anew when the controller wrote in between."""
        for _ in range(5):
            situation = self._app.world.situation(key)
            if situation is None:
                return
            made = plan_end_skip(situation)
            if made.refusal:
                return
            try:
                await self._carry_out(made, situation)
                return
            except CanarytuiError as error:
                said = clean(str(error))
            await self._app.pause(1.0)
        self._tell(
            f"{key[0]}/{key[1]}: spec.skipAnalysis is still true ({said}); set it to false, or its next rollout "
            "goes unchecked",
            warning=True,
        )

    def _report(self, follow: Follow, answer: Answer) -> None:
        world = self._app.world
        if follow.plan.expects:
            world.timeline.add(of_console(*follow.key, answer.text, world.now(), warning=answer.warning))
        self._tell(answer.text, warning=answer.warning)

    def _refuse(self, situation: Situation, what: str, why: str) -> None:
        canary = situation.canary
        self._tell(f"{what.capitalize()} {canary.namespace}/{canary.name}: not possible, {why}", warning=True)

    def _tell(self, text: str, *, warning: bool = False) -> None:
        self._app.notify(clean(text, 600), severity="warning" if warning else "information", markup=False, timeout=8)
