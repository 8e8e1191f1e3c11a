"""Runs a game day step by step: a line for each, a deadline, and a cleanup of what it wrote if it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from canarytui.domain.sentences import drill_run
from canarytui.domain.sentences import gameday as words
from canarytui.domain.text.plain import clean
from canarytui.drills.gameday import (
    DrillStep,
    EndDrillStep,
    ExpectCheckStep,
    ExpectStep,
    GameDay,
    GateStep,
    PauseStep,
    SleepStep,
    Step,
    TriggerStep,
    WaitStep,
)
from canarytui.drills.gameday_cluster import GameDayCluster
from canarytui.drills.gameday_waits import StepWaits
from canarytui.drills.run_view import DrillEnding
from canarytui.errors import CanarytuiError


class StepResult(Struct, frozen=True):
    """`problem` is "" for a step that passed; `said` is what it did."""

    number: int
    text: str
    seconds: float
    said: str = ""
    problem: str = ""
    skipped: bool = False


class GameDayRunner:
    """Runs one game day; `say` gets a line for each step."""

    def __init__(self, day: GameDay, cluster: GameDayCluster, say: Callable[[str], None]) -> None:
        self._day, self._cluster, self._say = day, cluster, say
        self._undo: dict[str, Callable[[bool], Awaitable[str]]] = {}
        self._waits = StepWaits(cluster)
        self.results: list[StepResult] = []
        """The steps so far, readable after an interruption."""
        self.not_undone: list[str] = []
        """What was written temporarily and could not be undone, once the steps are over."""

    async def run(self) -> list[StepResult]:
        """Run the steps until one fails. However it ends, no load is left, and after a failure or a cancellation
        temporary writes (a pause, an open gate) are undone."""
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
                await clearing  # cancelled during the cleanup: only its end shows what is left
                raise
        results += [
            StepResult(number, self._day.texts[number - 1], 0.0, skipped=True)
            for number in range(len(results) + 1, len(self._day.steps) + 1)
        ]
        return results

    async def _one(self, number: int, step: Step) -> StepResult:
        began, said, problem = self._cluster.now(), "", ""
        try:
            said = await self._do(step)
            problem = self._drill_problem(step)
        except CanarytuiError as error:
            problem = clean(str(error), 500)
        seconds = (self._cluster.now() - began).total_seconds()
        return self._told(StepResult(number, self._day.texts[number - 1], seconds, said, problem))

    def _told(self, result: StepResult) -> StepResult:
        mark = "FAILED" if result.problem else "ok"
        more = result.problem or result.said
        clock = f"{self._cluster.now():%H:%M:%S}"
        step = {"number": result.number, "count": len(self._day.steps), "mark": mark, "seconds": result.seconds}
        said = words.STEP_MORE.text(**step, step=result.text, more=more) if more else (
            words.STEP.text(**step, step=result.text)
        )  # fmt: skip
        self._say(f"{clock} {said}")
        return result

    async def _do(self, step: Step) -> str:
        cluster = self._cluster
        match step:
            case TriggerStep():
                return await cluster.trigger(step.images, step.container or "")
            case WaitStep():
                return await self._waits.wait(step)
            case DrillStep():
                situation = self._waits.seen()
                said = await cluster.begin_drill(step)
                self._waits.drill_began(situation.canary.status.failed_checks)
                return said
            case ExpectStep():
                return await self._waits.expect(step)
            case ExpectCheckStep():
                return await self._waits.expect_check(step)
            case GateStep():
                return await self._for_a_while(words.GATE.text(), cluster.gate, step.opens)
            case PauseStep():
                return await self._for_a_while(words.PAUSE.text(), cluster.pause, step.pauses)
            case SleepStep():
                await asyncio.sleep(step.seconds)
                return ""
            case EndDrillStep():
                await cluster.end_drill(words.ENDED_BY_STEP.text())
                return ""

    async def _for_a_while(self, what: str, act: Callable[[bool], Awaitable[str]], value: bool) -> str:
        """Turn a gate or a pause on or off. What was turned on is remembered, to be turned off if the game day never
        does. What was on before is not ours to undo."""
        if not value:
            self._undo.pop(what, None)
            return await act(False)
        self._undo[what] = act
        said = await act(True)
        if not said:
            self._undo.pop(what)
        return said or words.ALREADY.text()

    def _drill_problem(self, step: Step) -> str:
        """Why the drill was aborted by its guards, which makes the next steps worthless; "" if it was not."""
        view = self._cluster.drill()
        if view is not None and view.ending is DrillEnding.ABORTED and not isinstance(step, EndDrillStep):
            own = view.by == drill_run.BY_GAME_DAY.text()
            return "" if own else words.DRILL_ABORTED.text(by=view.by, why=view.why)
        return ""

    async def _clear_up(self, why: str, *, undo: bool) -> None:
        try:
            await self._cluster.end_drill(why)
        except CanarytuiError as error:
            self._say(words.END_TROUBLE.text(why=clean(str(error), 300)))
        for what, act in reversed(list(self._undo.items()) if undo else []):
            try:
                done = await act(False)
                self._say(words.UNDONE.text(what=done) if done else words.UNDONE_BEFORE.text(what=what))
            except CanarytuiError as error:
                self.not_undone.append(what)
                self._say(words.NOT_UNDONE.text(why=clean(str(error), 300)))
