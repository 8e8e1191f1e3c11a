"""Pictures of the drill wizard at three terminal sizes: form, question, live view, the way out, and the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from replacing import replace
from textual.pilot import Pilot

from canarytui.console.actions.dialog import Dialog
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, fixture_state, open_fixture
from canarytui.console.demo_fixture.drill import FixtureProbe, fixture_answers
from canarytui.console.drill.form_screen import DrillScreen
from canarytui.console.drill.live_screen import DrillLiveScreen, LeaveScreen
from canarytui.console.drill.open_drill import open_drill
from canarytui.console.drill.running_drill import DrillDesk, RunningDrill
from canarytui.console.drill.saved import Saved
from canarytui.drills.drill_state import DrillRun
from canarytui.drills.guards import Limits
from canarytui.drills.hey_report import Answers
from canarytui.drills.library import load_drill
from canarytui.drills.run_view import DrillEnding, DrillEntry, DrillStage, RunView
from canarytui.session.state import ClusterState

SIZES = [(80, 24), (120, 40), (200, 60)]
KEY = ("test", "podinfo")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    for _ in range(400):
        if holds():
            await pilot.pause(0.3)
            return
        await pilot.pause(0.025)
    raise AssertionError("it did not come to that")


def text_of(app: Any) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def form(pilot: Pilot[Any], key: tuple[str, str] = KEY) -> None:
    app: Any = pilot.app
    await until(pilot, lambda: app.model.flow is not None)
    await open_drill(app, app.model, key)
    await until(pilot, lambda: isinstance(app.screen, DrillScreen) and "SENDS" in text_of(app))


async def mixed(pilot: Pilot[Any]) -> None:
    await form(pilot)
    await pilot.press("j", "j")
    await until(pilot, lambda: "▶ Some of everything" in text_of(pilot.app) and "60 % load" in text_of(pilot.app))
    await pilot.pause(0.6)


async def refused(pilot: Pilot[Any]) -> None:
    await form(pilot, ("pay", "ledger"))


async def question(pilot: Pilot[Any]) -> None:
    await form(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Dialog))


async def view_of(cluster_state: ClusterState, *, seconds: int) -> RunView:
    """The demo fixture's drill after so many seconds, its canary's values falling as they do under 500s."""
    probe = FixtureProbe(cluster_state, KEY, "canarytui-sandbox", [])
    plan = await probe.plan(load_drill("errors-500"), await probe.target())
    run = DrillRun(plan, Limits())
    sight = await probe.look()
    run.start(sight)
    assert sight.situation is not None
    answers = Answers()
    for moment in range(0, seconds, 2):
        answers = answers.plus(fixture_answers(plan.drill, 2))
        checks = tuple(
            replace(check, value=max(100.0 - 1.5 * moment, 45.0) if check.unit == "%" else check.value)
            for check in sight.situation.checks
        )
        run.see(replace(sight, at=NOW + timedelta(seconds=moment), situation=replace(sight.situation, checks=checks)))
    view = run.view()
    said = DrillEntry(NOW + timedelta(seconds=14), "failed checks 1/10: success rate 83.20% < 99%", warning=True)
    return replace(view, answers=answers, slices=seconds // 2, entries=(*view.entries, said), failed_checks=1, ticks=2)


async def live(pilot: Pilot[Any]) -> None:
    app: Any = pilot.app
    await until(pilot, lambda: app.model.flow is not None)
    view = await view_of(app.model.state, seconds=32)
    desk = app.model.drills = DrillDesk()
    desk.current = RunningDrill(view.plan, view)
    app.push_screen(DrillLiveScreen(app.model, desk, desk.current))
    await until(pilot, lambda: "800 requests" in text_of(app) and "⠒ real" in text_of(app))
    await pilot.pause(0.6)


async def left(pilot: Pilot[Any]) -> None:
    await live(pilot)
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, LeaveScreen))


async def banner(pilot: Pilot[Any]) -> None:
    await left(pilot)
    await pilot.press("l")
    await until(pilot, lambda: "NAMESPACE" in text_of(pilot.app))


async def ended(pilot: Pilot[Any]) -> None:
    app: Any = pilot.app
    await until(pilot, lambda: app.model.flow is not None)
    view = replace(
        await view_of(app.model.state, seconds=32), stage=DrillStage.ENDED, ending=DrillEnding.ROLLED_BACK, ticks=11
    )
    view = replace(view, ended=NOW + timedelta(seconds=108))
    folder = Path("/home/jane/.local/state/canarytui/drills")
    saved = Saved(folder / "20261123-143012-podinfo-1a2b3c.md", folder / "20261123-143012-podinfo-1a2b3c.json")
    app.push_screen(DrillLiveScreen(app.model, DrillDesk(), RunningDrill(view.plan, view, saved=saved, over=True)))
    await until(pilot, lambda: "REPORT" in text_of(app))


STEPS = (form, mixed, refused, question, live, left, banner, ended)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_step(step: Callable[..., Any], size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    assert snap_compare(app, terminal_size=size, run_before=step)


@pytest.mark.parametrize("step", [form, live], ids=lambda step: step.__name__)
def test_without_colours(
    step: Callable[..., Any], snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    assert snap_compare(app, terminal_size=(80, 24), run_before=step)
