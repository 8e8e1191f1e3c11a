"""What is predicted of a rollout under a drill."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from canarytui.domain.sentences import drill_plan


class DrillOutcome(StrEnum):
    """How a rollout under a drill ends."""

    ROLLED_BACK = "rolled back"
    PROMOTED = "promoted"
    HALTED = drill_plan.OUTCOME_HALTED.text()
    UNTOUCHED = "untouched"
    UNKNOWN = "unknown"


class PredictedTick(Struct, frozen=True):
    """One decision: the predictable checks' `values`, the `failing` checks, and `weight` and `failed_checks` after
    it."""

    number: int
    at: datetime
    weight: int
    values: tuple[tuple[str, float], ...]
    failing: tuple[str, ...]
    failed_checks: int


class Prediction(Struct, frozen=True):
    """`outcome` at tick `at_tick` (1 is the first after the start; 0: never); `because` is one sentence. `crossing` is
    the first tick at which a check fails."""

    outcome: DrillOutcome
    at_tick: int
    at: datetime | None
    because: str
    ticks: tuple[PredictedTick, ...] = ()
    crossing: PredictedTick | None = None
    caveats: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """Ids of the sentences that `because` is made of."""
