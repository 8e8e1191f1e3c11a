"""Weight canaries: how far the next step goes, and when the end is reached."""

from __future__ import annotations

import itertools

from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.spec.phases import Phase
from canarytui.engine.decide import hooks, promotion, status
from canarytui.engine.decide.effects import Decision, Log
from canarytui.engine.decide.iterated import mirrors
from canarytui.engine.decide.rollback import measure_weights
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.providers import router_of

_CALLER = "controller/scheduler.go"


def max_weight(analysis: Analysis, *, strict: bool) -> int:
    """The weight at which promotion begins: a threshold that the last step may overshoot.

    With a ``maxWeight`` over 100 Flagger leaves all traffic on the canary forever.
    """
    if analysis.step_weights:
        return min(100, analysis.step_weights[-1])
    wanted = analysis.max_weight if analysis.max_weight > 0 else 100
    return wanted if strict else min(100, wanted)


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


def record_step(tick: Tick) -> Decision[None]:
    """Record the router's weight, and analyse it for one interval."""
    live, recorded = tick.weights.canary, tick.canary.status.canary_weight
    yield from router_of(tick).set_weights(tick, tick.weights)
    yield from status.set_weight(tick, live)
    yield from measure_weights(tick, live)
    if live == recorded + next_step(tick.canary.spec.analysis, recorded):
        yield from tick.say(f"Advance {tick.canary.full_name} canary weight {live}")
    else:
        what = f"Weight of {tick.canary.full_name} was changed from {recorded} to {live} in the router"
        yield from tick.warn(f"{what}, going on from there")


def advance(tick: Tick) -> Decision[None]:
    """One step further, or the promotion."""
    analysis = tick.canary.spec.analysis
    before = tick.weights
    step = next_step(analysis, before.canary)
    strict = tick.settings.strict
    reached = before.canary >= max_weight(analysis, strict=strict)
    if step <= 0 and before.canary < 100 and (strict or not reached):
        # descending stepWeights: Flagger stays where it is, even at the end.
        if not strict:
            yield from tick.warn_once(
                f"{tick.canary.full_name} stays at canary weight {before.canary}: neither spec.analysis.stepWeight nor "
                "stepWeights has a step up from there, correct them"
            )
        return
    asked = tick.phase is Phase.PROGRESSING and not before.mirrored
    if asked and not (yield from hooks.confirm_traffic_increase(tick)):
        return
    if reached:
        if (yield from hooks.confirm_promotion(tick, analysis.iterations)):
            yield from promotion.copy_to_primary(tick)
        return
    if mirrors(tick) and before.canary == 0:
        after = Weights(100 - step, step) if before.mirrored else Weights(100, 0, mirrored=True)
        yield Log(f"Running mirror step {after.primary}/{after.canary}/{str(after.mirrored).lower()}", _CALLER)
    else:
        after = Weights(max(0, before.primary - step), min(100, before.canary + step))
    yield from router_of(tick).set_weights(tick, after)
    yield from status.set_weight(tick, after.canary)
    yield from measure_weights(tick, after.canary)
    yield from tick.say(f"Advance {tick.canary.full_name} canary weight {after.canary}")
