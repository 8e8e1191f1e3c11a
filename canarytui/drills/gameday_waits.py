"""What a game day's steps wait for: a phase, a weight, a rollout's outcome, a check's value. Every wait has a
deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import state_of
from canarytui.domain.sentences import drill_guard
from canarytui.domain.sentences import gameday as words
from canarytui.drills.gameday import ExpectCheckStep, ExpectStep, WaitStep
from canarytui.drills.gameday_cluster import GameDayCluster
from canarytui.drills.run_view import DrillStage, RunView
from canarytui.errors import CanarytuiError

T = TypeVar("T")
_LOOK_EVERY_S = 0.5


class StepFailed(CanarytuiError):
    """A step failed; the message says what was seen instead."""


class StepWaits:
    """Waits on behalf of one game day's steps; made when the game day begins."""

    def __init__(self, cluster: GameDayCluster) -> None:
        self._cluster = cluster
        self._drill_began: datetime | None = None
        self._failed_before = 0
        self._day_began = self._waited_from = cluster.now()

    def drill_began(self, failed_before: int) -> None:
        """Note that a drill has just begun, with so many failed checks on the canary: ticks count from now."""
        self._drill_began, self._failed_before = self._cluster.now(), failed_before

    def seen(self) -> Situation:
        """The canary now. Raises StepFailed: it cannot be read."""
        situation = self._cluster.situation()
        if situation is None:
            raise StepFailed(drill_guard.UNREADABLE.text())
        return situation

    async def wait(self, step: WaitStep) -> str:
        """Where the canary is then. Raises StepFailed: not in time, or the rollout has ended."""

        def seen() -> str | None:
            situation = self._cluster.situation()
            if situation is None:
                return None
            at = words.WHERE.text(state=state_of(situation), weight=situation.weight)
            wrong = situation.phase == "Failed" and step.phases and "Failed" not in step.phases
            if wrong or (step.weight and not step.phases and situation.phase in ("Failed", "Succeeded")):
                # A rollout that has ended goes no further; one that has not begun may.
                since = situation.canary.status.last_transition_time
                if self._is_over(since):
                    raise StepFailed(words.ROLLOUT_OVER.text(where=at))
            return (
                at if (not step.phases or situation.phase in step.phases) and situation.weight >= step.weight else None
            )

        self._waited_from = self._cluster.now()
        return await self._until(seen, step.within_s, lambda: words.STILL.text(where=self._where()))

    def _is_over(self, since: datetime | None) -> bool:
        return since is not None and (since - self._waited_from).total_seconds() > 0

    def _of_this_day(self, situation: Situation) -> bool:
        """Whether the phase was set since the game day began. The API's times are whole seconds."""
        since = situation.canary.status.last_transition_time
        return since is None or since >= self._day_began.replace(microsecond=0)

    async def expect(self, step: ExpectStep) -> str:
        """What was seen. Raises StepFailed: another outcome, none in time, or not as predicted."""
        interval_s = self.seen().interval_s
        began = self._drill_began or self._cluster.now()
        # A tick's decision is seen a little later, so the last tick gets half an interval more.
        left_s = (step.within_ticks + 0.5) * interval_s - (self._cluster.now() - began).total_seconds()

        def seen() -> str | None:
            situation = self._cluster.situation()
            if situation is None:
                return None
            ticks = (self._cluster.now() - began).total_seconds() / interval_s
            phase, failed = situation.phase, situation.canary.status.failed_checks
            if step.outcome == "halt" and phase == "Progressing" and failed > self._failed_before:
                return words.HALTED.text(failed=failed, ticks=ticks)
            ended = {"Failed": "rollback", "Succeeded": "promotion"}.get(phase, "")
            if ended and not self._of_this_day(situation):
                return None  # an earlier rollout's end: the one that was triggered has not begun
            if ended == step.outcome:
                return words.ENDED.text(phase=phase, ticks=ticks)
            if ended:
                raise StepFailed(words.OTHER_END.text(ended=ended, ticks=ticks))
            return None

        said = await self._until(
            seen, max(left_s, 0.0), lambda: words.AFTER_TICKS.text(ticks=step.within_ticks, where=self._where())
        )
        if step.prediction_within is None:
            return said
        return words.WITH_PREDICTION.text(outcome=said, prediction=await self._as_predicted(step.prediction_within))

    async def _as_predicted(self, within: int) -> str:
        def ended() -> RunView | None:
            view = self._cluster.drill()
            return view if view is not None and view.stage is DrillStage.ENDED else None

        if self._cluster.drill() is None:
            raise StepFailed(words.NO_DRILL.text())
        view = await self._until(ended, 5.0, words.DRILL_GOES_ON.text)
        predicted = view.plan.prediction
        off = abs(predicted.at_tick - view.ticks)
        if predicted.outcome.value != view.ending.value or off > within:
            raise StepFailed(
                words.PREDICTION_WRONG.text(
                    predicted=predicted.outcome.value,
                    predicted_tick=predicted.at_tick,
                    ending=view.ending.value,
                    tick=view.ticks,
                )
            )
        return words.PREDICTION_HELD.text(predicted_tick=predicted.at_tick, tick=view.ticks)

    async def expect_check(self, step: ExpectCheckStep) -> str:
        """The value. Raises StepFailed: no such check, or not in time."""

        def seen() -> str | None:
            value = next((check.value for check in self.seen().checks if check.name == step.name), None)
            if value is None:
                return None
            holds = value < step.below if step.below is not None else value > (step.above or 0.0)
            return words.CHECK_IS.text(check=step.name, value=number_text(value)) if holds else None

        names = [check.name for check in self.seen().checks]
        if step.name not in names:
            raise StepFailed(words.NO_CHECK.text(check=step.name, known=", ".join(names) or "none"))

        def instead() -> str:
            values = [check.value_text() for check in self.seen().checks if check.name == step.name]
            return words.CHECK_IS.text(check=step.name, value=next(iter(values), words.CHECK_GONE.text()))

        return await self._until(seen, step.within_s, instead)

    async def _until(self, seen: Callable[[], T | None], within_s: float, instead: Callable[[], str]) -> T:
        ends = asyncio.get_running_loop().time() + within_s
        while (found := seen()) is None:
            if asyncio.get_running_loop().time() >= ends:
                raise StepFailed(words.NOT_WITHIN.text(seconds=within_s, instead=instead()))
            await asyncio.sleep(_LOOK_EVERY_S)
        return found

    def _where(self) -> str:
        situation = self._cluster.situation()
        if situation is None:
            return words.UNREADABLE.text()
        failed = situation.canary.status.failed_checks
        return words.WHERE_FAILED.text(state=state_of(situation), weight=situation.weight, failed=failed)
