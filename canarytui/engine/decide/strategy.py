"""Which strategy an analysis follows: by weight, by match (A/B), or all at once after iterations (blue/green)."""

from __future__ import annotations

from canarytui.engine.decide import iterated, weighted
from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import Tick
from canarytui.engine.routers import kubernetes

_DEFAULT_ITERATIONS = 10


_MATCHING = ("istio", "nginx", "contour", "gloo", "appmesh", "gatewayapi")


def advance(tick: Tick) -> Decision[None]:
    """The analysis has passed: one step further, or the promotion."""
    analysis = tick.canary.spec.analysis
    iterations, match = analysis.iterations, bool(analysis.match)
    if match and iterations > 0 and not tick.settings.strict and not _matches(tick.provider):
        # Flagger would send everybody to the canary, from the first iteration on.
        yield from tick.warn_once(f"A/B testing is not supported when using the {tick.provider} provider")
        match = False
    if tick.canary.spec.analysis.mirror and not iterated.mirrors(tick) and tick.provider != kubernetes.PROVIDER:
        text = f"Traffic mirroring is not supported when using the {tick.provider} provider"
        yield from tick.warn_once(text)
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


def _matches(provider: str) -> bool:
    """Whether a provider can tell requests apart by headers or cookies; the kubernetes provider is told elsewhere."""
    return provider.partition(":")[0] in (*_MATCHING, kubernetes.PROVIDER)
