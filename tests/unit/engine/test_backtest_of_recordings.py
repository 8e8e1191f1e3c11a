"""A backtest of the recorded rollouts ends as the engine decided: values go in as a range query would give them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from recorded_attempts import PLAYED, PlayedRecording

from canarytui.backtest.judged import ControllerTraits, JudgedRollout, judge_rollouts
from canarytui.backtest.past_rollout import PastRollout, past_values, with_values
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt
from canarytui.domain.rollout.simulation import SimulatedOutcome
from canarytui.engine.replay.recording import TICK_S

BY_HAND = "force-failed-checks"


def measured(played: PlayedRecording, attempt: RolloutAttempt) -> PastRollout:
    """The attempt with the answers of the engine's queries as points of range queries."""
    assert attempt.first_tick is not None
    ticks = played.ticks(attempt)
    first_s = attempt.first_tick.timestamp()
    series = [
        past_values(
            [
                (first_s + number * TICK_S, value)
                for number, tick in enumerate(ticks)
                if (value := tick.values[check]) is not None
            ],
            first_s,
            TICK_S,
            evaluated=True,
        )
        for check in range(len(ticks[0].values))
    ]
    return with_values(attempt, series, TICK_S)


def judged(played: PlayedRecording) -> list[JudgedRollout]:
    analysis = played.canary.spec.analysis
    traits = ControllerTraits(played.provider.splits, played.provider.mirrors)
    rollouts = [measured(played, attempt) for attempt in played.attempts]
    return list(judge_rollouts(rollouts, analysis, analysis, traits, ()))


def test_every_recorded_rollout_ends_as_it_did() -> None:
    counted: Counter[AttemptOutcome] = Counter()
    for name in PLAYED:
        for each in judged(PlayedRecording.of(name)):
            if name.name == BY_HAND:
                assert not each.ends(SimulatedOutcome.ROLLED_BACK), "a person rolled it back, not its checks"
                continue
            counted[each.attempt.outcome] += 1
            assert each.agrees is True, (name, each)
            assert each.tried is not None
            ended = each.attempt.first_tick + timedelta(seconds=each.tried.tick * TICK_S)  # type: ignore[operator]
            assert ended == each.attempt.until, name
    assert counted[AttemptOutcome.PROMOTED] > 60
    assert counted[AttemptOutcome.ROLLED_BACK] >= 6
