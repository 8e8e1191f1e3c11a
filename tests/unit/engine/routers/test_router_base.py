"""Every router refuses a split that would serve nobody, and says whose."""

from __future__ import annotations

import pytest
from knative_service import knative_service
from router_rig import REFERENCES, RouterRig, surroundings

from canarytui.engine.decide.tick import EndTick
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.base import require_valid
from canarytui.engine.routers.providers import provider_names, router_of


def test_only_nobody_is_refused() -> None:
    tick = RouterRig().tick
    for weights in (ALL_TO_PRIMARY, ALL_TO_CANARY, Weights(50, 50)):
        require_valid(tick, weights)
    with pytest.raises(EndTick, match=r"^RoutingRule podinfo\.test update failed: no valid weights$"):
        require_valid(tick, Weights(0, 0))


@pytest.mark.parametrize("provider", [name for name in provider_names() if name != "kubernetes"])
def test_every_router_that_splits_refuses_it(provider: str) -> None:
    rig = RouterRig({**REFERENCES, "provider": provider}, *surroundings(), knative_service())
    router = router_of(rig.tick)
    rig.do(router.reconcile(rig.tick))
    before = list(rig.written)
    with pytest.raises(EndTick, match="no valid weights"):
        rig.do(router.set_weights(rig.tick, Weights(0, 0)))
    assert rig.written == before
