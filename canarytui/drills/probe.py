"""The port through which a drill sees a cluster: live (:class:`~canarytui.session.drill_probe.LiveDrillProbe`) or a
demo fixture."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from canarytui.domain.plan import Permission
from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import DrillPlan, Origin, Sight
from canarytui.drills.hey_command import Way
from canarytui.drills.senders import Sender
from canarytui.drills.target import DrillTarget


class DrillProbe(Protocol):
    """Looks at one canary. The methods raise CanarytuiError, as those of
    :class:`~canarytui.session.drill_probe.LiveDrillProbe` do."""

    def now(self) -> datetime:
        """Now, in the reader's time zone."""
        ...

    async def target(self) -> DrillTarget:
        """Where the canary's requests go."""
        ...

    async def plan(
        self, drill: Drill, target: DrillTarget, *, host: str = "", way: Way | None = None, origin: Origin | None = None
    ) -> DrillPlan:
        """`drill` made ready, with its prediction."""
        ...

    def permission(self, plan: DrillPlan) -> Permission | None:
        """The permission that sending `plan` needs; None if it does not go through the API server."""
        ...

    def sender(self, plan: DrillPlan) -> Sender:
        """The sender of its slices."""
        ...

    async def look(self) -> Sight:
        """One look at the cluster."""
        ...

    async def watch_traffic(self) -> None:
        """Measure traffic until cancelled."""
        ...
