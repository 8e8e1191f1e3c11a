"""One analysis as the controller would carry it out, tick by tick, given what its checks would have measured. Pure.

For backtests and for "what if": nothing here decides anything. That it does what the engine's core does is held by
tests, over every recording and over random analyses.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct, field

from canarytui.domain.rollout.judgement import CheckLimits
from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.spec.steps import next_weight, target_weight

_DEFAULT_ITERATIONS = 10
"""Where the provider cannot split traffic and the analysis has no iterations."""


class TickEvent(StrEnum):
    """What else happened at a tick, besides its checks."""

    SKIPPED = "skipped"
    """Suspended, or pods that are not ready: nothing was evaluated."""
    HOOK_FAILED = "hook failed"
    """A pre-rollout or rollout webhook refused: a failed check, and no other is evaluated."""
    GATE_CLOSED = "gate closed"
    """The next step waits for an approval."""
    PROMOTION_GATE_CLOSED = "promotion held"
    ENDED = "ended"
    """The rollout was ended by something that is no check: by hand, by a webhook, by a deadline."""


class SimulatedOutcome(StrEnum):
    """How a simulated analysis ends."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    UNDECIDED = "undecided"
    """The ticks are over before it is decided."""
    ENDED = "ended otherwise"


class SimulatedCheck(Struct, frozen=True):
    """One query of a check, in the order in which the controller evaluates them."""

    name: str
    limits: CheckLimits


class TickInput(Struct, frozen=True):
    """What is known of a tick: the value of each check in order, None for none; and what else happened."""

    values: tuple[float | None, ...]
    event: TickEvent | None = None


class SimulatedTick(Struct, frozen=True):
    """The state after a tick. `failed` is the check that failed at it, "" for none."""

    weight: int
    iterations: int
    failed_checks: int
    failed: str = ""


class SimulatedRollout(Struct, frozen=True):
    """`tick` is the one that decides, counted from the first; `check` is the last that failed, "" for none."""

    outcome: SimulatedOutcome
    tick: int
    check: str = ""
    ticks: tuple[SimulatedTick, ...] = ()


class _State(Struct):
    weight: int = 0
    iterations: int = 0
    failed_checks: int = 0
    mirrored: bool = False
    check: str = ""
    ticks: list[SimulatedTick] = field(default_factory=list)

    def note(self, failed: str = "") -> None:
        self.ticks.append(SimulatedTick(self.weight, self.iterations, self.failed_checks, failed))

    def end(self, outcome: SimulatedOutcome, tick: int) -> SimulatedRollout:
        return SimulatedRollout(outcome, tick, self.check, tuple(self.ticks))


def simulate(
    analysis: Analysis,
    checks: Sequence[SimulatedCheck],
    ticks: Sequence[TickInput],
    *,
    splits: bool = True,
    mirrors: bool = True,
    strict: bool = True,
) -> SimulatedRollout:
    """The analysis from its first tick, at which the canary is ready and has no traffic yet.

    `splits` and `mirrors` are what the canary's provider can do. Gates are open and webhooks pass unless an event says
    otherwise. The tick after the last allowed failure rolls back, and needs no values.
    """
    state = _State()
    for number, tick in enumerate(ticks):
        if tick.event is TickEvent.ENDED:
            return state.end(SimulatedOutcome.ENDED, number)
        if tick.event is TickEvent.SKIPPED:
            state.note()
            continue
        if state.failed_checks >= analysis.threshold:
            return state.end(SimulatedOutcome.ROLLED_BACK, number)
        failed = _failed(analysis, checks, tick, state, strict=strict)
        if failed:
            state.failed_checks += 1
            state.check = failed
            state.note(failed)
        elif _advance(analysis, tick.event, state, splits=splits, mirrors=mirrors, strict=strict):
            return state.end(SimulatedOutcome.PROMOTED, number)
        else:
            state.note()
    decided = state.failed_checks >= analysis.threshold
    return state.end(SimulatedOutcome.ROLLED_BACK if decided else SimulatedOutcome.UNDECIDED, len(ticks))


def _failed(
    analysis: Analysis, checks: Sequence[SimulatedCheck], tick: TickInput, state: _State, *, strict: bool
) -> str:
    """The first check that fails, or the webhook; "" when all pass. Without traffic no check is evaluated."""
    if tick.event is TickEvent.HOOK_FAILED:
        return "webhook"
    if state.weight == 0 and state.iterations == 0 and not (analysis.mirror and state.mirrored):
        return ""
    for check, value in zip(checks, tick.values, strict=True):
        if check.limits.fails(value, strict=strict):
            return check.name
    return ""


def _advance(
    analysis: Analysis, event: TickEvent | None, state: _State, *, splits: bool, mirrors: bool, strict: bool
) -> bool:
    """One step further; True for the promotion."""
    iterations = analysis.iterations if analysis.iterations > 0 or splits else _DEFAULT_ITERATIONS
    if iterations <= 0:
        return _advance_weight(analysis, event, state, mirrors=mirrors, strict=strict)
    matches = bool(analysis.match) and analysis.iterations > 0 and splits
    if state.iterations < iterations:
        if matches:
            state.weight = 100
        state.mirrored = analysis.mirror and mirrors and splits and not matches
        state.iterations += 1
        return False
    if event is TickEvent.PROMOTION_GATE_CLOSED:
        state.iterations = iterations - 1
        return False
    if matches or state.iterations > iterations:
        return True
    if splits:
        state.weight, state.mirrored = 100, False
    state.iterations += 1
    return False


def _advance_weight(analysis: Analysis, event: TickEvent | None, state: _State, *, mirrors: bool, strict: bool) -> bool:
    after = next_weight(analysis, state.weight)
    reached = state.weight >= target_weight(analysis)
    if after <= state.weight < 100 and (strict or not reached):
        return False  # no step leads up from here
    if event is TickEvent.GATE_CLOSED and not state.mirrored:
        return False
    if reached:
        if event is TickEvent.PROMOTION_GATE_CLOSED:
            state.iterations = -1  # as the controller writes it
            return False
        return True
    if analysis.mirror and mirrors and state.weight == 0 and not state.mirrored:
        state.mirrored = True
    else:
        state.weight, state.mirrored = after, False
    return False
