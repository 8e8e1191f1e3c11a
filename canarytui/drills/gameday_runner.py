"""Playing a game day: step by step, each with a line, an end in time, and what it wrote undone when it fails.

What it does to a cluster is behind :class:`ActionExecutor`, so that the order of things can be tested without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from canarytui.domain.checks import number_text
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import drill_guard, drill_run
from canarytui.domain.sentences import gameday as words
from canarytui.domain.situation import Situation
from canarytui.domain.state import state_of
from canarytui.drills.gameday import (
    EndDrill,
    Expect,
    ExpectCheck,
    GameDay,
    Gate,
    Inject,
    Sleep,
    Step,
    Suspend,
    Trigger,
    Wait,
)
from canarytui.drills.view import Ending, RunView, Stage
from canarytui.errors import CanarytuiError

T = TypeVar("T")
LOOK_EVERY_S = 0.5


class StepFailed(CanarytuiError):
    """A step did not come out as it was written; the message says what was seen instead."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """`problem` is "" for a step that came out right; `said` what it did."""

    number: int
    text: str
    seconds: float
    said: str = ""
    problem: str = ""
    skipped: bool = False


class ActionExecutor(Protocol):
    """What a game day needs of a cluster. Every method raises CanarytuiError when it cannot do its part."""

    def now(self) -> datetime: ...

    def situation(self) -> Situation | None: ...

    async def trigger(self, images: tuple[str, ...], container: str) -> str:
        """Set another image; what was written, in words."""
        ...

    async def suspend(self, suspends: bool) -> str:
        """What was written, in words; "" when it was so before."""
        ...

    async def gate(self, opens: bool) -> str:
        """What was called; "" when it was so before."""
        ...

    async def begin_drill(self, step: Inject) -> str:
        """Start load that goes on until :meth:`end_drill`; the prediction in words."""
        ...

    def drill(self) -> RunView | None:
        """The latest drill."""
        ...

    async def end_drill(self, why: str) -> None:
        """No load when this returns; nothing if there is none."""
        ...


class Player:
    """Plays one game day; `say` gets a line for each step."""

    def __init__(self, day: GameDay, hands: ActionExecutor, say: Callable[[str], None]) -> None:
        self._day, self._hands, self._say = day, hands, say
        self._undo: dict[str, Callable[[bool], Awaitable[str]]] = {}
        self._began: datetime | None = None
        self._failed_before = 0
        self._day_began = self._waited_from = hands.now()
        self.results: list[StepResult] = []
        """The steps so far, also for one who was interrupted."""
        self.not_undone: list[str] = []
        """What was written for a while and could not be undone, when the steps are over."""

    async def play(self) -> list[StepResult]:
        """All steps until one fails. However it ends, no load is left, and after a failure or a cancellation what was
        written for a while (a pause, an open gate) is undone."""
        results = self.results
        whole = False
        try:
            async with asyncio.timeout(self._day.timeout_s):
                for number, step in enumerate(self._day.steps, 1):
                    results.append(await self._one(number, step))
                    if results[-1].problem:
                        break
                else:
                    whole = True
        except TimeoutError:
            number = len(results) + 1
            problem = words.TIMEOUT.text(seconds=self._day.timeout_s)
            results.append(self._told(StepResult(number, self._day.texts[number - 1], 0.0, problem=problem)))
        finally:
            clearing = asyncio.ensure_future(self._clear_up(words.OVER.text(), undo=not whole))
            try:
                await asyncio.shield(clearing)
            except asyncio.CancelledError:
                await clearing  # cancelled while it clears up: what is left is known only when that is over
                raise
        results += [
            StepResult(number, self._day.texts[number - 1], 0.0, skipped=True)
            for number in range(len(results) + 1, len(self._day.steps) + 1)
        ]
        return results

    async def _one(self, number: int, step: Step) -> StepResult:
        began, said, problem = self._hands.now(), "", ""
        try:
            said = await self._do(step)
            problem = self._drill_problem(step)
        except CanarytuiError as error:
            problem = clean(str(error), 500)
        seconds = (self._hands.now() - began).total_seconds()
        return self._told(StepResult(number, self._day.texts[number - 1], seconds, said, problem))

    def _told(self, result: StepResult) -> StepResult:
        mark = "FAILED" if result.problem else "ok"
        more = result.problem or result.said
        clock = f"{self._hands.now():%H:%M:%S}"
        step = {"number": result.number, "count": len(self._day.steps), "mark": mark, "seconds": result.seconds}
        said = words.STEP_MORE.text(**step, step=result.text, more=more) if more else (
            words.STEP.text(**step, step=result.text)
        )  # fmt: skip
        self._say(f"{clock} {said}")
        return result

    async def _do(self, step: Step) -> str:
        hands = self._hands
        match step:
            case Trigger():
                return await hands.trigger(step.images, step.container)
            case Wait():
                return await self._wait(step)
            case Inject():
                situation = self._seen()
                said = await hands.begin_drill(step)
                self._began, self._failed_before = hands.now(), situation.canary.status.failed_checks
                return said
            case Expect():
                return await self._expect(step)
            case ExpectCheck():
                return await self._expect_check(step)
            case Gate():
                return await self._for_a_while(words.GATE.text(), hands.gate, step.opens)
            case Suspend():
                return await self._for_a_while(words.PAUSE.text(), hands.suspend, step.suspends)
            case Sleep():
                await asyncio.sleep(step.seconds)
                return ""
            case EndDrill():
                await hands.end_drill(words.ENDED_BY_STEP.text())
                return ""

    async def _for_a_while(self, what: str, act: Callable[[bool], Awaitable[str]], value: bool) -> str:
        """A gate or a pause; turned on, it is remembered to be turned off should the game day not get there. What was
        so before is not ours to undo."""
        if not value:
            self._undo.pop(what, None)
            return await act(False)
        self._undo[what] = act
        said = await act(True)
        if not said:
            self._undo.pop(what)
        return said or words.ALREADY.text()

    async def _wait(self, step: Wait) -> str:
        def seen() -> str | None:
            situation = self._hands.situation()
            if situation is None:
                return None
            at = words.WHERE.text(state=state_of(situation), weight=situation.weight)
            wrong = situation.phase == "Failed" and step.phases and "Failed" not in step.phases
            if wrong or (step.weight and not step.phases and situation.phase in ("Failed", "Succeeded")):
                # A rollout that has ended gets no further; one that has not begun may.
                since = situation.canary.status.last_transition_time
                if self._is_over(since):
                    raise StepFailed(words.ROLLOUT_OVER.text(where=at))
            return (
                at if (not step.phases or situation.phase in step.phases) and situation.weight >= step.weight else None
            )

        self._waited_from = self._hands.now()
        return await self._until(seen, step.within_s, lambda: words.STILL.text(where=self._where()))

    def _is_over(self, since: datetime | None) -> bool:
        return since is not None and (since - self._waited_from).total_seconds() > 0

    def _of_this_day(self, situation: Situation) -> bool:
        """Whether the phase was set since the game day began. The API's times are whole seconds."""
        since = situation.canary.status.last_transition_time
        return since is None or since >= self._day_began.replace(microsecond=0)

    async def _expect(self, step: Expect) -> str:
        interval_s = self._seen().interval_s
        began = self._began or self._hands.now()
        # A tick's decision is seen a little after it, so the last tick gets half an interval more.
        left_s = (step.within_ticks + 0.5) * interval_s - (self._hands.now() - began).total_seconds()

        def seen() -> str | None:
            situation = self._hands.situation()
            if situation is None:
                return None
            ticks = (self._hands.now() - began).total_seconds() / interval_s
            phase, failed = situation.phase, situation.canary.status.failed_checks
            if step.outcome == "halt" and phase == "Progressing" and failed > self._failed_before:
                return words.HALTED.text(failed=failed, ticks=ticks)
            ended = {"Failed": "rollback", "Succeeded": "promotion"}.get(phase, "")
            if ended and not self._of_this_day(situation):
                return None  # how an earlier rollout ended: the one that was triggered has not begun
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
            view = self._hands.drill()
            return view if view is not None and view.stage is Stage.ENDED else None

        if self._hands.drill() is None:
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

    async def _expect_check(self, step: ExpectCheck) -> str:
        def seen() -> str | None:
            value = next((check.value for check in self._seen().checks if check.name == step.name), None)
            if value is None:
                return None
            holds = value < step.below if step.below is not None else value > (step.above or 0.0)
            return words.CHECK_IS.text(check=step.name, value=number_text(value)) if holds else None

        names = [check.name for check in self._seen().checks]
        if step.name not in names:
            raise StepFailed(words.NO_CHECK.text(check=step.name, known=", ".join(names) or "none"))

        def instead() -> str:
            values = [check.value_text() for check in self._seen().checks if check.name == step.name]
            return words.CHECK_IS.text(check=step.name, value=next(iter(values), words.CHECK_GONE.text()))

        return await self._until(seen, step.within_s, instead)

    def _drill_problem(self, step: Step) -> str:
        """A drill that the guards have ended makes what follows worthless."""
        view = self._hands.drill()
        if view is not None and view.ending is Ending.ABORTED and not isinstance(step, EndDrill):
            own = view.by == drill_run.BY_GAME_DAY.text()
            return "" if own else words.DRILL_ABORTED.text(by=view.by, why=view.why)
        return ""

    async def _until(self, seen: Callable[[], T | None], within_s: float, instead: Callable[[], str]) -> T:
        ends = asyncio.get_running_loop().time() + within_s
        while (found := seen()) is None:
            if asyncio.get_running_loop().time() >= ends:
                raise StepFailed(words.NOT_WITHIN.text(seconds=within_s, instead=instead()))
            await asyncio.sleep(LOOK_EVERY_S)
        return found

    def _seen(self) -> Situation:
        situation = self._hands.situation()
        if situation is None:
            raise StepFailed(drill_guard.UNREADABLE.text())
        return situation

    def _where(self) -> str:
        situation = self._hands.situation()
        if situation is None:
            return words.UNREADABLE.text()
        failed = situation.canary.status.failed_checks
        return words.WHERE_FAILED.text(state=state_of(situation), weight=situation.weight, failed=failed)

    async def _clear_up(self, why: str, *, undo: bool) -> None:
        try:
            await self._hands.end_drill(why)
        except CanarytuiError as error:
            self._say(words.END_TROUBLE.text(why=clean(str(error), 300)))
        for what, act in reversed(list(self._undo.items()) if undo else []):
            try:
                done = await act(False)
                self._say(words.UNDONE.text(what=done) if done else words.UNDONE_BEFORE.text(what=what))
            except CanarytuiError as error:
                self.not_undone.append(what)
                self._say(words.NOT_UNDONE.text(why=clean(str(error), 300)))
