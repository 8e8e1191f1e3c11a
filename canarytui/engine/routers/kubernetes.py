"""Plain Kubernetes: no traffic splitting, so every analysis is blue/green, tested through the ``-canary`` Service."""

from __future__ import annotations

from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY, Weights


class KubernetesRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from ()

    def read_weights(self, tick: Tick) -> Weights:
        """There is no routing object: the canary counts as reached from the first iteration on."""
        return ALL_TO_CANARY if tick.canary.status.iterations > 0 else ALL_TO_PRIMARY

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        yield from ()

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()
