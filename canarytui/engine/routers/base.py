"""What the decisions ask of a traffic provider."""

from __future__ import annotations

from typing import Protocol

from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import Weights


class Router(Protocol):
    """Drives one provider. The routing object is the truth about traffic, not the status.

    Which kinds it reads and writes, and what it can do, is in the provider's record in ``domain/traffic/``.
    """

    def reconcile(self, tick: Tick) -> Decision[None]:
        """Create or repair the routing object; live weights are kept."""
        ...

    def read_weights(self, tick: Tick) -> Weights:
        """What the routing object says; raises EndTick when it cannot be read."""
        ...

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        """Split the traffic."""
        ...

    def finalise(self, tick: Tick) -> Decision[None]:
        """The canary is being deleted (``revertOnDeletion``): give back what was taken over."""
        ...


def served(tick: Tick, weights: Weights | None, what: str) -> Weights:
    """`weights` of the object `what`, in Flagger's words an error where it serves nobody.

    Raises:
        EndTick: there are none, or both are 0.
    """
    if weights is None or (weights.primary == 0 and weights.canary == 0):
        names = f"{tick.canary.primary_service_name} and {tick.canary.canary_service_name}"
        raise EndTick(f"{what} does not contain routes for {names}")
    return weights


def require_valid(tick: Tick, weights: Weights, what: str = "RoutingRule") -> None:
    """Refuse a split that would serve nobody; `what` is the object in the sentence.

    Raises:
        EndTick: both weights are 0.
    """
    if weights.primary == 0 and weights.canary == 0:
        name = f"{tick.canary.apex_name}.{tick.canary.namespace}"
        raise EndTick(f"{what} {name} update failed: no valid weights")
