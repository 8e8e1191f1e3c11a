"""What can be seen of a drill under way: frozen values for wizard, command line and report. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from canarytui.drills.hey_report import Answers
from canarytui.drills.plan import DrillPlan
from canarytui.drills.predicted import Outcome


class Stage(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    STOPPING = "stopping"
    """No more slices; those under way finish."""
    ENDED = "ended"


class Ending(StrEnum):
    NONE = ""
    COMPLETED = "completed"
    ABORTED = "aborted"
    ROLLED_BACK = "rolled back"
    PROMOTED = "promoted"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the drill's own timeline."""

    at: datetime
    text: str
    warning: bool = False
    id: str = ""
    """Id of the sentence that `text` is."""


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """A check's value at a moment, None for none, and its bound (the lower one first)."""

    at: datetime
    check: str
    value: float | None
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """Everything to show. `ticks` are the controller's decisions since the start, `failed_checks` of `threshold`.
    `primary_failing` is the percentage of the primary's own users, None if unknown."""

    plan: DrillPlan
    stage: Stage
    ending: Ending
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
    entries: tuple[Entry, ...]
    state: str = ""
    """The state as on every other screen; `phase` is kubectl's."""

    @property
    def elapsed_s(self) -> float:
        last = self.ended or self.now
        return 0.0 if self.began is None or last is None else max((last - self.began).total_seconds(), 0.0)

    @property
    def within_prediction(self) -> bool | None:
        """Whether the outcome is as predicted, to within one tick; None while it is open or was not predicted."""
        predicted = self.plan.prediction
        if self.ending not in (Ending.ROLLED_BACK, Ending.PROMOTED, Ending.COMPLETED):
            return None
        if predicted.outcome is Outcome.UNKNOWN:
            return None
        if self.ending is Ending.COMPLETED and predicted.at is not None and self.ended and predicted.at > self.ended:
            return None  # decided after the load has ended
        if self.ending is Ending.COMPLETED:
            return predicted.outcome in (Outcome.HALTED, Outcome.UNTOUCHED)
        return predicted.outcome.value == self.ending.value and abs(predicted.at_tick - self.ticks) <= 1
