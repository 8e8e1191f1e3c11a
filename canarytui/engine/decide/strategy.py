"""The weight canary: how far the next step goes, and when the end is reached."""

from __future__ import annotations

import itertools

from canarytui.domain.analysis import Analysis
from canarytui.domain.phases import Phase
from canarytui.engine.decide import hooks, promotion, status
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.rollback import measure_weights
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.providers import router_of


def max_weight(analysis: Analysis) -> int:
    """The weight at which promotion begins: a threshold that the last step may overshoot."""
    if analysis.step_weights:
        return min(100, analysis.step_weights[-1])
    return analysis.max_weight or 100


def next_step(analysis: Analysis, weight: int) -> int:
    """By how much the canary's weight grows from `weight`."""
    weights = analysis.step_weights
    if not weights or analysis.step_weight > 0:
        step = analysis.step_weight
    elif weight == 0:
        step = weights[0]
    elif weight == 100:
        step = 1
    else:
        after = [later - earlier for earlier, later in itertools.pairwise(weights) if earlier == weight]
        step = after[0] if after else 100 - weight
    return min(step, 100 - weight)


def require_weights(tick: Tick) -> None:
    """Refuse analyses of other strategies, which this controller does not run.

    Raises:
        EndTick: the canary asks for iterations (A/B or blue/green).
    """
    if tick.canary.spec.analysis.iterations > 0:
        raise EndTick(
            f"canary {tick.canary.full_name} has spec.analysis.iterations: this controller runs weight canaries "
            "(stepWeight or stepWeights) only; use Flagger for A/B and blue/green"
        )


def advance(tick: Tick) -> Decision[None]:
    """One step further, or the promotion."""
    analysis = tick.canary.spec.analysis
    if tick.phase is Phase.PROGRESSING and not (yield from hooks.confirm_traffic_increase(tick)):
        return
    weight = tick.weights.canary
    if weight >= max_weight(analysis):
        if (yield from hooks.confirm_promotion(tick)):
            yield from promotion.copy_to_primary(tick)
        return
    step = next_step(analysis, weight)
    if step <= 0:
        return
    canary = min(100, weight + step)
    yield from router_of(tick).set_weights(tick, Weights(max(0, tick.weights.primary - step), canary))
    yield from status.set_weight(tick, canary)
    yield from measure_weights(tick, canary)
    yield from tick.say(f"Advance {tick.canary.full_name} canary weight {canary}")
