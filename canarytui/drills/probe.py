"""What a drill needs of a cluster, live (:class:`~canarytui.session.drill_probe.DrillEyes`) or in a fixed scene."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from canarytui.domain.plan import Permission
from canarytui.drills.command import Way
from canarytui.drills.drill import Drill
from canarytui.drills.plan import DrillPlan, Origin, Sight
from canarytui.drills.senders import Sender
from canarytui.drills.target import Target


class Eyes(Protocol):
    """Looks at one canary. The methods raise CanarytuiError as DrillEyes' do."""

    def now(self) -> datetime:
        """Now, in the zone that people read."""
        ...

    async def target(self) -> Target:
        """Where the canary's requests go."""
        ...

    async def plan(
        self, drill: Drill, target: Target, *, host: str = "", way: Way | None = None, origin: Origin | None = None
    ) -> DrillPlan:
        """`drill` made ready, with its prediction."""
        ...

    def permission(self, plan: DrillPlan) -> Permission | None:
        """What a person needs to send `plan`; None when it does not go through the API server."""
        ...

    def sender(self, plan: DrillPlan) -> Sender:
        """Who sends its slices."""
        ...

    async def look(self) -> Sight:
        """One look at the cluster."""
        ...

    async def watch_traffic(self) -> None:
        """Measure traffic until cancelled."""
        ...
