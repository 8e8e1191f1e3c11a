"""Which strategy an analysis follows: by weight, by match (A/B), or all at once after iterations (blue/green)."""

from __future__ import annotations

from canarytui.engine.decide import iterated, weighted
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import Tick
from canarytui.engine.routers import kubernetes

_DEFAULT_ITERATIONS = 10


def advance(tick: Tick) -> Decision[None]:
    """The analysis has passed: one step further, or the promotion."""
    analysis = tick.canary.spec.analysis
    iterations, match = analysis.iterations, bool(analysis.match)
    splits = tick.provider != kubernetes.PROVIDER
    if not splits:
        if match:
            yield from tick.warn("A/B testing is not supported when using the kubernetes provider")
            match = False
        if iterations < 1:
            yield from tick.warn("Progressive traffic is not supported when using the kubernetes provider")
            yield from tick.warn(f"Setting canaryAnalysis.iterations: {_DEFAULT_ITERATIONS}")
            iterations = _DEFAULT_ITERATIONS
    if match and iterations > 0:
        yield from iterated.advance_ab(tick, iterations)
    elif iterations > 0:
        yield from iterated.advance_blue_green(tick, iterations, splits=splits)
    else:
        yield from weighted.advance(tick)
