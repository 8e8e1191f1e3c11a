"""An error in what goes on behind the screens is reported, and nothing ends by it."""

from __future__ import annotations

import logging

import pytest
from test_detail_screen import Console
from textual.pilot import Pilot

from canarytui.domain.sentences import console as words


async def fail() -> None:
    raise LookupError("what nobody expected")


async def test_it_is_logged_with_its_traceback_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = Console().app
    async with app.run_test() as pilot:
        with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
            patched.setattr(type(app), "is_headless", False)
            app.background.run(fail)
            await until_crashed(pilot)
        assert app.is_running
        assert any(notice.message == words.UNEXPECTED.text() for notice in app._notifications)
    assert isinstance(app.crash, LookupError)
    (record,) = (each for each in caplog.records if each.message == "unexpected error")
    assert record.exc_info is not None
    assert record.exc_info[2] is not None


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
