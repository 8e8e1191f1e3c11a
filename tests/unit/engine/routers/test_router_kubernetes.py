"""Without a router: nothing is written, and iterations stand for weights."""

from __future__ import annotations

import pytest
from router_rig import RouterRig

from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.kubernetes import KubernetesRouter

ROUTER = KubernetesRouter()


@pytest.mark.parametrize(("iterations", "weights"), [(0, ALL_TO_PRIMARY), (1, ALL_TO_CANARY), (7, ALL_TO_CANARY)])
def test_the_canary_counts_as_reached_once_iterations_are_counted(iterations: int, weights: Weights) -> None:
    rig = RouterRig()
    rig.change("Canary", {"status": {"iterations": iterations}})
    assert ROUTER.read_weights(rig.tick) == weights


def test_nothing_is_written() -> None:
    rig = RouterRig()
    for decision in (ROUTER.reconcile, ROUTER.finalise):
        rig.do(decision(rig.tick))
    rig.do(ROUTER.set_weights(rig.tick, ALL_TO_CANARY))
    assert rig.written == []
