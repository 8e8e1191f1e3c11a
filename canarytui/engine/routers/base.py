"""What the core asks of a traffic provider, and which provider a canary has."""

from __future__ import annotations

from typing import Protocol

from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import Tick


class Router(Protocol):
    """One provider. Weights are percent; the router object is the truth about traffic, not the status."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        """Create or repair the router object; live weights are kept."""
        ...

    def read_weights(self, tick: Tick) -> tuple[int, int]:
        """(primary, canary) as the router object has them; raises EndTick when it cannot be read."""
        ...

    def set_weights(self, tick: Tick, primary: int, canary: int) -> Decision[None]:
        """Split the traffic."""
        ...
