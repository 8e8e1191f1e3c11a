"""What the core asks of a traffic provider."""

from __future__ import annotations

from typing import Protocol

from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import Weights


class Router(Protocol):
    """One provider. The router object is the truth about traffic, not the status.

    `kinds` are those of the objects that it reads and writes, besides Services: the world follows them when a
    canary of this provider appears. A kind may bear a version other than the usual one: ``HTTPRoute.v1beta1``.
    `mirrors`: whether it can mirror traffic, so that ``analysis.mirror`` means something.
    """

    kinds: tuple[str, ...]
    mirrors: bool

    def reconcile(self, tick: Tick) -> Decision[None]:
        """Create or repair the router object; live weights are kept."""
        ...

    def read_weights(self, tick: Tick) -> Weights:
        """What the router object says; raises EndTick when it cannot be read."""
        ...

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        """Split the traffic."""
        ...

    def finalise(self, tick: Tick) -> Decision[None]:
        """The canary goes (``revertOnDeletion``): give back what was taken over."""
        ...


def require_valid(tick: Tick, weights: Weights) -> None:
    """Refuse a split that would serve nobody.

    Raises:
        EndTick: both weights are 0.
    """
    if weights.primary == 0 and weights.canary == 0:
        name = f"{tick.canary.apex_name}.{tick.canary.namespace}"
        raise EndTick(f"RoutingRule {name} update failed: no valid weights")
