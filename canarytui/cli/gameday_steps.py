"""Carries out a game day's steps on a real cluster: actions, gates and drills."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
from datetime import datetime

from msgspec import structs

from canarytui.actions.requests import ActionUnknown
from canarytui.actions.reverts import RevertOutcome
from canarytui.cli.drill_session import DrillSession, way_of
from canarytui.domain.actions import ActionRequest, gates_of, plan
from canarytui.domain.actions.patches import temporary
from canarytui.domain.actions.triggering import chosen, unclear
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_run
from canarytui.domain.sentences import gameday as words
from canarytui.drills.drill_loop import DrillLoop
from canarytui.drills.drill_state import DrillRefused, DrillRun
from canarytui.drills.gameday import DrillStep, GameDay, GateStep, PauseStep
from canarytui.drills.guards import refusal
from canarytui.drills.library import load_drill
from canarytui.drills.run_view import RunView
from canarytui.errors import CanarytuiError

_ATTEMPTS = 3
_SUSPEND = "suspend"


class LiveGameDayCluster:
    """Carries the steps out on the cluster `on`; `runs` are the drills so far."""

    def __init__(self, on: DrillSession, options: argparse.Namespace, day: GameDay) -> None:
        self._on, self._options = on, options
        # A day that ends with a pause, or an open gate, means it to stay.
        self._resumes = not [True, *(each.pauses for each in day.steps if isinstance(each, PauseStep))][-1]
        self._closes = not [True, *(each.opens for each in day.steps if isinstance(each, GateStep))][-1]
        self._way, self._origin = way_of(options)
        self._driver: DrillLoop | None = None
        self._driving: asyncio.Task[RunView] | None = None
        self._traffic: asyncio.Task[None] | None = None
        self.runs: list[DrillRun] = []

    def now(self) -> datetime:
        return self._on.cluster_state.now()

    def situation(self) -> Situation | None:
        return self._on.cluster_state.situation(self._on.key)

    def drill(self) -> RunView | None:
        return self.runs[-1].view() if self.runs else None

    async def trigger(self, images: tuple[str, ...], container: str) -> str:
        situation = self._seen()
        request = ActionRequest(Intent.TRIGGER, container=container, image=next(iter(images), ""), restart=not images)
        if why := unclear(situation, request):
            raise CanarytuiError(words.UNCLEAR.text(why=why))
        now = chosen(situation, request)
        # What the primary runs is no new revision for Flagger, not even after a rollback.
        primary = situation.primary.containers if situation.primary is not None else ()
        known = {
            each.image for each in (now, *primary) if each is not None and now is not None and each.name == now.name
        }
        image = next((each for each in images if each not in known), "")
        if images and not image:
            raise CanarytuiError(words.IMAGES_RUN.text(images=", ".join(images)))
        name = container or (now.name if now is not None and images else "")
        return await self._perform(ActionRequest(Intent.TRIGGER, container=name, image=image, restart=not images))

    async def pause(self, pauses: bool) -> str:
        if self._seen().canary.spec.suspend == pauses:
            return ""
        if pauses:
            return await self._perform(ActionRequest(Intent.PAUSE), for_a_while=self._resumes)
        if taken_back := await self._take_back(_SUSPEND):
            return taken_back
        # Somebody else has set it since, or the revert failed: the file says to resume.
        return await self._perform(ActionRequest(Intent.RESUME))

    async def gate(self, opens: bool) -> str:
        if not opens and (closed := await self._take_back("gate")):
            return closed
        situation = self._seen()
        gates = [gate for gate in gates_of(situation.canary) if gate.space == "gate"]
        states = [await self._on.connection.executor.gate_state(gate, situation) for gate in gates]
        if gates and all(state == ("open" if opens else "closed") for state in states):
            return ""
        if opens:
            return await self._perform(ActionRequest(Intent.OPEN_GATE), for_a_while=self._closes)
        return await self._perform(ActionRequest(Intent.CLOSE_GATE))

    async def _take_back(self, field: str) -> str:
        """What was written here for a while; what became of it, "" where nothing was taken back."""
        executor = self._on.connection.executor
        for record in list(executor.held):
            if (record.namespace, record.name, record.field) == (*self._on.key, field):
                done = await executor.put_back(record, withdraw=True)
                if done.ending is RevertOutcome.PUT_BACK:
                    return done.text
        return ""

    async def begin_drill(self, step: DrillStep) -> str:
        await self.end_drill(words.NEXT_DRILL.text())
        drill = load_drill(step.drill, step.parameters)
        drill = structs.replace(drill, duration_s=step.duration_s or drill.duration_s, rate=step.rate or drill.rate)
        probe = self._on.probe
        target = await probe.target()
        plan = await probe.plan(drill, target, host=self._options.host, way=self._way, origin=self._origin)
        why = self._on.forbidden or refusal(plan, await probe.look(), self._on.limits)
        if why:
            raise DrillRefused(words.DRILL_REFUSED.text(why=why))
        self.runs.append(DrillRun(plan, self._on.limits))
        self._driver = DrillLoop(self.runs[-1], probe.sender(plan), probe.look, self._on.audit, self.now)
        self._traffic = asyncio.create_task(probe.watch_traffic())
        self._driving = asyncio.create_task(self._driver.drive())
        predicted = plan.prediction
        return words.DRILL_BEGINS.text(
            command=plan.command(), outcome=predicted.outcome.value, because=predicted.because
        )

    async def end_drill(self, why: str) -> None:
        if self._driver is None or self._driving is None or self._traffic is None:
            return
        self._driver.abort(drill_run.BY_GAME_DAY.text(), why)
        driving, traffic, self._driver = self._driving, self._traffic, None
        traffic.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await traffic
        await driving

    async def _perform(self, request: ActionRequest, *, for_a_while: bool = False) -> str:
        """Plan and carry out `request`. With `for_a_while`, a pause or an open gate is journaled as due immediately:
        if this game day is killed, the next start of canarytui reverts it."""

        executor = self._on.connection.executor
        for attempt in range(_ATTEMPTS):
            situation = self._seen()
            made = plan(situation, request)
            if for_a_while and request.intent is Intent.OPEN_GATE and made.allowed:
                way_back = plan(situation, ActionRequest(Intent.CLOSE_GATE)).calls
                made = dataclasses.replace(made, way_back=way_back)
            elif for_a_while and made.allowed:
                limit = temporary(situation, _SUSPEND, True, until=frozenset(), due_s=0.0)
                made = dataclasses.replace(made, temporary=limit)
            refused = made.refusal or executor.forbidden(made.intent) or await executor.refusal(made)
            if refused:
                raise CanarytuiError(words.REFUSED.text(title=made.title, why=refused))
            try:
                carried_out = await executor.carry_out(made, situation)
            except ActionUnknown:
                raise  # a second attempt might do it twice
            except CanarytuiError:
                # The controller wrote in between: plan again on what it wrote. Nobody has to confirm here.
                if attempt + 1 == _ATTEMPTS:
                    raise
                await asyncio.sleep(1.0)
                continue
            for answer in carried_out.objects:
                if answer.get("kind") == "Canary":
                    self._on.cluster_state.canaries.put(answer)
            break
        return made.title

    def _seen(self) -> Situation:
        situation = self.situation()
        if situation is None:
            raise CanarytuiError(words.CANNOT_READ.text(canary="/".join(self._on.key)))
        return situation
