"""From the form to a plan, or to the sentence that says why there is none. Sends nothing."""

from __future__ import annotations

import asyncio

from msgspec import Struct
from msgspec.structs import replace

from canarytui.actions.executor import ActionExecutor
from canarytui.console.drill.fields import DrillFormFields, drill_of
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.text.plain import clean
from canarytui.drills.drill_plan import DrillPlan, Origin
from canarytui.drills.guards import Limits, refusal
from canarytui.drills.probe import DrillProbe
from canarytui.drills.target import DrillTarget
from canarytui.errors import CanarytuiError


class Proposal(Struct, frozen=True):
    """`plan` is None where the form is not valid; with `refused` (a sentence) it must not be sent."""

    plan: DrillPlan | None = None
    refused: str = ""
    situation: Situation | None = None


class Proposer:
    """Makes proposals for one canary; `executor` knows what this person may do. All plans carry the same mark, so that
    the command only changes with the form."""

    def __init__(self, probe: DrillProbe, limits: Limits, executor: ActionExecutor) -> None:
        self._probe, self._limits, self._executor = probe, limits, executor
        self._target: DrillTarget | None = None
        self._id = ""

    async def target(self) -> DrillTarget:
        """Where the canary's requests go, looked up once; raises CanarytuiError."""
        if self._target is None:
            self._target = await self._probe.target()
        return self._target

    async def propose(
        self, fields: DrillFormFields, filled: DrillFormFields, host: str, origin: Origin | None
    ) -> Proposal:
        """The plan for the form as it is now; every problem becomes a refusal."""
        try:
            drill = await asyncio.to_thread(drill_of, fields, filled)
            plan = await self._probe.plan(drill, await self.target(), host=host, origin=origin)
            self._id = self._id or plan.id
            plan = replace(plan, id=self._id)
            sight = await self._probe.look()
        except CanarytuiError as error:
            return Proposal(refused=clean(str(error), 400))
        why = self._forbidden(plan) or refusal(plan, sight, self._limits)
        return Proposal(plan, words.NOT_POSSIBLE.text(why=why.rstrip(".")) if why else "", sight.situation)

    def _forbidden(self, plan: DrillPlan) -> str:
        """Why this person may not, as far as is known. The API server is asked in the background, and the first slice
        decides."""
        permission = self._probe.permission(plan)
        if permission is not None:
            self._executor.learn((permission,))
        forbidden = self._executor.drill_forbidden()
        return forbidden or (self._executor.permissions.get(permission, "") if permission is not None else "")

    async def renewed(self, plan: DrillPlan) -> DrillPlan:
        """The same plan with a prediction from now on: time has passed during the confirmation."""
        fresh = await self._probe.plan(plan.drill, plan.target, host=plan.place.host, way=plan.way, origin=plan.origin)
        return replace(plan, prediction=fresh.prediction, watches_users=fresh.watches_users)
