"""The question in a guarded place: what has to be typed and both answers are in view on every terminal."""

from __future__ import annotations

from datetime import UTC

import pytest
from rich.text import Text
from textual.widgets import Input

from canarytui.console.actions.dialog import Dialog
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture

PARTS = ("#dialog-title", "#dialog-guard", "#guard", "#dialog-buttons", "#no", "#yes")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
async def test_what_has_to_be_typed_and_the_answers_are_in_view_however_long_the_plan(size: tuple[int, int]) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        plan = Text("\n".join(f"line {line} of a long plan" for line in range(100)))
        answers: list[bool | None] = []
        dialog = Dialog("Pause", plan, yes="Yes", guard="cart", guard_reason="context eu-prod-1 looks like production")
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        await pilot.press("y", "enter")
        assert answers == []
        assert dialog.query_one("#guard", Input).value == "y"
        inside = dialog.query_one("#dialog").content_region
        for part in PARTS:
            region = dialog.query_one(part).region
            assert region.height > 0
            assert inside.contains_region(region), part
        assert dialog.query_one("#dialog-body").region.height >= 4
        await pilot.press("backspace", *"cart", "enter")
        await pilot.pause()
        assert answers == [True]
