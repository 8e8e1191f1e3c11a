"""The step plan: which weights or iterations an analysis takes, and what its next move is."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import (
    AnalysisStrategy,
    Move,
    moves_to_promotion,
    next_move,
    next_weight,
    step_plan,
    target_weight,
)


def canary(provider: str = "traefik", **analysis: Any) -> Canary:
    return Canary.parse(
        {
            "metadata": {"namespace": "shop", "name": "cart"},
            "spec": {
                "provider": provider,
                "targetRef": {"kind": "Deployment", "name": "cart"},
                "service": {"port": 80},
                "analysis": {"interval": "10s", "threshold": 5, **analysis},
            },
        }
    )


@pytest.mark.parametrize(
    ("analysis", "strategy", "stops"),
    [
        ({"maxWeight": 50, "stepWeight": 10}, AnalysisStrategy.CANARY, (10, 20, 30, 40, 50)),
        ({"maxWeight": 50, "stepWeight": 20}, AnalysisStrategy.CANARY, (20, 40, 60)),
        ({"stepWeight": 50}, AnalysisStrategy.CANARY, (50, 100)),
        ({"stepWeights": [1, 5, 80]}, AnalysisStrategy.CANARY, (1, 5, 80)),
        ({"stepWeights": [50, 130]}, AnalysisStrategy.CANARY, (50, 100)),
        ({}, AnalysisStrategy.CANARY, ()),
        ({"iterations": 3}, AnalysisStrategy.BLUE_GREEN, (1, 2, 3)),
        ({"iterations": 2, "match": [{"headers": {}}]}, AnalysisStrategy.AB, (1, 2)),
    ],
)
def test_the_plan_has_flaggers_steps(
    analysis: dict[str, Any], strategy: AnalysisStrategy, stops: tuple[int, ...]
) -> None:
    plan = step_plan(canary(**analysis))
    assert (plan.strategy, plan.stops, plan.total) == (strategy, stops, len(stops))


def test_steps_are_counted_by_weight_or_by_iteration() -> None:
    weighted, iterated = step_plan(canary(maxWeight=50, stepWeight=10)), step_plan(canary(iterations=5))
    assert [weighted.reached(weight, 0) for weight in (0, 9, 10, 25, 50, 100)] == [0, 0, 1, 2, 5, 5]
    assert [iterated.reached(0, done) for done in (0, 1, 5, 9)] == [0, 1, 5, 5]


def test_the_target_weight_is_within_100() -> None:
    goals = [{"maxWeight": 50}, {"maxWeight": 0}, {"maxWeight": 140}, {"stepWeights": [5, 30]}, {"stepWeights": [200]}]
    assert [target_weight(canary(**goal).spec.analysis) for goal in goals] == [50, 100, 100, 30, 100]


@pytest.mark.parametrize(
    ("analysis", "weight", "iterations", "move", "left"),
    [
        ({"maxWeight": 50, "stepWeight": 10}, 0, 0, (Move.STEP, 10), 5),
        ({"maxWeight": 50, "stepWeight": 10}, 50, 0, (Move.PROMOTION, 0), 0),
        ({"maxWeight": 50, "stepWeight": 10, "mirror": True}, 0, 0, (Move.MIRROR, 0), None),
        ({"stepWeights": [5, 30, 60]}, 5, 0, (Move.STEP, 30), 2),
        ({"stepWeights": [5, 30, 60]}, 7, 0, (Move.STEP, 100), 1),
        ({"maxWeight": 50}, 0, 0, (Move.NONE, 0), None),
        ({"iterations": 3}, 0, 1, (Move.STEP, 2), 3),
        ({"iterations": 3}, 0, 3, (Move.ALL_TO_CANARY, 100), 1),
        ({"iterations": 3}, 100, 4, (Move.PROMOTION, 0), 0),
        ({"iterations": 3, "provider": "kubernetes"}, 0, 3, (Move.PROMOTION, 0), 0),
        ({"iterations": 3, "match": [{"headers": {}}]}, 100, 3, (Move.PROMOTION, 0), 0),
    ],
)
def test_the_next_move_and_how_many_are_left(
    analysis: dict[str, Any], weight: int, iterations: int, move: tuple[Move, int], left: int | None
) -> None:
    of, splits = canary(**analysis), analysis.get("provider") != "kubernetes"
    assert next_move(of, weight, iterations, splits=splits) == move
    assert moves_to_promotion(of, weight, iterations, splits=splits) == left


def test_a_weight_that_is_no_step_goes_to_100_as_in_flagger() -> None:
    analysis = canary(stepWeights=[5, 30, 60]).spec.analysis
    assert [next_weight(analysis, weight) for weight in (0, 5, 30, 31, 100)] == [5, 30, 60, 100, 100]
