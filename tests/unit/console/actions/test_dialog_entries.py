"""What is typed into a dialog looks the same in all of them: one line, without a border."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from rich.text import Text
from textual.screen import ModalScreen
from textual.widgets import Input

from canarytui.console.actions.dialog import Dialog
from canarytui.console.actions.number_screen import NumberScreen
from canarytui.console.actions.trigger_screen import TriggerScreen
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.picker_screen import PickerScreen
from canarytui.domain.rollout.situation import Situation
from canarytui.session.polling import wait_until

PODINFO = ("test", "podinfo")


async def no_history(situation: Situation) -> dict[str, list[str]]:
    return {}


def trigger(app: ConsoleApp) -> ModalScreen[Any]:
    situation = app.model.state.situation(PODINFO)
    assert situation is not None
    assert situation.target is not None
    return TriggerScreen(situation, situation.target, no_history)


DIALOGS: dict[str, Callable[[ConsoleApp], ModalScreen[Any]]] = {
    "trigger": trigger,
    "number": lambda app: NumberScreen("Title", 3, "why"),
    "guard": lambda app: Dialog("Title", Text("body"), yes="Yes", guard="cart", guard_reason="production"),
    "picker": lambda app: PickerScreen("Title", []),
}


@pytest.mark.parametrize("name", DIALOGS)
async def test_every_entry_is_one_line_with_or_without_focus(name: str) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(lambda: app.model.state.situation(PODINFO) is not None, 10.0)
        app.push_screen(DIALOGS[name](app))
        await pilot.pause()
        entry = app.screen.query_one(Input)
        for focused in (True, False):
            app.screen.set_focus(entry if focused else None)
            await pilot.pause()
            assert entry.region.height == 1
            assert {edge for edge, _ in entry.styles.border} <= {"", "none"}
