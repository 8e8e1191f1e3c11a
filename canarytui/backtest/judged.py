"""What thresholds would have done to past rollouts, beside what happened. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec import Struct

from canarytui.backtest.checks import simulated_checks
from canarytui.backtest.past_rollout import PastRollout
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt
from canarytui.domain.rollout.simulation import SimulatedOutcome, SimulatedRollout, simulate
from canarytui.domain.spec.analysis import Analysis

_SAME = {
    AttemptOutcome.PROMOTED: SimulatedOutcome.PROMOTED,
    AttemptOutcome.ROLLED_BACK: SimulatedOutcome.ROLLED_BACK,
    AttemptOutcome.ENDED: SimulatedOutcome.ENDED,
    AttemptOutcome.SUPERSEDED: SimulatedOutcome.ENDED,
}

Simulation = Callable[[Analysis, PastRollout], SimulatedRollout]


class ControllerTraits(Struct, frozen=True):
    """What the controller and the traffic provider of a canary can do, as far as an analysis depends on it."""

    splits: bool = True
    mirrors: bool = True
    strict: bool = True


class JudgedRollout(Struct, frozen=True):
    """A past rollout: by the `present` thresholds, and by those that are tried (`tried`). Both are None where nothing
    can be said, for the rollout's `problem`. `bad`: it should not have been promoted; None where that is not known."""

    rollout: PastRollout
    present: SimulatedRollout | None
    tried: SimulatedRollout | None
    bad: bool | None

    @property
    def attempt(self) -> RolloutAttempt:
        return self.rollout.attempt

    @property
    def agrees(self) -> bool | None:
        """Whether the replay by the present thresholds ends as the rollout did; None where one of them is not known."""
        happened = _SAME.get(self.attempt.outcome)
        if happened is None or self.present is None or self.attempt.by_hand:
            return None
        return self.present.outcome is happened

    def ends(self, outcome: SimulatedOutcome) -> bool:
        """Whether that is how it ends by the thresholds that are tried."""
        return self.tried is not None and self.tried.outcome is outcome


def simulation(traits: ControllerTraits) -> Simulation:
    """The replay of a rollout by an analysis."""
    return partial(_simulated, traits)


def _simulated(traits: ControllerTraits, analysis: Analysis, rollout: PastRollout) -> SimulatedRollout:
    return simulate(
        analysis,
        simulated_checks(analysis),
        rollout.ticks,
        splits=traits.splits,
        mirrors=traits.mirrors,
        strict=traits.strict,
    )


def judge_rollouts(
    rollouts: Iterable[PastRollout],
    present: Analysis,
    tried: Analysis,
    traits: ControllerTraits,
    named_bad: Sequence[str],
) -> tuple[JudgedRollout, ...]:
    """Each rollout by both analyses. `named_bad` are revisions or starts of rollouts that were bad although they were
    promoted."""
    replay = simulation(traits)
    found = []
    for rollout in rollouts:
        if rollout.problem or not rollout.ticks:
            found.append(JudgedRollout(rollout, None, None, is_bad(rollout.attempt, named_bad)))
            continue
        now = replay(present, rollout)
        then = now if tried == present else replay(tried, rollout)
        found.append(JudgedRollout(rollout, now, then, is_bad(rollout.attempt, named_bad)))
    return tuple(found)


def is_bad(attempt: RolloutAttempt, named: Sequence[str]) -> bool | None:
    """Whether it should have been stopped: it was rolled back by its checks, or is named. None: not known."""
    start = attempt.began.isoformat()
    if any(start.startswith(name.replace(" ", "T")) or name in attempt.revision.split() for name in named if name):
        return True
    known = {AttemptOutcome.ROLLED_BACK: True, AttemptOutcome.PROMOTED: False}
    return known.get(attempt.outcome)
