"""Playing a game day: step by step, each with a line, an end in time, and what it wrote undone when it fails.

What it does to a cluster is behind :class:`Hands`, so that the order of things can be tested without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from canarytui.domain.checks import number_text
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import Situation
from canarytui.domain.state import state_of
from canarytui.errors import CanarytuiError
from canarytui.faults.gameday import (
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
from canarytui.faults.view import Ending, RunView, Stage

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


class Hands(Protocol):
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

    def __init__(self, day: GameDay, hands: Hands, say: Callable[[str], None]) -> None:
        self._day, self._hands, self._say = day, hands, say
        self._undo: dict[str, Callable[[bool], Awaitable[str]]] = {}
        self._began: datetime | None = None
        self._failed_before = 0
        self._waited_from = hands.now()
        self.results: list[StepResult] = []
        """The steps so far, also for one who was interrupted."""

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
            problem = f"the game day's timeout of {self._day.timeout_s:g} s is over"
            results.append(self._told(StepResult(number, self._day.texts[number - 1], 0.0, problem=problem)))
        finally:
            await asyncio.shield(self._clear_up("the game day is over", undo=not whole))
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
        self._say(f"{clock} step {result.number}/{len(self._day.steps)} {mark} ({result.seconds:.1f} s): {result.text}"
                  f"{f' - {more}' if more else ''}")  # fmt: skip
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
                return await self._for_a_while("gate", hands.gate, step.opens)
            case Suspend():
                return await self._for_a_while("pause", hands.suspend, step.suspends)
            case Sleep():
                await asyncio.sleep(step.seconds)
                return ""
            case EndDrill():
                await hands.end_drill("the game day ends it")
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
        return said or "it was so before"

    async def _wait(self, step: Wait) -> str:
        def seen() -> str | None:
            situation = self._hands.situation()
            if situation is None:
                return None
            at = f"{state_of(situation)}, weight {situation.weight}"
            wrong = situation.phase == "Failed" and step.phases and "Failed" not in step.phases
            if wrong or (step.weight and not step.phases and situation.phase in ("Failed", "Succeeded")):
                # A rollout that has ended gets no further; one that has not begun may.
                since = situation.canary.status.last_transition_time
                if self._is_over(since):
                    raise StepFailed(f"the rollout is over: {at}")
            return (
                at if (not step.phases or situation.phase in step.phases) and situation.weight >= step.weight else None
            )

        self._waited_from = self._hands.now()
        return await self._until(seen, step.within_s, lambda: f"still {self._where()}")

    def _is_over(self, since: datetime | None) -> bool:
        return since is not None and (since - self._waited_from).total_seconds() > 0

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
                return f"{failed} failed checks after {ticks:.1f} ticks"
            ended = {"Failed": "rollback", "Succeeded": "promotion"}.get(phase, "")
            if ended == step.outcome:
                return f"{phase} after {ticks:.1f} ticks"
            if ended:
                raise StepFailed(f"there was a {ended} after {ticks:.1f} ticks")
            return None

        said = await self._until(
            seen, max(left_s, 0.0), lambda: f"after {step.within_ticks} ticks it is {self._where()}"
        )
        return said if step.prediction_within is None else f"{said}; {await self._as_predicted(step.prediction_within)}"

    async def _as_predicted(self, within: int) -> str:
        def ended() -> RunView | None:
            view = self._hands.drill()
            return view if view is not None and view.stage is Stage.ENDED else None

        view = await self._until(ended, 5.0, lambda: "the drill has not ended")
        predicted = view.plan.prediction
        off = abs(predicted.at_tick - view.ticks)
        if predicted.outcome.value != view.ending.value or off > within:
            raise StepFailed(
                f"predicted was {predicted.outcome.value} at tick {predicted.at_tick}, and it was "
                f"{view.ending.value} at tick {view.ticks}"
            )
        return f"predicted at tick {predicted.at_tick}, decided at tick {view.ticks}"

    async def _expect_check(self, step: ExpectCheck) -> str:
        def seen() -> str | None:
            value = next((check.value for check in self._seen().checks if check.name == step.name), None)
            if value is None:
                return None
            holds = value < step.below if step.below is not None else value > (step.above or 0.0)
            return f"{step.name} is {number_text(value)}" if holds else None

        names = [check.name for check in self._seen().checks]
        if step.name not in names:
            raise StepFailed(f"there is no check {step.name}: there is {', '.join(names) or 'none'}")

        def instead() -> str:
            value = next((check.value_text() for check in self._seen().checks if check.name == step.name), "gone")
            return f"{step.name} is {value}"

        return await self._until(seen, step.within_s, instead)

    def _drill_problem(self, step: Step) -> str:
        """A drill that the guards have ended makes what follows worthless."""
        view = self._hands.drill()
        if view is not None and view.ending is Ending.ABORTED and not isinstance(step, EndDrill):
            return "" if view.by == "the game day" else f"the drill was aborted by {view.by}: {view.why}"
        return ""

    async def _until(self, seen: Callable[[], T | None], within_s: float, instead: Callable[[], str]) -> T:
        ends = asyncio.get_running_loop().time() + within_s
        while (found := seen()) is None:
            if asyncio.get_running_loop().time() >= ends:
                raise StepFailed(f"not within {within_s:.0f} s: {instead()}")
            await asyncio.sleep(LOOK_EVERY_S)
        return found

    def _seen(self) -> Situation:
        situation = self._hands.situation()
        if situation is None:
            raise StepFailed("the canary cannot be read")
        return situation

    def _where(self) -> str:
        situation = self._hands.situation()
        if situation is None:
            return "not to be read"
        failed = situation.canary.status.failed_checks
        return f"{state_of(situation)}, weight {situation.weight}, {failed} failed checks"

    async def _clear_up(self, why: str, *, undo: bool) -> None:
        try:
            await self._hands.end_drill(why)
        except CanarytuiError as error:
            self._say(f"! the drill's end: {clean(str(error), 300)}")
        for act in reversed(list(self._undo.values()) if undo else []):
            try:
                self._say(f"undone: {await act(False)}")
            except CanarytuiError as error:
                self._say(f"! not undone: {clean(str(error), 300)}")
