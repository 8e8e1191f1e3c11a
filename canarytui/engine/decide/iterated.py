"""Analyses that count iterations: A/B testing, and blue/green with or without mirrored traffic.

Used by :mod:`canarytui.engine.decide.strategy`, when the checks of a tick have passed.
"""

from __future__ import annotations

from canarytui.engine.decide import hooks, promotion, status
from canarytui.engine.decide.effects import Decision, Log
from canarytui.engine.decide.rollback import measure_weights
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import ALL_TO_CANARY, Weights
from canarytui.engine.routers.providers import record_of, router_of

_CALLER = "controller/scheduler.go"


def advance_ab(tick: Tick, iterations: int) -> Decision[None]:
    """Route matching requests to the canary for `iterations` ticks; then promote."""
    done = tick.canary.status.iterations
    if done < iterations:
        yield from router_of(tick).set_weights(tick, ALL_TO_CANARY)
        yield from measure_weights(tick, 100)
        yield from _count(tick, iterations)
        return
    if not (yield from hooks.confirm_promotion(tick, iterations)):
        return
    # Flagger compares for equality: if iterations are lowered in the meantime, it never promotes.
    if done == iterations or not tick.settings.strict:
        yield from promotion.copy_to_primary(tick)


def advance_blue_green(tick: Tick, iterations: int, *, splits: bool) -> Decision[None]:
    """Test the canary without users for `iterations` ticks; then route everything to it; then promote.

    `splits`: whether the provider can split traffic at all. With ``mirror`` the canary gets copies in the meantime.
    """
    done = tick.canary.status.iterations
    mirror = mirrors(tick) and splits
    if done < iterations:
        if mirror and not tick.weights.mirrored:
            yield from router_of(tick).set_weights(tick, Weights(100, 0, mirrored=True))
            yield Log("Start traffic mirroring", _CALLER)
        yield from _count(tick, iterations)
        return
    if not (yield from hooks.confirm_promotion(tick, iterations)):
        return
    if done > iterations:
        yield from promotion.copy_to_primary(tick)
        return
    if splits:
        begin = "Stop traffic mirroring and route all traffic" if mirror else "Routing all traffic"
        yield from tick.say(f"{begin} to canary")
        yield from router_of(tick).set_weights(tick, ALL_TO_CANARY)
        yield from measure_weights(tick, 100)
    yield from status.set_iterations(tick, done + 1)


def mirrors(tick: Tick) -> bool:
    """Whether the canary is to get a copy of the traffic first.

    Flagger also tries with providers that cannot; a weight canary then stays at weight 0 forever.
    """
    return tick.canary.spec.analysis.mirror and (record_of(tick).mirrors or tick.settings.strict)


def _count(tick: Tick, iterations: int) -> Decision[None]:
    done = tick.canary.status.iterations + 1
    yield from status.set_iterations(tick, done)
    yield from tick.say(f"Advance {tick.canary.full_name} canary iteration {done}/{iterations}")
