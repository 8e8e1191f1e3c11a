"""The plan of steps that an analysis walks: which weights (or iterations) it takes and where it stands.

Computed from the spec the way Flagger steps, used for "step k of n", the ruler of the detail view and the
estimates of when a rollout ends. Nothing here decides; the controller does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from canarytui.domain.canary import Analysis, Canary

_MOST_STEPS = 100


class Strategy(StrEnum):
    """How a canary is analysed, in Flagger's words."""

    CANARY = "canary"
    BLUE_GREEN = "blue/green"
    AB = "A/B testing"


@dataclass(frozen=True, slots=True)
class StepPlan:
    """`stops` are weights in percent for the canary strategy, iteration numbers for the others."""

    strategy: Strategy
    stops: tuple[int, ...]

    @property
    def total(self) -> int:
        return len(self.stops)

    def reached(self, weight: int, iterations: int) -> int:
        """How many stops have been reached, 0 to `total`."""
        position = weight if self.strategy is Strategy.CANARY else iterations
        return sum(1 for stop in self.stops if stop <= position)


def step_plan(canary: Canary) -> StepPlan:
    """The stops of `canary`'s analysis. A plan without any (neither steps nor iterations) has no stops."""
    analysis = canary.spec.analysis
    if analysis.iterations > 0:
        strategy = Strategy.AB if analysis.match else Strategy.BLUE_GREEN
        return StepPlan(strategy, tuple(range(1, min(analysis.iterations, _MOST_STEPS) + 1)))
    return StepPlan(Strategy.CANARY, _weights(analysis))


def target_weight(analysis: Analysis) -> int:
    """The weight at which a weighted analysis asks for promotion."""
    if analysis.step_weights:
        return min(100, analysis.step_weights[-1])
    return min(100, analysis.max_weight) if analysis.max_weight > 0 else 100


def _weights(analysis: Analysis) -> tuple[int, ...]:
    return _stops(analysis.step_weights, analysis.step_weight, target_weight(analysis))


@lru_cache(maxsize=256)  # a thousand canaries share a few plans, and each is asked for several times a change
def _stops(step_weights: tuple[int, ...], step_weight: int, goal: int) -> tuple[int, ...]:
    if step_weights:
        return tuple(min(100, weight) for weight in step_weights if weight > 0)[:_MOST_STEPS]
    if step_weight <= 0:
        return ()
    # maxWeight is a threshold, not a cap: steps of 20 to 50 go over 60.
    weights: list[int] = []
    weight = 0
    while weight < goal and len(weights) < _MOST_STEPS:
        weight = min(100, weight + step_weight)
        weights.append(weight)
    return tuple(weights)
