"""Game days: the file, the order of steps, what a failure leaves behind, and what a CI reads of it."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest
import yaml
from drilled import NOW, plan, sight, situation
from replacing import replace

from canarytui.domain.rollout.situation import Situation
from canarytui.drills import gameday_waits
from canarytui.drills.drill_state import DrillRun
from canarytui.drills.gameday import DrillStep, GameDay, TriggerStep, parse_game_day
from canarytui.drills.gameday_runner import GameDayRunner
from canarytui.drills.guards import Limits
from canarytui.drills.junit import as_junit
from canarytui.drills.run_view import RunView
from canarytui.errors import CanarytuiError, ConfigError


def day(steps: str, timeout: str = "30s") -> GameDay:
    text = f"name: lab\ncanary: test/podinfo\ntimeout: {timeout}\nsteps:\n{steps}"
    return parse_game_day(yaml.safe_load(text), "day.yaml")


class FakeCluster:
    """A cluster of the mind: `script` gives the situation after so many looks; every act is noted."""

    def __init__(self, *script: Situation, refuse: str = "") -> None:
        self.script, self.refuse = list(script) or [situation()], refuse
        self.acts: list[str] = []
        self.run: DrillRun | None = None
        self.looks = 0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.looks)

    def situation(self) -> Situation | None:
        self.looks += 1
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def drill(self) -> RunView | None:
        return self.run.view() if self.run is not None else None

    def _act(self, what: str) -> str:
        if what == self.refuse:
            raise CanarytuiError(f"{what} was refused")
        self.acts.append(what)
        return what

    async def trigger(self, images: tuple[str, ...], container: str) -> str:
        return self._act(f"trigger {' '.join(images)}")

    async def pause(self, pauses: bool) -> str:
        return self._act("pause" if pauses else "resume")

    async def gate(self, opens: bool) -> str:
        return self._act("open" if opens else "close")

    async def begin_drill(self, step: DrillStep) -> str:
        self.run = DrillRun(plan(), Limits())
        self.run.start(sight())
        return self._act(f"drill {step.drill}")

    async def end_drill(self, why: str) -> None:
        self._act("end drill")
        if self.run is not None:
            self.run.abort(self.now(), "the game day", why)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gameday_waits, "_LOOK_EVERY_S", 0.001)


async def played(executor: FakeCluster, given: GameDay) -> tuple[list[str], list[str]]:
    """(problems of the steps, lines)."""
    lines: list[str] = []
    results = await GameDayRunner(given, executor, lines.append).run()
    assert len(results) == len(given.steps)
    return ["skipped" if each.skipped else each.problem for each in results], lines


async def test_steps_in_their_order() -> None:
    executor = FakeCluster(situation(canaryWeight=5), situation(canaryWeight=5), situation(canaryWeight=20))
    problems, lines = await played(
        executor, day("- trigger: {image: a:1}\n- wait: {weight: 20}\n- drill: {name: errors-500}\n- sleep: 1ms\n")
    )
    assert problems == ["", "", "", ""]
    assert executor.acts == ["trigger a:1", "drill errors-500", "end drill"]
    assert "step 2/4 ok" in lines[1]
    assert lines[1].endswith("wait weight 20 - Progressing, weight 20")


async def test_a_failure_skips_the_rest_and_undoes_what_was_for_a_while() -> None:
    executor = FakeCluster()
    problems, lines = await played(
        executor, day("- gate: open\n- pause: true\n- expect-check: {name: nope, below: 1}\n- trigger: {image: a:1}\n")
    )
    assert problems == ["", "", "there is no check nope: there is request-success-rate, request-duration", "skipped"]
    assert executor.acts == ["open", "pause", "end drill", "resume", "close"]
    assert lines[-2:] == ["undone: resume", "undone: close"]


async def test_what_was_undone_by_a_step_is_not_undone_again() -> None:
    executor = FakeCluster()
    await played(executor, day("- gate: open\n- pause: true\n- resume: true\n- expect-check: {name: nope, below: 1}\n"))
    assert executor.acts == ["open", "pause", "resume", "end drill", "close"]


async def test_what_was_so_before_is_not_undone() -> None:
    executor = FakeCluster()

    async def paused_already(suspends: bool) -> str:
        executor.acts.append(f"suspend {suspends}")
        return ""

    executor.pause = paused_already  # type: ignore[method-assign]
    await played(executor, day("- pause: true\n- expect-check: {name: nope, below: 1}\n"))
    assert executor.acts == ["suspend True", "end drill"]


async def test_cancelled_it_clears_up() -> None:
    executor = FakeCluster()
    playing = asyncio.create_task(GameDayRunner(day("- pause: true\n- sleep: 60s\n"), executor, print).run())
    while "pause" not in executor.acts:  # noqa: ASYNC110
        await asyncio.sleep(0)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert executor.acts == ["pause", "end drill", "resume"]


async def test_its_timeout_ends_it() -> None:
    executor = FakeCluster()
    problems, _ = await played(executor, day("- pause: true\n- sleep: 60s\n- resume: true\n", timeout="50ms"))
    assert problems == ["", "the game day's timeout of 0.05 s is over", "skipped"]
    assert executor.acts == ["pause", "end drill", "resume"]


FAILED = situation(phase="Failed", canaryWeight=0)


@pytest.mark.parametrize(
    ("steps", "script", "problem"),
    [
        ("- expect: {outcome: rollback, within-ticks: 3}\n", [situation(), FAILED], ""),
        ("- expect: {outcome: halt, within-ticks: 3}\n", [situation(), situation(failedChecks=1)], ""),
        ("- expect: {outcome: promotion, within-ticks: 3}\n", [situation(), FAILED], "there was a rollback after"),
        ("- expect: {outcome: rollback, within-ticks: 3}\n", [situation(phase="Succeeded")],
         "there was a promotion after"),
        ("- expect-check: {name: request-success-rate, below: 99, within: 1ms}\n", [situation()],
         "not within 0 s: request-success-rate is 100 %"),
        ("- wait: {phase: Succeeded, within: 1ms}\n", [situation()], "not within 0 s: still Progressing, weight 20"),
    ],
)  # fmt: skip
async def test_expectations(steps: str, script: list[Situation], problem: str) -> None:
    problems, _ = await played(FakeCluster(*script), day(steps))
    assert problems[0].startswith(problem)
    assert bool(problems[0]) == bool(problem)


async def test_a_drill_that_the_guards_end_fails_the_step_after_it() -> None:
    executor = FakeCluster()

    async def begin(step: DrillStep) -> str:
        executor.run = DrillRun(plan(), Limits())
        executor.run.start(sight())
        executor.run.see(replace(sight(), context="prod"))
        return "drill"

    executor.begin_drill = begin  # type: ignore[method-assign]
    problems, _ = await played(executor, day("- drill: {name: errors-500}\n- sleep: 1ms\n"))
    assert problems == ["the drill was aborted by the guards: the context is prod, no longer lab", "skipped"]


async def test_an_act_that_is_refused_fails_its_step() -> None:
    problems, _ = await played(FakeCluster(refuse="trigger a:1"), day("- trigger: {image: a:1}\n"))
    assert problems == ["trigger a:1 was refused"]


async def test_a_ci_reads_it() -> None:
    given = day("- sleep: 1ms\n- expect-check: {name: 'a\x7fb<&>', below: 1}\n- sleep: 1ms\n".replace("\x7f", ""))
    results = await GameDayRunner(given, FakeCluster(), lambda line: None).run()
    root = ET.fromstring(as_junit(given, results, NOW, "a line\x1b[2J\n<b>\x00"))
    assert {key: root.attrib[key] for key in ("tests", "failures", "skipped")} == {
        "tests": "3", "failures": "1", "skipped": "1",
    }  # fmt: skip
    cases = root.findall("./testsuite/testcase")
    assert [len(list(case)) for case in cases] == [0, 1, 1]
    failure = cases[1].find("failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("there is no check ab<&>")
    assert root.findtext("./testsuite/system-out") == "a line\n<b>\\x00"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("- jump: {}", "day.yaml: steps[0].jump is not known: use trigger, wait, drill"),
        ("- wait: {soon: 1}", "day.yaml: steps[0].wait.soon is not known: use phase, weight, within."),
        ("- drill: {name: a, parameters: 3}", "day.yaml: steps[0].drill.parameters must be a map of names and whole"),
        ("- drill: {name: a, parameters: {b: -1}}", "day.yaml: steps[0].drill.parameters.b must be a whole number"),
        ("- end-drill:", "day.yaml: steps[0].end-drill must be true."),
        ("- wait: {}", "day.yaml: steps[0].wait must name a phase or a weight."),
        ("- wait: {phase: Happy}", "day.yaml: steps[0].wait.phase must be of Initializing"),
        ("- sleep: 10h", "day.yaml: steps[0].sleep must be a duration such as 30s or 2m, at most 300s."),
        ("- gate: ajar", "day.yaml: steps[0].gate must be open or close."),
        ("- trigger: {restart: false}", "day.yaml: steps[0].trigger.restart must be true, and stand without image."),
        ("- pause: 3", "day.yaml: steps[0].pause must be true."),
        ("- trigger: {image: 'a b'}", "day.yaml: steps[0].trigger.image must be an image such as"),
        ("- expect: {outcome: fun}", "day.yaml: steps[0].expect.outcome must be one of rollback, promotion, halt."),
        ("- expect: {outcome: halt}", "day.yaml: steps[0].expect.within-ticks must be a whole number"),
        ("- expect-check: {name: a}", "day.yaml: steps[0].expect-check must have either below or above."),
        ("- drill: {name: a, rate: -1}", "day.yaml: steps[0].drill.rate must be above 0."),
        ("- 7", "day.yaml: steps[0] must be a map with"),
        ("- {pause: true, resume: true}", "day.yaml: steps[0] must have one word"),
    ],
)
def test_a_mistake_is_one_sentence(step: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        day(step)
    assert str(told.value).startswith(said)


def test_the_packages_game_day() -> None:
    from canarytui.cli.gameday import read

    given = parse_game_day(*read("seed-rollback"))
    assert given.canary == ("test", "podinfo")
    assert isinstance(given.steps[1], TriggerStep)


async def test_how_an_earlier_rollout_ended_is_no_outcome_of_this_day() -> None:
    def ended(seconds: int) -> Situation:
        return situation(
            phase="Failed", canaryWeight=0, lastTransitionTime=f"{NOW + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
        )

    executor = FakeCluster(ended(-3600), ended(-3600), situation(), ended(2))
    given = day("- trigger: {image: a:1}\n- expect: {outcome: rollback, within-ticks: 20}\n")
    problems, lines = await played(executor, given)
    assert problems == ["", ""]
    assert lines[1].endswith("Failed after 0.3 ticks")


async def test_nothing_is_undone_that_somebody_undid_before() -> None:
    executor, said = FakeCluster(), iter(["pause", ""])

    async def suspend(suspends: bool) -> str:
        return next(said)

    executor.pause = suspend  # type: ignore[method-assign]
    _, lines = await played(executor, day("- pause: true\n- expect-check: {name: nope, below: 1}\n"))
    assert lines[-1] == "nothing to undo: pause is off already"


async def test_what_could_not_be_undone_is_known() -> None:
    lines: list[str] = []
    runner = GameDayRunner(day("- gate: open\n- pause: true\n- expect-check: {name: nope, below: 1}\n"),
                    FakeCluster(refuse="resume"), lines.append)  # fmt: skip
    await runner.run()
    assert runner.not_undone == ["pause"]
    assert lines[-2:] == ["! not undone: resume was refused", "undone: close"]


async def test_a_prediction_is_compared_with_a_drill_only() -> None:
    given = day("- expect: {outcome: rollback, within-ticks: 20, prediction-within-ticks: 1}\n")
    problems, _ = await played(FakeCluster(FAILED), given)
    assert problems == ["no drill was begun"]


async def test_cancelled_while_it_clears_up_it_does_so_to_the_end() -> None:
    executor, clearing = FakeCluster(), asyncio.Event()

    async def end_drill(why: str) -> None:
        clearing.set()
        await asyncio.sleep(0.01)
        executor.acts.append("end drill")

    executor.end_drill = end_drill  # type: ignore[method-assign]
    given = day("- pause: true\n- expect-check: {name: nope, below: 1}\n")
    playing = asyncio.create_task(GameDayRunner(given, executor, print).run())
    await clearing.wait()
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert executor.acts == ["pause", "end drill", "resume"]
