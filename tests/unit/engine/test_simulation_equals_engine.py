"""The simulation of an analysis does what the engine's core does: for every recording, and for random analyses."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
from recorded_attempts import PLAYED, RECORDINGS, PlayedRecording
from replacing import replace

from canarytui.backtest.checks import simulated_checks
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt
from canarytui.domain.rollout.simulation import SimulatedOutcome, SimulatedRollout, simulate
from canarytui.engine.replay.recording import load

WITHOUT_ANALYSIS = {"skip-analysis", "no-target", "delete-plain"}
SET_BY_HAND = {"force-failed-checks"}
"""A person writes the count of failed checks into the status, which no value of a check explains."""
ENDS = {
    AttemptOutcome.PROMOTED: SimulatedOutcome.PROMOTED,
    AttemptOutcome.ROLLED_BACK: SimulatedOutcome.ROLLED_BACK,
    AttemptOutcome.ENDED: SimulatedOutcome.ENDED,
    AttemptOutcome.SUPERSEDED: SimulatedOutcome.ENDED,
    AttemptOutcome.UNKNOWN: SimulatedOutcome.UNDECIDED,
}


def simulated(played: PlayedRecording, attempt: RolloutAttempt) -> SimulatedRollout:
    analysis = played.canary.spec.analysis
    checks = simulated_checks(analysis)
    provider = played.provider
    return simulate(analysis, checks, played.ticks(attempt), splits=provider.splits, mirrors=provider.mirrors)


def compare(played: PlayedRecording, attempt: RolloutAttempt) -> SimulatedRollout:
    found = simulated(played, attempt)
    count = len(played.ticks(attempt))
    if attempt.outcome is AttemptOutcome.UNKNOWN and found.outcome is SimulatedOutcome.ROLLED_BACK:
        assert found.tick == count, "it needs no value to roll back at the tick after the recording's last"
    else:
        assert found.outcome is ENDS[attempt.outcome], (attempt, found)
        assert attempt.outcome is AttemptOutcome.UNKNOWN or found.tick == count - 1
    first = played.number(attempt.first_tick or attempt.began)
    weighted = played.canary.spec.analysis.iterations <= 0 and played.provider.splits
    for number, tick in enumerate(found.ticks):
        phase, weight, failed, iterations = played.status(first + number)
        assert (failed or 0, iterations or 0) == (tick.failed_checks, tick.iterations), number
        if weighted and phase == "Progressing":
            assert (weight or 0) == tick.weight, number
    return found


@pytest.mark.parametrize("name", PLAYED, ids=str)
def test_every_recorded_rollout_is_decided_alike(name: Path) -> None:
    played = PlayedRecording.of(name)
    attempts = played.attempts
    assert bool(attempts) is (name.name not in WITHOUT_ANALYSIS)
    for attempt in attempts:
        if name.name in SET_BY_HAND:
            assert simulated(played, attempt).outcome is not ENDS[attempt.outcome]
        else:
            compare(played, attempt)


def random_analysis(dice: random.Random) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Fields of an analysis, and scripted answers of its checks."""
    metrics: list[dict[str, Any]] = [{"name": "request-success-rate", "thresholdRange": {"min": 99}, "interval": "30s"}]
    if dice.random() < 0.5:
        metrics[0] = {"name": "request-success-rate", "threshold": 99, "interval": "30s"}
    if dice.random() < 0.7:
        metrics.append({"name": "request-duration", "thresholdRange": {"max": 500.5}, "interval": "30s"})
    if dice.random() < 0.5:
        template = {"name": "404s", "namespace": "test"}
        metrics.insert(0, {"name": "ours", "templateRef": template, "thresholdRange": {"min": 1, "max": 5}})
    steps = dice.choice(
        (
            {"stepWeight": dice.randint(5, 50), "maxWeight": dice.choice((0, 30, 50, 60, 100))},
            {"stepWeights": sorted(dice.sample(range(1, 101), dice.randint(1, 5)))},
            {"stepWeights": [10, 50, 30]},
            {"iterations": dice.randint(1, 5)},
        )
    )
    answers = {
        "success": [dice.choice((100, 100, 99, 98.9, None)) for _ in range(30)],
        "duration": [dice.choice((0.05, 0.5, 0.5009, 0.501, 0.9, "NaN")) for _ in range(30)],
        "template": [dice.choice((1, 3, 5, 5.01, 0.99)) for _ in range(30)],
    }
    return {"interval": "10s", "threshold": dice.randint(1, 4), "metrics": metrics, **steps}, answers


def test_random_analyses_are_decided_alike() -> None:
    dice = random.Random(13)
    ends = set()
    base = load(RECORDINGS / "template.jsonl")
    for _ in range(60):
        canary = copy.deepcopy(base.canary)
        canary["spec"]["analysis"], answers = random_analysis(dice)
        scripted = replace(base, canary=canary, metric_answers=answers, ticks=dice.randint(8, 25), checks={})
        played = PlayedRecording(scripted)
        assert played.attempts
        ends.update(compare(played, attempt).outcome for attempt in played.attempts)
    assert ends >= {SimulatedOutcome.PROMOTED, SimulatedOutcome.ROLLED_BACK, SimulatedOutcome.UNDECIDED}
