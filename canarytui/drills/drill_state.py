"""One drill from its plan to its end: a state machine that takes looks and ended slices, and grants the next slice.

Pure: no clock, no IO. The loop asks for the next slice, which is granted only after a fresh look without objections.
Because of that renewal the load ends by itself when nobody is left to ask. Wizard and command line show
:meth:`DrillRun.view`.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta

from msgspec import Struct

from canarytui.domain.rollout.rollout_comparison import ComparedRollout
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import state_of
from canarytui.domain.sentences import drill_run as words
from canarytui.domain.ticks import tick_number
from canarytui.drills.drill_log import DrillLog
from canarytui.drills.drill_plan import DrillPlan, Sight
from canarytui.drills.guards import Limits, OwnLoad, objection, primary_failing, refusal
from canarytui.drills.hey_command import SLICE_S, slice_commands
from canarytui.drills.hey_report import Answers
from canarytui.drills.run_view import DrillEnding, DrillStage, RunView
from canarytui.errors import CanarytuiError

FRESH = timedelta(seconds=1.5)
"""How old a look may be for a slice to be granted."""

_BAD_LOOKS = 2
_ENDINGS = {
    DrillEnding.ROLLED_BACK: words.ROLLED_BACK,
    DrillEnding.PROMOTED: words.PROMOTED,
    DrillEnding.COMPLETED: words.COMPLETED,
    DrillEnding.ABORTED: words.ABORTED,
}


class DrillRefused(CanarytuiError):
    """A guard objects to the drill; nothing was sent."""


class Slice(Struct, frozen=True):
    """Two seconds of load: one command for each stream, to be sent now."""

    number: int
    commands: tuple[list[str], ...]
    began: datetime


class DrillRun:
    """Feed it with :meth:`see`, :meth:`slice_ended` and :meth:`abort`; take :meth:`next_slice` and :meth:`view`."""

    def __init__(self, plan: DrillPlan, limits: Limits) -> None:
        self.plan = plan
        self.stage = DrillStage.PLANNED
        self.ending = DrillEnding.NONE
        self._limits = limits
        self._why = self._by = ""
        self._sight: Sight | None = None
        self._situation: Situation | None = None
        self._began: datetime | None = None
        self._ended: datetime | None = None
        self._first_tick: datetime | None = None
        self._decided: datetime | None = None
        self._revision = ""
        self._answers = Answers()
        self._count = 0
        self._last_slice: datetime | None = None
        self._under_way: dict[int, datetime] = {}
        self._sent: deque[tuple[datetime, float, float]] = deque(maxlen=1000)
        self._log = DrillLog()
        self._usual_failing: float | None = None
        self._failing: float | None = None
        self._bad_looks = 0
        self._failures_in_row = 0

    def start(self, sight: Sight) -> None:
        """Begin, unless a guard objects.

        Raises:
            DrillRefused: with the reason.
        """
        if self.stage is not DrillStage.PLANNED:
            raise DrillRefused(words.STARTED_BEFORE.text())
        why = refusal(self.plan, sight, self._limits)
        if why:
            raise DrillRefused(
                words.NOT_POSSIBLE.text(drill=self.plan.drill.name, canary="/".join(self.plan.key), why=why)
            )
        situation = sight.situation
        assert situation is not None  # or the guards would have objected
        self._sight, self._began, self.stage = sight, sight.at, DrillStage.RUNNING
        self._first_tick = situation.tick_after(sight.at)
        self._revision = situation.canary.status.last_applied_spec
        self._usual_failing = primary_failing(sight, OwnLoad(0.0, 0.0, 0.0))
        self._log.note(sight.at, words.BEGINS.say(drill=self.plan.drill.name, provokes=self.plan.drill.phrase()))
        self._remember(sight, situation)

    def see(self, sight: Sight) -> None:
        """Take in a look, which may end or abort the run."""
        self._sight = sight
        if self.stage in (DrillStage.PLANNED, DrillStage.ENDED):
            return
        if sight.situation is not None:
            self._remember(sight, sight.situation)
        if self.stage is DrillStage.RUNNING:
            self._judge(sight)
        self._settle(sight.at)

    def _judge(self, sight: Sight) -> None:
        situation = sight.situation
        if situation is not None and not sight.trouble and sight.context == self.plan.context:
            ending = _decided(situation)
            if ending is not None:
                self._decided = situation.last_tick or sight.at
                back = ending is DrillEnding.ROLLED_BACK
                said = words.CONTROLLER_ROLLS_BACK if back else words.CONTROLLER_PROMOTES
                self._stop(sight.at, ending, said.text())
                return
            if situation.canary.status.last_applied_spec != self._revision:
                self._guard(sight.at, words.OTHER_REVISION.text())
                return
        why = objection(self.plan, sight)
        if why:
            self._guard(sight.at, why)
            return
        self._look_after_primary(sight)
        if self._began is not None and (sight.at - self._began).total_seconds() >= self.plan.drill.duration_s:
            self._stop(sight.at, DrillEnding.COMPLETED, words.TIME_OVER.text(seconds=self.plan.drill.duration_s))

    def _look_after_primary(self, sight: Sight) -> None:
        window_s = sight.traffic.window_s if sight.traffic is not None else 60.0
        self._failing = primary_failing(sight, self._own_load(sight.at, window_s))
        if self._failing is None or self.stage is not DrillStage.RUNNING:
            return
        allowed = (self._usual_failing or 0.0) + self._limits.primary_loss
        self._bad_looks = self._bad_looks + 1 if self._failing > allowed else 0
        if self._bad_looks >= _BAD_LOOKS:
            self._guard(sight.at, words.PRIMARY_SUFFERS.text(failing=self._failing, allowed=allowed))

    def next_slice(self, now: datetime) -> Slice | None:
        """The slice to send at `now`; None if none is due or allowed."""
        sight = self._sight
        if self.stage is not DrillStage.RUNNING or sight is None or now - sight.at > FRESH:
            return None
        if self._last_slice is not None and (now - self._last_slice).total_seconds() < SLICE_S:
            return None
        if len(self._under_way) >= self._most_under_way():
            return None
        assert self._began is not None
        left_s = self.plan.drill.duration_s - (now - self._began).total_seconds()
        seconds = min(SLICE_S, math.floor(left_s + 0.5))
        if seconds < 1:
            return None
        self._count += 1
        number = self._count
        tag = f"{self.plan.id}/{number}"
        commands = slice_commands(self.plan.drill, self.plan.place, self.plan.way, tag, seconds)
        self._last_slice = now
        self._under_way[number] = now
        planned = self.plan.drill.rate * seconds
        self._sent.append((now, planned, planned * self.plan.drill.failing_share))
        return Slice(number, commands, now)

    def slice_ended(self, number: int, now: datetime, answers: Answers | None, trouble: str = "") -> None:
        """Take in how a slice ended: its answers, or why there are none."""
        self._under_way.pop(number, None)
        # What a sender sent before it failed is unknown.
        self._answers = self._answers.plus(Answers(unreported=1) if answers is None else answers)
        if answers is not None:
            self._failures_in_row = self._failures_in_row + 1 if answers.sent and not answers.answered else 0
            why = next(iter(answers.errors), words.NO_ANSWERS.text())
            if self._failures_in_row == 1:
                self._log.note(now, words.SLICE_NO_ANSWER.say(number=number, why=why), warning=True)
            if self._failures_in_row >= _BAD_LOOKS and self.stage is DrillStage.RUNNING:
                self._guard(now, words.NO_ANSWERS_STOP.text(why=why))
        elif trouble:
            self._log.note(now, words.SLICE_FAILED.say(number=number, why=trouble), warning=True)
            if self.stage is DrillStage.RUNNING:
                self._guard(now, words.CANNOT_SEND.text(why=trouble))
        self._settle(now)

    def abort(self, now: datetime, by: str, why: str) -> None:
        """Stop the load at once. The first reason stays."""
        if self.stage in (DrillStage.PLANNED, DrillStage.RUNNING):
            self._stop(now, DrillEnding.ABORTED, why, by=by)
            self._settle(now)

    def view(self) -> RunView:
        """Everything to show now."""
        sight, situation = self._sight, self._situation
        return RunView(
            plan=self.plan,
            stage=self.stage,
            ending=self.ending,
            why=self._why,
            by=self._by,
            now=sight.at if sight is not None else None,
            began=self._began,
            ended=self._ended,
            answers=self._answers,
            slices=self._count,
            under_way=len(self._under_way),
            ticks=self._ticks(),
            weight=situation.weight if situation is not None else 0,
            failed_checks=situation.canary.status.failed_checks if situation is not None else 0,
            threshold=situation.canary.spec.analysis.threshold if situation is not None else 0,
            phase=situation.phase if situation is not None else "",
            primary_failing=self._failing,
            points=self._log.points,
            entries=self._log.entries,
            state=state_of(situation) if situation is not None else "",
            compared=_compared(sight, situation),
            shadow_checks=situation.shadow_checks if situation is not None else (),
            shadow_ticks=self._log.shadow_ticks,
        )

    def _ticks(self) -> int:
        sight, situation = self._sight, self._situation
        if self._first_tick is None or sight is None or situation is None:
            return 0
        # The decision is a tick of its own; until then ticks pass as the countdown shows.
        interval = timedelta(seconds=situation.interval_s)
        following = self._decided + interval if self._decided else situation.tick_after(self._ended or sight.at)
        return tick_number(self._first_tick, following, situation.interval_s)

    def _most_under_way(self) -> int:
        slowest_s = max(stream.effect.delay_s for stream in self.plan.drill.streams)
        return 2 + math.ceil(slowest_s / SLICE_S)

    def _own_load(self, now: datetime, window_s: float) -> OwnLoad:
        since = now - timedelta(seconds=window_s)
        recent = [each for each in self._sent if each[0] >= since]
        return OwnLoad(window_s, sum(each[1] for each in recent), sum(each[2] for each in recent))

    def _remember(self, sight: Sight, situation: Situation) -> None:
        before, self._situation = self._situation, situation
        self._log.take_in(sight.at, before, situation)

    def _stop(self, now: datetime, ending: DrillEnding, why: str, by: str = "") -> None:
        self.stage, self.ending, self._why, self._by = DrillStage.STOPPING, ending, why, by
        self._log.note(now, _ENDINGS[ending].say(why=why, by=by), warning=ending is DrillEnding.ABORTED)

    def _guard(self, now: datetime, why: str) -> None:
        self._stop(now, DrillEnding.ABORTED, why, by=words.BY_GUARDS.text())

    def _settle(self, now: datetime) -> None:
        if self.stage is DrillStage.STOPPING and not self._under_way:
            self.stage, self._ended = DrillStage.ENDED, now
            counts = {"sent": self._answers.sent, "slices": self._count}
            missing = self._answers.unreported
            self._log.note(now, words.LOAD_STOPPED_AT_LEAST.say(**counts, missing=missing) if missing else (
                words.LOAD_STOPPED.say(**counts)
            ))  # fmt: skip


def _compared(sight: Sight | None, situation: Situation | None) -> ComparedRollout | None:
    """Canary against primary, in the zone of the drill's other times."""
    if sight is None or situation is None or situation.compared is None:
        return None
    return situation.compared.in_zone(sight.at.tzinfo)


def _decided(situation: Situation) -> DrillEnding | None:
    if situation.phase == "Failed":
        return DrillEnding.ROLLED_BACK
    return DrillEnding.PROMOTED if situation.phase in ("Promoting", "Finalising", "Succeeded") else None
