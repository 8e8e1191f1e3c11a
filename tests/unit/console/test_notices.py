"""Notices do not pile up over what people look at."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from textual.widgets._toast import Toast

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.notices import Notice, kept


def notice(message: str, severity: Any = "warning", ends: float = 10.0) -> Notice:
    return Notice(message, "", severity, ends, False)


@pytest.mark.parametrize(
    ("before", "stays"),
    [
        ([], []),
        ([notice("told", "information")], []),
        ([notice("first"), notice("second")], ["second"]),
        ([notice("over", ends=4.0)], []),
        ([notice("failed", "error"), notice("told", "information")], ["failed"]),
        ([notice("newest")], []),
    ],
)
def test_only_the_last_warning_stays_beside_the_newest(before: list[Notice], stays: list[str]) -> None:
    assert [each.message for each in kept(before, notice("newest"), 5.0)] == stays


async def test_twenty_notices_are_two_on_the_screen() -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause(0.3)
        for number in range(20):
            app.notify(f"told {number}", timeout=60)
            app.notify(f"failed {number}", severity="warning", timeout=60)
        app.notify("[not] markup", markup=False)
        await pilot.pause(0.3)
        shown = [str(toast.render()) for toast in app.screen.query(Toast)]
        assert len(shown) == 2
        assert "failed 19" in shown[0]
        assert "[not] markup" in shown[1]
