"""Which strategy an analysis follows: by weight, by match (A/B), or all at once after iterations (blue/green)."""

from __future__ import annotations

from canarytui.engine.decide import iterated, weighted
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import Tick
from canarytui.engine.routers.providers import record_of

_DEFAULT_ITERATIONS = 10


def advance(tick: Tick) -> Decision[None]:
    """The analysis has passed: one step further, or the promotion."""
    analysis = tick.canary.spec.analysis
    iterations, match = analysis.iterations, bool(analysis.match)
    provider = record_of(tick)
    if match and iterations > 0 and not tick.settings.strict and tick.splits and not provider.matches:
        # Flagger would route everything to the canary from the first iteration on.
        yield from tick.warn_once(f"A/B testing is not supported when using the {tick.provider} provider")
        match = False
    if analysis.mirror and not iterated.mirrors(tick) and tick.splits:
        text = f"Traffic mirroring is not supported when using the {tick.provider} provider"
        yield from tick.warn_once(text)
    if not tick.splits:
        if match:
            yield from tick.warn(f"A/B testing is not supported when using the {tick.provider} provider")
            match = False
        if iterations < 1:
            yield from tick.warn(f"Progressive traffic is not supported when using the {tick.provider} provider")
            yield from tick.warn(f"Setting canaryAnalysis.iterations: {_DEFAULT_ITERATIONS}")
            iterations = _DEFAULT_ITERATIONS
    if match and iterations > 0:
        yield from iterated.advance_ab(tick, iterations)
    elif iterations > 0:
        yield from iterated.advance_blue_green(tick, iterations, splits=tick.splits)
    else:
        yield from weighted.advance(tick)
