"""The port through which a game day acts on a cluster, so that the order of things can be tested without one."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from canarytui.domain.situation import Situation
from canarytui.drills.gameday import DrillStep
from canarytui.drills.view import RunView


class GameDayCluster(Protocol):
    """What a game day needs of a cluster. Every method raises CanarytuiError when it cannot do its part."""

    def now(self) -> datetime: ...

    def situation(self) -> Situation | None: ...

    async def trigger(self, images: tuple[str, ...], container: str) -> str:
        """Set another image; what was written, in words."""
        ...

    async def pause(self, pauses: bool) -> str:
        """What was written, in words; "" when it was so before."""
        ...

    async def gate(self, opens: bool) -> str:
        """What was called; "" when it was so before."""
        ...

    async def begin_drill(self, step: DrillStep) -> str:
        """Start load that goes on until :meth:`end_drill`; the prediction in words."""
        ...

    def drill(self) -> RunView | None:
        """The latest drill."""
        ...

    async def end_drill(self, why: str) -> None:
        """No load when this returns; nothing if there is none."""
        ...
