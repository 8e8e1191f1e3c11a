"""The step plan of an analysis: its weights or iterations, and the next move.

Computed from the spec as Flagger steps; used for "step k of n", the ruler of the detail view and the forecast of when
a rollout ends. Nothing here decides; the controller does.
"""

from __future__ import annotations

import itertools
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from canarytui.domain.spec.canary import Analysis, Canary

_MOST_STEPS = 100


class AnalysisStrategy(StrEnum):
    """How a canary is analysed, in Flagger's terms."""

    CANARY = "canary"
    BLUE_GREEN = "blue/green"
    AB = "A/B testing"


class StepPlan(Struct, frozen=True):
    """`stops` are weights in percent for the canary strategy, iteration numbers for the others."""

    strategy: AnalysisStrategy
    stops: tuple[int, ...]

    @property
    def total(self) -> int:
        return len(self.stops)

    def reached(self, weight: int, iterations: int) -> int:
        """How many steps have been reached, 0 to `total`."""
        position = weight if self.strategy is AnalysisStrategy.CANARY else iterations
        return sum(1 for stop in self.stops if stop <= position)


def step_plan(canary: Canary) -> StepPlan:
    """The step plan of `canary`'s analysis; without steps or iterations it has no stops."""
    analysis = canary.spec.analysis
    if analysis.iterations > 0:
        strategy = AnalysisStrategy.AB if analysis.match else AnalysisStrategy.BLUE_GREEN
        return StepPlan(strategy, tuple(range(1, min(analysis.iterations, _MOST_STEPS) + 1)))
    return StepPlan(AnalysisStrategy.CANARY, _weights(analysis))


def target_weight(analysis: Analysis) -> int:
    """The weight at which a weighted analysis promotes."""
    if analysis.step_weights:
        return min(100, analysis.step_weights[-1])
    return min(100, analysis.max_weight) if analysis.max_weight > 0 else 100


def _weights(analysis: Analysis) -> tuple[int, ...]:
    return _stops(analysis.step_weights, analysis.step_weight, target_weight(analysis))


@lru_cache(maxsize=256)  # a thousand canaries share a few plans, and each is needed several times per change
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


class Move(StrEnum):
    """What the controller does at a tick when every check passes."""

    STEP = "step"
    MIRROR = "mirror"
    """Mirrors to the canary, or takes the first step after mirroring: the weights do not show which."""
    ALL_TO_CANARY = "all-to-canary"
    PROMOTION = "promotion"
    NONE = "none"
    """No further step leads from here."""


def next_move(canary: Canary, weight: int, iterations: int, *, splits: bool) -> tuple[Move, int]:
    """The next move from `weight` or `iterations`, and the weight or iteration it leads to.

    `splits`: whether the canary's provider splits traffic.
    """
    analysis = canary.spec.analysis
    if analysis.iterations > 0:
        if iterations < analysis.iterations:
            return Move.STEP, iterations + 1
        # With a router, blue/green sends all traffic to the canary once before it promotes.
        switches = not analysis.match and splits
        return (Move.ALL_TO_CANARY, 100) if switches and iterations == analysis.iterations else (Move.PROMOTION, 0)
    if weight >= target_weight(analysis):
        return Move.PROMOTION, 0
    if analysis.mirror and weight == 0:
        return Move.MIRROR, 0
    stop = next_weight(analysis, weight)
    return (Move.STEP, stop) if stop > weight else (Move.NONE, weight)


def next_weight(analysis: Analysis, weight: int) -> int:
    """The weight of the next step; from a weight that is not in ``stepWeights`` it is 100, as in Flagger."""
    return _next_weight(analysis.step_weights, analysis.step_weight, weight)


def moves_to_promotion(canary: Canary, weight: int, iterations: int, *, splits: bool) -> int | None:
    """How many moves are left before the promotion if every check passes; None if unknown."""
    analysis = canary.spec.analysis
    if analysis.iterations > 0:
        left = max(analysis.iterations - iterations, 0)
        last = next_move(canary, weight, max(iterations, analysis.iterations), splits=splits)
        return left + (last[0] is Move.ALL_TO_CANARY)
    if analysis.mirror and weight == 0:
        return None
    return _steps_left(analysis.step_weights, analysis.step_weight, target_weight(analysis), weight)


@lru_cache(maxsize=1024)
def _steps_left(step_weights: tuple[int, ...], step_weight: int, goal: int, weight: int) -> int | None:
    count = 0
    while weight < goal:
        after = _next_weight(step_weights, step_weight, weight)
        if after <= weight:
            return None
        weight, count = after, count + 1
    return count


def _next_weight(weights: tuple[int, ...], step: int, weight: int) -> int:
    if weights and step <= 0:
        if weight == 0:
            step = weights[0]
        else:
            after = [later - earlier for earlier, later in itertools.pairwise(weights) if earlier == weight]
            step = after[0] if after else 100 - weight
    return min(weight + step, 100)
