"""The port through which a game day acts on a cluster, so that the order of things can be tested without one."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from canarytui.domain.rollout.situation import Situation
from canarytui.drills.gameday import DrillStep
from canarytui.drills.run_view import RunView


class GameDayCluster(Protocol):
    """What a game day needs of a cluster. Every method raises CanarytuiError if it fails."""

    def now(self) -> datetime: ...

    def situation(self) -> Situation | None: ...

    async def trigger(self, images: tuple[str, ...], container: str) -> str:
        """Set another image, or restart; returns what was written, in words."""
        ...

    async def pause(self, pauses: bool) -> str:
        """Pause or resume; returns what was written, in words, "" if it was so before."""
        ...

    async def gate(self, opens: bool) -> str:
        """Open or close the gate; returns what was called, "" if it was so before."""
        ...

    async def begin_drill(self, step: DrillStep) -> str:
        """Start load that goes on until :meth:`end_drill`; returns the prediction in words."""
        ...

    def drill(self) -> RunView | None:
        """The latest drill."""
        ...

    async def end_drill(self, why: str) -> None:
        """End the drill, if there is one; no load is left when this returns."""
        ...
