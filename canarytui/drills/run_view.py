"""What can be seen of a drill under way: frozen values for wizard, command line and report. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from canarytui.drills.drill_plan import DrillPlan
from canarytui.drills.hey_report import Answers
from canarytui.drills.predicted import DrillOutcome

if TYPE_CHECKING:
    from canarytui.domain.rollout.checks import Check, CheckVerdict
    from canarytui.domain.rollout.rollout_comparison import ComparedRollout


class DrillStage(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    STOPPING = "stopping"
    """No more slices; those under way finish."""
    ENDED = "ended"


class DrillEnding(StrEnum):
    NONE = ""
    COMPLETED = "completed"
    ABORTED = "aborted"
    ROLLED_BACK = "rolled back"
    PROMOTED = "promoted"


class DrillEntry(Struct, frozen=True):
    """A line of the drill's own timeline."""

    at: datetime
    text: str
    warning: bool = False
    id: str = ""
    """Id of the sentence that `text` is."""


class CheckPoint(Struct, frozen=True):
    """A check's value at a moment, None for none, and its bound (the lower one first)."""

    at: datetime
    check: str
    value: float | None
    bound: float | None = None


class ShadowTick(Struct, frozen=True):
    """What a shadow check would have said at a tick of the controller, by the value that was read last; None for
    none."""

    at: datetime
    check: str
    value: float | None
    verdict: CheckVerdict


class RunView(Struct, frozen=True):
    """Everything to show. `ticks` are the controller's decisions since the start, `failed_checks` of `threshold`.
    `primary_failing` is the percentage of the primary's own users, None if unknown."""

    plan: DrillPlan
    stage: DrillStage
    ending: DrillEnding
    why: str
    by: str
    now: datetime | None
    began: datetime | None
    ended: datetime | None
    answers: Answers
    slices: int
    under_way: int
    ticks: int
    weight: int
    failed_checks: int
    threshold: int
    phase: str
    primary_failing: float | None
    points: tuple[CheckPoint, ...]
    entries: tuple[DrillEntry, ...]
    state: str = ""
    """The state as on every other screen; `phase` is kubectl's."""
    compared: ComparedRollout | None = None
    """Canary against primary in the rollout's requests, as last measured."""
    shadow_checks: tuple[Check, ...] = ()
    """The canary's shadow checks, as last measured."""
    shadow_ticks: tuple[ShadowTick, ...] = ()
    """What they would have said at each tick, oldest first."""

    @property
    def elapsed_s(self) -> float:
        last = self.ended or self.now
        return 0.0 if self.began is None or last is None else max((last - self.began).total_seconds(), 0.0)

    @property
    def within_prediction(self) -> bool | None:
        """Whether the outcome is as predicted, to within one tick; None while it is open or was not predicted."""
        predicted = self.plan.prediction
        if self.ending not in (DrillEnding.ROLLED_BACK, DrillEnding.PROMOTED, DrillEnding.COMPLETED):
            return None
        if predicted.outcome is DrillOutcome.UNKNOWN:
            return None
        if (
            self.ending is DrillEnding.COMPLETED
            and predicted.at is not None
            and self.ended
            and predicted.at > self.ended
        ):
            return None  # decided after the load has ended
        if self.ending is DrillEnding.COMPLETED:
            return predicted.outcome in (DrillOutcome.HALTED, DrillOutcome.UNTOUCHED)
        return predicted.outcome.value == self.ending.value and abs(predicted.at_tick - self.ticks) <= 1
