"""The list of what can be undone, on the screen: one is chosen; what cannot be undone is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from textual.app import App

from canarytui.console.actions.undo_screen import Undoable, UndoScreen
from canarytui.console.widgets.lines import Lines
from canarytui.domain.actions import ActionRequest
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.plan import Intent

NAME = ("shop", "cart")
AT = datetime(2026, 11, 26, 13, tzinfo=UTC)


def listed(count: int) -> list[Undoable]:
    paused = DoneAction("1", NAME, Intent.PAUSE, "Pause shop/cart at weight 20\x1b[2J", at=AT)
    promoted = DoneAction("2", NAME, Intent.PROMOTE, "Promote shop/cart", at=AT)
    back = WayBack(ActionRequest(Intent.RESUME), title="Resume shop/cart at weight 20")
    return [Undoable(promoted, WayBack(why="the primary has the new version")), Undoable(paused, back)] * count


async def test_the_chosen_one_is_answered_and_one_without_a_way_back_is_not() -> None:
    app: App[Any] = App()
    answers: list[Undoable | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(UndoScreen(listed(20), "kind-a", UTC), answers.append)
        await pilot.pause()
        text = app.screen.query_one("#undo-lines", Lines).text.plain
        assert text.startswith(
            "▶ 11-26 13:00:00  Promote shop/cart\n    not possible: the primary has the new version\n"
        )
        assert "undo: Resume shop/cart at weight 20" in text
        assert "\x1b" not in text
        await pilot.press("enter")
        assert answers == []
        await pilot.press(*"j" * 60)
        assert app.screen.query_one("#undo-lines", Lines).text.plain.count("▶") == 1
        await pilot.press("enter")
        await pilot.pause()
    assert [each.done.number for each in answers if each is not None] == ["1"]
