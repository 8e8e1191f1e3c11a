"""The list's screen with panes: they follow the cursor when it rests, can be zoomed, and the mouse works."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import Any

from textual.pilot import Pilot
from textual.selection import SELECT_ALL

from canarytui.cluster.resources import CANARIES
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, FixtureConnection, fill, fixture_state
from canarytui.console.demo_fixture.objects import canary_object
from canarytui.console.detail.screen import DetailScreen
from canarytui.console.help_screen import HelpScreen
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.list.screen import ListScreen
from canarytui.console.messages import ShowCanary
from canarytui.console.panes.area import PaneArea
from canarytui.console.panes.pane_box import PaneBox
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.console.widgets.key_hints import KeyHints
from canarytui.domain.history.facts import of_console
from canarytui.domain.values import NamespacedName
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState


class Watched(FixtureConnection):
    """Notes which canaries' details are opened."""

    def __init__(self, state: ClusterState) -> None:
        super().__init__(state=state)
        self.opened: list[NamespacedName] = []

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        self.opened.append(key)
        return super().open_detail(key)


class Console:
    def __init__(self, preset: LayoutPreset = LayoutPreset.SPLIT) -> None:
        self.chosen: list[LayoutPreset] = []
        self.app = ConsoleApp(self._open, state=fixture_state, zone=UTC, preset=preset, remember=self.chosen.append)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        self.connection = Watched(cluster_state)
        return self.connection

    @property
    def area(self) -> PaneArea:
        return self.app.screen_stack[1].query_one(PaneArea)

    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def panes(self) -> set[str]:
        return {box.pane.name for box in self.app.screen.query(PaneBox) if box.display}


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (120, 40), preset: LayoutPreset = LayoutPreset.SPLIT
) -> AsyncIterator[tuple[Console, Pilot[Any]]]:
    console = Console(preset)
    async with console.app.run_test(size=size) as pilot:
        for _ in range(200):
            if console.app.model.flow is not None and console.app.screen.query(PaneBox):
                break
            await pilot.pause(0.05)
        await pilot.pause(0.2)
        yield console, pilot


async def until(pilot: Pilot[Any], holds: Any) -> None:
    for _ in range(100):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError("it does not come to that")


async def test_panes_follow_the_cursor_with_one_watch_once_it_rests() -> None:
    async with opened() as (console, pilot):
        await until(pilot, lambda: console.connection.opened == [("shop", "cart")])
        assert "╭─ cart ── step 4 of 10" in console.text()
        for _ in range(2):
            await pilot.press("j", "j", "j", "k", "k")  # as fast as a key that is held down
        assert len(console.connection.opened) == 1, "rows that the cursor runs over are not watched"
        selected = console.app.screen.query_one(CanaryRows).selected
        assert selected is not None
        await until(pilot, lambda: console.connection.opened[1:] == [selected])
        assert f"╭─ {selected[1]} ──" in console.text()
        assert [gone.key for gone in console.connection.left] == [("shop", "cart")]


async def test_another_screen_has_its_own_watch_and_the_panes_none() -> None:
    async with opened() as (console, pilot):
        await until(pilot, lambda: len(console.connection.opened) == 1)
        console.app.receive(ShowCanary(("test", "podinfo")))
        await until(pilot, lambda: console.connection.opened[1:] == [("test", "podinfo")])
        assert [gone.key for gone in console.connection.left] == [("shop", "cart")]
        await pilot.press("escape")
        await until(pilot, lambda: console.connection.opened[2:] == [("shop", "cart")])
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(console.app.screen, HelpScreen))
        assert len(console.connection.left) == 2, "what shines through goes on being watched"


async def test_a_pane_is_zoomed_scrolls_and_goes_back() -> None:
    async with opened() as (console, pilot):
        await pilot.press("z")
        await until(pilot, lambda: console.panes() == {"plan"})
        assert not console.app.screen.query_one(CanaryRows).display
        await pilot.press("z")
        await until(pilot, lambda: console.panes() == {console.area.zoom_name} != {"plan"})
        selected = console.app.screen.query_one(CanaryRows).selected
        await pilot.press("j", "G", "g")
        assert console.app.screen.query_one(CanaryRows).selected == selected, "keys move the pane, not the cursor"
        await pilot.press("escape")
        await until(pilot, lambda: console.app.screen.query_one(CanaryRows).display)
        assert {"plan", "trend", "timeline"} <= console.panes()
        assert isinstance(console.app.screen.focused, CanaryRows)
        await pilot.press("tab", "z")
        await until(pilot, lambda: console.area.is_zoomed)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.app.screen, DetailScreen))


async def test_presets_are_chosen_by_a_key_and_remembered() -> None:
    async with opened() as (console, pilot):
        await pilot.press("v")
        await until(pilot, lambda: not console.area.display)
        assert console.app.screen.query_one("#tail").display
        await pilot.press("v", "v")
        await until(pilot, lambda: console.app.screen.query_one("#cards").display)
        assert "HALTED" in console.text()
        await until(pilot, lambda: console.chosen == [LayoutPreset.LIST, LayoutPreset.DETAIL, LayoutPreset.WALL])


async def test_what_was_chosen_last_is_there_at_the_next_start() -> None:
    async with opened(preset=LayoutPreset.DETAIL) as (console, pilot):
        assert console.app.screen.query_one(CanaryRows).size.height == 2
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "trend" in console.panes())


async def test_the_mouse_reaches_rows_panes_footer_and_tabs() -> None:
    async with opened() as (console, pilot):
        rows = console.app.screen.query_one(CanaryRows)
        await pilot.click(rows, offset=(5, 2))
        assert rows.selected is not None
        assert rows.selected[1] == "podinfo"
        await until(pilot, lambda: "╭─ podinfo ──" in console.text())
        await pilot.click("#pane-timeline", offset=(4, 0))
        await until(pilot, lambda: console.panes() == {"timeline"})
        await pilot.press("escape")
        hints = console.app.screen.query_one(KeyHints)
        await pilot.click(hints, offset=(hints.text.plain.index("open"), 0))
        await until(pilot, lambda: isinstance(console.app.screen, DetailScreen))
        await pilot.pause(0.2)
        await pilot.click("#detail-tabs", offset=(console.text().splitlines()[3].index("checks"), 0))
        await until(pilot, lambda: "▶2 checks" in console.text())
        hints = console.app.screen.query_one(KeyHints)
        assert hints.text.plain.rstrip().endswith("? help")
        await pilot.click(hints, offset=(118, 0))
        await until(pilot, lambda: isinstance(console.app.screen, HelpScreen))


async def test_a_drag_selects_and_copies() -> None:
    async with opened() as (console, pilot):
        screen = console.app.screen
        assert isinstance(screen, ListScreen)
        before = screen.query_one(CanaryRows).selected
        await pilot.mouse_down("#rows", offset=(12, 2))
        await pilot.hover("#rows", offset=(18, 2))
        await pilot.mouse_up("#rows", offset=(18, 2))
        await until(pilot, lambda: bool(console.app.clipboard))
        assert console.app.clipboard.strip() in "podinfo"
        assert screen.query_one(CanaryRows).selected == before, "a drag is no click"
        box = screen.query_one("#pane-timeline", PaneBox)
        selected = box.get_selection(SELECT_ALL)
        assert selected is not None
        assert "4.0.6→4.0.7" in selected[0]


async def test_in_a_storm_the_plan_is_drawn_at_once_and_the_rest_waits() -> None:
    async with opened() as (console, pilot):
        await until(pilot, lambda: len(console.connection.opened) == 1)
        state = console.app.model.state
        for number in range(60):
            state.timeline.add(of_console("pay", "ledger", f"entry {number}", NOW - timedelta(milliseconds=number)))
        await until(pilot, lambda: console.area.thrifty)
        timeline = console.app.screen.query_one("#pane-timeline", PaneBox)
        before = timeline.lines
        halted = canary_object("shop", "cart", "Progressing", weight=40, failed=5, changed=NOW)
        halted["metadata"]["resourceVersion"] = "900001"
        state.stores[CANARIES].put(halted)
        await until(pilot, lambda: "HALTED 5/10" in console.text() and "failed checks 5 of 10" in console.text())
        assert timeline.lines is before
        await pilot.press("j")
        await until(pilot, lambda: timeline.lines is not before)  # a newly selected canary has all of its panes


async def test_labels_follow_the_state() -> None:
    async with opened() as (console, pilot):
        assert "p pause" in console.text().splitlines()[-1]
        await pilot.press("j")
        await until(pilot, lambda: "p resume" in console.text().splitlines()[-1])
