"""Widgets that several screens share, and the wall's: what they show, and what they ask to be drawn again."""

from __future__ import annotations

from typing import Any

import pytest
from rich.text import Text
from textual.app import App, ComposeResult

from canarytui.console.list.column_titles import ColumnTitles
from canarytui.console.list.columns import layout
from canarytui.console.themes import style_sheets, tones
from canarytui.console.wall.widget import WallText
from canarytui.console.widgets.choice import Choice
from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page


class Shelf(App[None]):
    """One of each widget."""

    def __init__(self) -> None:
        super().__init__(css_path=list(style_sheets()))
        self.changes = 0

    def get_css_variables(self) -> dict[str, str]:
        variables = super().get_css_variables()
        return {**variables, **tones(variables)}

    def compose(self) -> ComposeResult:
        yield Choice(["one", "two", "three"])
        yield QuietInput(value="old")
        yield Lines()
        yield Page()
        yield ColumnTitles(id="titles")
        yield WallText(id="wall")

    def on_choice_changed(self) -> None:
        self.changes += 1


async def test_a_choice_goes_round_and_tells() -> None:
    app = Shelf()
    async with app.run_test(size=(80, 30)) as pilot:
        choice = app.query_one(Choice)
        choice.focus()
        await pilot.press("right", "right", "space", "left")
        await pilot.pause()
        assert (choice.value, app.changes) == ("three", 4)
        assert choice.render().plain == "‹ three ›"
        choice.offer(["only\x1b[2J"], "none of them")
        await pilot.press("right")
        await pilot.pause()
        assert (choice.render().plain, app.changes) == ("only", 4)
        choice.offer([])
        assert (choice.value, choice.render().plain) == ("", "…")


async def test_a_suggestion_is_typed_over() -> None:
    app = Shelf()
    async with app.run_test(size=(80, 30)) as pilot:
        entry = app.query_one(QuietInput)
        assert not entry.cursor_blink
        entry.focus()
        entry.suggest("new")
        await pilot.press("x")
        assert entry.value == "x"


async def test_lines_are_drawn_again_only_when_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shelf()
    async with app.run_test(size=(80, 30)):
        lines = app.query_one(Lines)
        drawn: list[dict[str, Any]] = []
        monkeypatch.setattr(lines, "refresh", lambda **options: drawn.append(options))
        lines.say(Text("one", style="bad"))
        lines.say(Text("one", style="bad"))
        lines.say(Text("one\ntwo"), layout=True)
        assert drawn == [{"layout": False}, {"layout": True}]
        assert lines.render().plain == "one\ntwo"


async def test_a_page_draws_only_lines_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shelf()
    async with app.run_test(size=(80, 30)) as pilot:
        page = app.query_one(Page)
        page.styles.height = 4
        await pilot.pause()
        page.put([Text(f"line {number}") for number in range(20)])
        await pilot.pause()
        assert page.render_line(0).text.startswith("line 0")
        drawn: list[int] = []
        monkeypatch.setattr(page, "refresh", lambda *regions, **options: drawn.extend(each.y for each in regions))
        page.put([Text("changed" if number == 2 else f"line {number}") for number in range(20)])
        assert drawn == [2]
        monkeypatch.undo()
        assert not page.at_end
        page.reveal(18, 19)
        await pilot.pause()
        assert page.scroll_offset.y == 16


async def test_a_page_that_follows_is_at_its_end_until_somebody_scrolls_back() -> None:
    app = Shelf()
    async with app.run_test(size=(80, 30)) as pilot:
        page = app.query_one(Page)
        page.styles.height = 8
        await pilot.pause()
        page.put([Text(f"line {number}") for number in range(20)], follow=True)
        assert page.at_end, "before it is laid out, too"
        await pilot.pause()
        assert page.scroll_offset.y == 12
        page.put([Text(f"line {number}") for number in range(30)], follow=True)
        assert page.at_end
        page.styles.height = 5  # a terminal that gets smaller
        await pilot.pause()
        assert (page.scroll_offset.y, page.at_end) == (25, True)
        page.scroll_to(y=3, animate=False, force=True)
        await pilot.pause()
        page.put([Text(f"line {number}") for number in range(40)], follow=True)
        page.styles.height = 8
        await pilot.pause()
        assert (page.scroll_offset.y, page.at_end) == (3, False)


@pytest.mark.parametrize("lines", [0, 1, 3, 30])
@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize("found_before", [True, False])
async def test_a_search_goes_on_in_a_page_that_has_fewer_lines(lines: int, step: int, found_before: bool) -> None:
    app = Shelf()
    async with app.run_test(size=(80, 30)) as pilot:
        page = app.query_one(Page)
        page.styles.height = 4
        await pilot.pause()
        page.put([Text("a canary" if number == 25 else "") for number in range(30)])
        await pilot.pause()
        page.seek(["canary"])
        if found_before:
            assert page.to_match(0)
        page.scroll_to(y=26, animate=False, force=True)
        await pilot.pause()
        page.put([Text("a canary" if number == 1 else "") for number in range(lines)])
        assert page.to_match(step) == (lines > 1 and step != 1)


async def test_titles_mark_the_column_that_orders() -> None:
    app = Shelf()
    async with app.run_test(size=(100, 30)) as pilot:
        titles = app.query_one(ColumnTitles)
        titles.place(layout(90))
        titles.order("weight", True)
        await pilot.pause()
        shown = titles.render_line(0).text
        assert "NAME" in shown
        assert "STATUS" in shown
        plain = shown
        titles.order("weight", False)
        assert titles.render_line(0).text != plain, "which way it goes can be seen"


async def test_only_the_wall_has_an_alarm() -> None:
    app = Shelf()
    async with app.run_test(size=(80, 30)):
        alarm = Text("ROLLED BACK", style="alarm")
        wall, lines = app.query_one(WallText), app.query_one(Lines)
        wall.say(alarm)
        lines.say(alarm)
        assert wall.render().style != "alarm"
        assert wall.render().style != ""
        assert lines.render().style == "alarm", "no tone of theirs"
