"""An error in what goes on behind the screens is reported, and nothing ends by it."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from test_detail_screen import Console
from textual.pilot import Pilot

import canarytui
from canarytui.background import in_background
from canarytui.console.actions.trigger_screen import TriggerScreen
from canarytui.console.app import ConsoleApp
from canarytui.domain.sentences import console as words

PACKAGE = Path(canarytui.__path__[0])


async def fail() -> Any:
    raise LookupError("what nobody expected")


async def fails_in_a_worker_of_the_app(app: ConsoleApp) -> None:
    app.background.run(fail)


async def fails_in_a_dialog(app: ConsoleApp) -> None:
    """The gates and the trigger dialog ask meanwhile, in a worker of their own."""
    situation = app.model.state.situation(("shop", "cart"))
    assert situation is not None
    assert situation.target is not None
    app.push_screen(TriggerScreen(situation, situation.target, lambda _: fail()))


async def fails_in_a_task(app: ConsoleApp) -> None:
    """As watches and drills are, which no screen owns."""
    app.model.kept = in_background(fail(), "a watch")  # type: ignore[attr-defined]  # as long as the app


@pytest.mark.parametrize("begin", [fails_in_a_worker_of_the_app, fails_in_a_dialog, fails_in_a_task])
async def test_it_is_logged_with_its_traceback_and_said(
    begin: Callable[[ConsoleApp], Awaitable[None]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = Console().app
    async with app.run_test() as pilot:
        await pilot.pause(0.1)
        with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
            patched.setattr(type(app), "is_headless", False)
            await begin(app)
            await until_crashed(pilot)
        assert app.is_running
        assert any(notice.message == words.UNEXPECTED.text() for notice in app._notifications)
    assert isinstance(app.crash, LookupError)
    (record,) = (each for each in caplog.records if each.message == "unexpected error")
    assert record.exc_info is not None
    assert record.exc_info[2] is not None


async def test_what_finds_its_screen_closed_just_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Console().app
    async with app.run_test() as pilot:
        await pilot.pause(0.1)
        screen = app.screen

        async def seek() -> None:
            await pilot.pause(0.05)
            screen.query_one("#gone")

        monkeypatch.setattr(type(app), "screen_stack", [])
        worker = screen.run_worker(seek())
        await worker.wait()
        monkeypatch.undo()
        assert worker.result is None


async def until_crashed(pilot: Pilot[int]) -> None:
    for _ in range(100):
        await pilot.pause(0.02)
        if getattr(pilot.app, "crash", None) is not None:
            return
    raise AssertionError("the error is lost")


async def test_a_test_that_meets_one_fails() -> None:
    with pytest.raises(LookupError):
        await run_and_fail()


async def run_and_fail() -> None:
    async with Console().app.run_test() as pilot:
        pilot.app.run_worker(fail)
        await pilot.pause(0.2)


AWAITED = {
    "background.py": "reports how it ends",
    "cli/foreground.py": "awaited there",
    "cli/gameday_steps.py": "awaited when the drill ends",
    "cli/sandbox.py": "its end alone counts",
    "cluster/child_processes.py": "awaited there",
    "cluster/credentials.py": "awaited by the request that needs the credential",
    "cluster/plugin_process.py": "gathered there",
    "cluster/reflector.py": "awaited there",
    "console/web/server.py": "awaited there",
    "console/web/window_process.py": "awaited there",
    "doctor/reading.py": "awaited by each who asks",
    "drills/gameday_runner.py": "awaited there",
    "engine/runtime/cluster_view.py": "in a group",
    "engine/runtime/controller.py": "awaited there",
    "metrics/providers/sampled_history.py": "in a group",
    "session/rolling_comparison.py": "in a group",
}
"""Who starts tasks, and why an error in one of them cannot get lost."""


def test_every_task_is_awaited_or_reports_how_it_ends() -> None:
    starts = re.compile(r"\b(create_task|ensure_future)\(")
    modules = [path for path in PACKAGE.rglob("*.py") if "sandbox" not in path.relative_to(PACKAGE).parts]
    found = {str(path.relative_to(PACKAGE)) for path in modules if starts.search(path.read_text())}
    assert found == AWAITED.keys(), "use canarytui.background.in_background"


def test_no_worker_keeps_its_errors_to_itself() -> None:
    assert [str(path) for path in PACKAGE.rglob("*.py") if "exit_on_error" in path.read_text()] == []
