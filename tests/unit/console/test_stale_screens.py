"""Losing contact while somebody looks: the list, and the question before a write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import Any

from textual.pilot import Pilot

from canarytui.console.actions.confirm_screen import ConfirmScreen, SeveralScreen
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, FixtureConnection, fill
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.widgets.lines import Lines
from canarytui.domain.plan import Intent
from canarytui.domain.values import NamespacedName
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

LOST = NOW + timedelta(seconds=2)


class Reading(FixtureConnection):
    """Reads canaries again where `reads` says so."""

    def __init__(self, cluster_state: ClusterState, *, reads: bool) -> None:
        super().__init__()
        self._own, self._reads = cluster_state, reads
        self.read: list[NamespacedName] = []

    async def read_again(self, key: NamespacedName) -> None:
        self.read.append(key)
        if not self._reads:
            await super().read_again(key)
        self._own.read_again(key)


class Console:
    def __init__(self, *, reads: bool = False) -> None:
        self.now = NOW
        self._reads = reads
        self.app = ConsoleApp(self._open, state=lambda: ClusterState(now=lambda: self.now), zone=UTC)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        self.connection = Reading(cluster_state, reads=self._reads)
        return self.connection

    def lose(self) -> None:
        store = self.app.model.state.canaries
        store.stale("The API server of context c cannot be reached (no answer in time).", "no answer")
        store.stale_since = LOST
        self.now = LOST + timedelta(seconds=42)

    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def asked(self) -> str:
        """The text of the dialog on top."""
        body = self.app.screen.query_one("#dialog-body").query_one(Lines)
        return " ".join(body.text.plain.split())

    def line(self, name: str) -> str:
        return next(each for each in self.text().splitlines() if f" {name} " in each)


@asynccontextmanager
async def lost(*, reads: bool = False, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Console, Pilot[Any]]]:
    console = Console(reads=reads)
    async with console.app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        console.lose()
        await pilot.pause(1.2)
        yield console, pilot


async def test_rows_are_marked_and_dimmed_and_the_sentence_says_of_when() -> None:
    async with lost() as (console, pilot):
        assert "STALE since 14:30:14 (42 s): no answer" in console.text().splitlines()[0]
        assert console.line("podinfo").startswith(" ~")
        before = console.line("podinfo")
        assert "as of 14:30:14 (STALE for 42 s): cart is halted" in console.text()
        rows = console.app.screen.query_one(CanaryRows)
        quiet = rows.get_component_rich_style("rows--quiet").color
        assert {segment.style.color for segment in rows.render_line(2) if segment.text.strip()} == {quiet}
        console.now += timedelta(seconds=5)
        await pilot.pause(1.2)
        assert console.line("podinfo") == before, "its countdown stands still"
        console.app.model.state.canaries.fresh()
        await pilot.pause(1.2)
        assert console.line("podinfo").startswith("  ")
        assert "STALE" not in console.text()


async def test_the_question_says_how_old_it_is_and_what_that_means() -> None:
    async with lost() as (console, pilot):
        await pilot.press("R")
        await pilot.pause(0.3)
        assert isinstance(console.app.screen, ConfirmScreen)
        words = console.asked()
        assert "STALE since 14:30:14: no answer. Everything here is as it was then." in words
        assert "If the object has changed since, it is read again, and nothing is written" in words
        assert console.connection.read == [("shop", "cart")]


async def test_a_refusal_from_old_facts_says_of_when_they_are() -> None:
    async with lost() as (console, pilot):
        assert console.app.model.flow is not None
        await console.app.model.flow.act(Intent.RETRY, [("shop", "cart")])
        await pilot.pause(0.3)
        (said,) = [each.message for each in console.app._notifications if "not possible" in each.message]
        assert said.startswith("as of 14:30:14 (STALE for 42 s): Retry shop/cart: not possible, ")


async def test_what_could_be_read_again_is_as_old_as_that() -> None:
    async with lost(reads=True) as (console, pilot):
        await pilot.press("R")
        await pilot.pause(0.3)
        words = console.asked()
        assert "STALE since 14:30:56: no answer." in words


async def test_one_question_about_several_names_the_oldest() -> None:
    async with lost() as (console, pilot):
        for key in ("g", "space", "space", "space", "R"):
            await pilot.press(key)
            await pilot.pause(0.1)
        await pilot.pause(0.3)
        assert isinstance(console.app.screen, SeveralScreen)
        assert "STALE since 14:30:14" in " ".join(console.text().split())


async def test_a_dialog_over_fresh_facts_says_nothing_of_it() -> None:
    console = Console()
    async with console.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        await pilot.press("R")
        await pilot.pause(0.3)
        assert isinstance(console.app.screen, ConfirmScreen)
        assert "STALE" not in console.text()
        assert console.connection.read == []
