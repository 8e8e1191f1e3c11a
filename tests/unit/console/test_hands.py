"""The console under a k9s user's hands: parts from the list, one search key, Esc, jumps, notices, saved screens."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.help_screen import HelpScreen
from canarytui.console.jump_screen import JumpScreen, jump_labels
from canarytui.console.list.column_titles import ColumnTitles, titled
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.list.screen import ListScreen
from canarytui.console.memory import ConsoleMemory
from canarytui.console.messages import ShowCanary, ShowTimeline
from canarytui.console.picker_screen import PickerScreen
from canarytui.console.prompt_screen import PromptScreen
from canarytui.console.screen_dump import picture_text
from canarytui.console.timeline.screen import EventsScreen
from canarytui.console.widgets.page import Page
from canarytui.session.columns.canary_columns import columns

CART = ("shop", "cart")


class Hands:
    """Someone at the keyboard."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause(0.1)

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def said(self) -> list[str]:
        return [note.message for note in self.app._notifications]

    def reversed_words(self) -> list[str]:
        """What is highlighted as a match, in the page of the top screen."""
        page = self.app.screen.query_one(Page)
        strips = [page.render_line(line) for line in range(page.size.height)]
        return [
            segment.text for strip in strips for segment in strip if segment.style is not None and segment.style.reverse
        ]


@asynccontextmanager
async def console(memory: ConsoleMemory | None = None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Hands]:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC, memory=memory)
    async with app.run_test(size=size) as pilot:
        for _ in range(200):
            if app.model.flow is not None and app.model.listing.shown:
                break
            await pilot.pause(0.05)
        await pilot.pause(0.2)
        yield Hands(app, pilot)


async def test_parts_of_the_selected_row_and_the_way_back() -> None:
    async with console() as hands:
        await hands.press("j")
        selected = hands.app.screen.query_one(CanaryRows).selected
        for key, part in (("d", "describe"), ("y", "yaml"), ("l", "logs"), ("e", "timeline")):
            await hands.press(key)
            assert isinstance(hands.app.screen, DetailScreen)
            assert any(f" {part}" in line and "▶" in line for line in hands.lines), part
            await hands.press("escape")
            assert isinstance(hands.app.screen, ListScreen)
            assert hands.app.screen.query_one(CanaryRows).selected == selected
        await hands.press("c")
        assert selected is not None
        assert hands.app.clipboard == "/".join(selected)


async def test_what_a_letter_does_in_k9s_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    async with console(ConsoleMemory(path)) as hands:
        await hands.press("s")
        assert "s means sort here, shell in k9s. ? lists all keys; this is shown once." in hands.said
        await hands.press("s")
        assert "k9s" not in " ".join(hands.said)
        for _ in range(100):
            if path.exists():
                break
            await hands.pilot.pause(0.02)
        await hands.press("question_mark")
        assert isinstance(hands.app.screen, HelpScreen)
        help_lines = [line.plain for line in hands.app.screen.query_one(Page).lines]
        assert any("pause" in line and "k9s: previous logs" in line for line in help_lines)
        assert any("events" in line and "k9s: edit" in line for line in help_lines)
    async with console(ConsoleMemory(path)) as hands:
        await hands.press("s")
        assert "k9s" not in " ".join(hands.said)
        await hands.press("e")
        assert hands.said[-1].startswith("e means events here, edit in k9s.")


@pytest.mark.parametrize(("part", "word"), [("yaml", "threshold"), ("describe", "analysis")])
async def test_a_text_is_searched(part: str, word: str) -> None:
    async with console(size=(100, 24)) as hands:
        hands.app.receive(ShowCanary(CART, part))
        await hands.pilot.pause(0.2)
        page = hands.app.screen.query_one(Page)
        matches = [number for number, line in enumerate(page.lines) if word in line.plain.lower()]
        assert matches
        await hands.press("slash", *word, "enter")
        assert {found.lower() for found in hands.reversed_words()} == {word}
        await hands.press(*"n" * (len(matches) + 1))
        assert page._match == matches[-1]
        await hands.press(*"N" * (len(matches) + 1))
        assert page._match == matches[0]
        await hands.press("escape")
        assert hands.reversed_words() == []
        assert isinstance(hands.app.screen, DetailScreen)
        await hands.press("escape")
        assert isinstance(hands.app.screen, ListScreen)


async def test_esc_takes_back_the_filter_of_a_part_before_the_screen() -> None:
    async with console() as hands:
        hands.app.receive(ShowCanary(CART, "timeline"))
        await hands.pilot.pause(0.2)
        before = len(hands.app.screen.query_one(Page).lines)
        await hands.press("slash", *"halt", "enter")
        assert len(hands.app.screen.query_one(Page).lines) < before
        assert {word.lower() for word in hands.reversed_words()} == {"halt"}
        await hands.press("escape")
        assert len(hands.app.screen.query_one(Page).lines) == before
        assert isinstance(hands.app.screen, DetailScreen)


async def test_help_is_searched_and_esc_ends_that_first() -> None:
    async with console(size=(100, 24)) as hands:
        await hands.press("question_mark", "slash", *"audit", "enter")
        page = hands.app.screen.query_one(Page)
        assert page.scroll_offset.y > 0
        assert "audit" in {word.lower() for word in hands.reversed_words()}
        await hands.press("escape")
        assert isinstance(hands.app.screen, HelpScreen)
        await hands.press("slash", *"zzz", "enter")
        assert "No match for zzz." in hands.said
        await hands.press("escape", "escape")
        assert isinstance(hands.app.screen, ListScreen)


async def test_a_filter_of_the_timeline_is_highlighted() -> None:
    async with console() as hands:
        hands.app.receive(ShowTimeline())
        await hands.pilot.pause(0.2)
        await hands.press("slash", *"halt !podinfo", "enter")
        assert {word.lower() for word in hands.reversed_words()} == {"halt"}
        await hands.press("escape", "escape")
        assert isinstance(hands.app.screen, ListScreen)


async def test_the_words_of_a_filter_are_highlighted_in_the_rows() -> None:
    async with console() as hands:
        await hands.press("slash", *"CAR ns:shop !front", "enter")
        rows = hands.app.screen.query_one(CanaryRows)
        assert [row.key for row in rows.visible_rows] == [CART]
        found = [part.text for part in rows.render_line(0) if part.style is not None and part.style.underline]
        assert found == ["car"]
        await hands.press("escape")
        assert not [part for part in rows.render_line(0) if part.style is not None and part.style.underline]


async def test_help_that_is_folded_stays_in_its_column() -> None:
    async with console(size=(60, 24)) as hands:
        await hands.press("question_mark")
        page = hands.app.screen.query_one(Page)
        lines = [line.plain for line in page.lines]
        place = next(number for number, line in enumerate(lines) if line.strip().startswith("Esc"))
        assert lines[place + 1].startswith(" " * 16)
        assert all(len(line) <= page.columns for line in lines)


async def test_esc_on_the_list_never_ends_the_console() -> None:
    async with console() as hands:
        await hands.press(*["escape"] * 5)
        assert hands.app.is_running
        assert isinstance(hands.app.screen, ListScreen)


async def test_jumps_to_rows_panes_and_parts() -> None:
    async with console() as hands:
        await hands.press("apostrophe")
        assert isinstance(hands.app.screen, JumpScreen)
        rows = hands.app.screen_stack[1].query_one(CanaryRows)
        assert hands.lines[rows.region.y + 2].startswith("d")
        await hands.press("d")
        assert rows.selected == rows.visible_rows[2].key
        panes = hands.app.screen.query("PaneBox")
        letter = jump_labels(20)[len(rows.visible_rows)]
        await hands.press("semicolon", letter)
        assert hands.app.screen.focused is next(iter(panes))
        await hands.press("escape", "apostrophe", "1")
        assert isinstance(hands.app.screen, ListScreen)
        hands.app.receive(ShowCanary(CART))
        await hands.pilot.pause(0.2)
        await hands.press("apostrophe", jump_labels(8)[5])
        assert any("▶6 yaml" in line for line in hands.lines)
        await hands.press("apostrophe", "escape")
        assert isinstance(hands.app.screen, DetailScreen)
        hands.app.receive(ShowTimeline())
        await hands.pilot.pause(0.2)
        await hands.press("apostrophe", "a")
        assert isinstance(hands.app.screen, EventsScreen)
        assert hands.lines[2].startswith("▶")


async def test_a_key_that_has_nothing_to_act_on_says_why() -> None:
    async with console() as hands:
        await hands.press("v", "z")
        assert hands.said[-1].startswith("No panes are shown: v chooses")


async def test_letters_go_when_what_they_stand_at_moves() -> None:
    async with console() as hands:
        await hands.press("apostrophe")
        assert isinstance(hands.app.screen, JumpScreen)
        await hands.pilot.resize_terminal(80, 24)
        await hands.pilot.pause(0.1)
        assert isinstance(hands.app.screen, ListScreen)


@pytest.mark.parametrize("count", [0, 1, 25, 26, 60, 700])
def test_no_label_begins_another(count: int) -> None:
    labels = jump_labels(count)
    assert len(set(labels)) == count
    assert len({len(label) for label in labels}) <= 1


async def test_the_screen_is_saved_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with console() as hands:
        shown = hands.lines
        await hands.press("ctrl+s")
        folder = tmp_path / "canarytui" / "screens"
        for _ in range(100):
            if len(list(folder.glob("screen-*"))) == 2 and hands.said:
                break
            await hands.pilot.pause(0.02)
        (picture,), (text,) = folder.glob("*.svg"), folder.glob("*.txt")
        assert f"Saved: {picture} (and .txt)" in hands.said
        assert [stat.S_IMODE(path.stat().st_mode) for path in (picture, text)] == [0o600, 0o600]
        assert text.read_text().splitlines() == shown
        assert picture.read_text().startswith("<svg")
        folder.chmod(0o500)
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
        await hands.press("question_mark", "ctrl+s")
        await hands.pilot.pause(0.2)
        assert "The screen was not saved" in hands.said[-1]
        assert isinstance(hands.app.screen, HelpScreen)
        await hands.press("escape", ":", *"dump", "enter")
        await hands.pilot.pause(0.2)
        assert "The screen was not saved" in hands.said[-1]


def test_wide_letters_keep_their_columns_in_the_text() -> None:
    line = '<text class="t-r1" x="{}" y="20" textLength="24" clip-path="url(#t-line-{})">{}</text>'
    picture = line.format(0, 0, "漢&amp;") + line.format(61, 0, "x&#160;y") + line.format(12.2, 2, "z")
    assert picture_text(picture) == "漢&  x y\n\n z\n"


async def test_choices_are_opened_by_a_command_and_what_is_chosen_is_shown() -> None:
    async with console() as hands:
        await hands.press(":", *"ns", "enter")
        assert isinstance(hands.app.screen, PickerScreen)
        assert any("shop" in line and "failing" in line for line in hands.lines)
        await hands.press(*"shop", "enter")
        assert isinstance(hands.app.screen, ListScreen)
        assert hands.app.model.listing.namespace == "shop"
        await hands.press(":", *"ns", "enter")
        place = next(
            number for number, line in enumerate(hands.app.screen.query_one(Page).lines) if "test" in line.plain
        )
        await hands.pilot.click(Page, offset=(3, place))
        await hands.pilot.pause(0.1)
        assert hands.app.model.listing.namespace == "test"
        await hands.press(":", *"ctx", "enter")
        assert isinstance(hands.app.screen, PickerScreen)
        await hands.press("escape")
        assert isinstance(hands.app.screen, ListScreen)


async def test_commands_are_remembered_and_slips_are_corrected(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    async with console(ConsoleMemory(path)) as hands:
        await hands.press(":", *"evnts", "enter")
        assert isinstance(hands.app.screen, PromptScreen)
        assert "Did you mean events? Enter or Tab accepts." in hands.text
        await hands.press("enter")
        assert isinstance(hands.app.screen, EventsScreen)
        for _ in range(100):
            if path.exists():
                break
            await hands.pilot.pause(0.02)
    async with console(ConsoleMemory(path)) as hands:
        await hands.press(":", "up")
        assert hands.app.screen.query_one(Input).value == "events"


def test_the_letter_that_orders_is_in_every_title() -> None:
    for column in columns():
        title, place = titled(column)
        assert title.startswith(column.title)
        assert (title[place] if place >= 0 else "") == (column.sort.letter if column.sort is not None else "")


async def test_the_letters_are_underlined_and_no_others() -> None:
    async with console(size=(200, 40)) as hands:
        titles = hands.app.screen.query_one(ColumnTitles)
        placed = [at.column for at in titles._placed]

        def underlined() -> list[str]:
            return [part.text for part in titles.render_line(0) if part.style is not None and part.style.underline]

        assert underlined() == [column.sort.letter for column in placed if column.sort is not None]
        await hands.press("F")
        assert underlined() == [column.sort.letter for column in placed if column.sort is not None]
        assert "FAILED↓" in titles.render_line(0).text
        await hands.press("F")
        assert "FAILED↑" in titles.render_line(0).text
