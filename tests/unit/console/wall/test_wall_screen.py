"""The wall on a terminal: what it says in each state, that it heals, and that nothing can be written through it."""

from __future__ import annotations

import string
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.messages import ExitApp
from textual.pilot import Pilot
from wall_fixture import Wall, put

from canarytui.cluster.client import Cluster
from canarytui.console import messages
from canarytui.console.keymap import WATCH_NAMES
from canarytui.console.wall.app import WatchApp
from canarytui.console.wall.big_letters import big
from canarytui.console.wall.screen import WatchScreen
from canarytui.console.web.served_app import ServedWatchApp
from canarytui.domain.plan import Intent
from canarytui.domain.text.plain import width
from canarytui.errors import CanarytuiError, ReadOnly
from canarytui.session.read_only_connection import ReadOnlyConnection


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Let the app work until something holds."""
    for _ in range(100):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not come to hold")


@asynccontextmanager
async def on_the_wall(wall: Wall, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[Any]]:
    """The wall, connected."""
    async with wall.app.run_test(size=size) as pilot:
        await until(pilot, lambda: wall.app.model.contexts.current.connection is not None or wall.away)
        await pilot.pause(0.4)
        yield pilot


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", ["calm", "empty", "one", "readme", "many", "failed", "hostile"])
async def test_every_state_fits_its_terminal_and_keeps_its_clock(scene: str, size: tuple[int, int]) -> None:
    wall = Wall(scene)
    async with on_the_wall(wall, size):
        lines = wall.app.screen.lines()  # type: ignore[attr-defined]
        assert len(lines) == size[1]
        assert max(width(line.plain) for line in lines) <= size[0]
        text = wall.text()
        assert "14:30:12" in text
        assert "data 2 s old" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


async def test_a_failure_takes_the_wall_and_mentions_the_rest() -> None:
    wall = Wall("failed")
    async with on_the_wall(wall):
        text = wall.text()
        assert any(all(line.strip() in text for line in big("ROLLED", size)) for size in range(2, 8))
        assert "failed at 14:29:02" in text
        assert "also:" in text
        assert "shop/cart HALTED 3 OF 10" in text


async def test_a_quiet_cluster_says_how_the_last_ones_ended() -> None:
    wall = Wall("calm")
    async with on_the_wall(wall):
        text = wall.text()
        assert "3 canaries" in text
        assert "none moving" in text
        assert "✗ ROLLED BACK  shop/cart" in text
        assert "13:40:12, 50 min ago" in text
        assert "✓ PROMOTED     web/front" in text


async def test_it_starts_without_a_server_and_keeps_trying() -> None:
    wall = Wall("one", away=True)
    async with on_the_wall(wall) as pilot:
        text = wall.text()
        for line in big("NO CONTACT", 2):
            assert line.strip() in text
        assert "connection refused" in text
        assert "no data yet" in text
        wall.away = False
        await until(pilot, lambda: "test/podinfo" in wall.text() or "data 2 s old" in wall.text())
        await pilot.pause(0.4)
        assert "Trying again" not in wall.text()


async def test_an_outage_is_told_over_everything_and_goes_by_itself() -> None:
    wall = Wall("one")
    async with on_the_wall(wall, (80, 24)) as pilot:
        store = wall.app.model.state.canaries
        store.stale("connection refused")
        await until(pilot, lambda: "Trying again" in wall.text())
        assert store.stale_since is not None
        for line in big(f"STALE SINCE {store.stale_since:%H:%M:%S}", 1):
            assert line.strip() in wall.text()
        assert "podinfo" in wall.text()
        store.fresh()
        await until(pilot, lambda: "Trying again" not in wall.text())


async def test_time_alone_accuses_nobody_while_the_server_is_away() -> None:
    wall = Wall("one")
    async with on_the_wall(wall) as pilot:
        wall.app.model.state.canaries.stale("connection refused")
        wall.app.model.state.canaries.stale_since = wall.clock.now
        wall.clock.pass_by(minutes=30)
        await pilot.pause(1.3)
        text = wall.text()
        assert "no controller has touched it" not in text
        assert "data 30 min old" in text


async def test_a_failure_rings_once_and_can_be_muted() -> None:
    wall = Wall("one", bell=True)
    async with on_the_wall(wall) as pilot:
        assert "bell on" in wall.text()
        assert wall.rung == 0
        put(wall.app.model.state, "test", "podinfo", "Failed", version=2)
        await until(pilot, lambda: wall.rung > 0)
        await pilot.pause(1.3)
        assert wall.rung == 1
        await pilot.press("m")
        put(wall.app.model.state, "test", "podinfo", "Progressing", version=3, weight=5)
        await pilot.pause(0.4)
        put(wall.app.model.state, "test", "podinfo", "Failed", version=4)
        await pilot.pause(0.6)
        assert wall.rung == 1
        await pilot.pause(0.8)
        assert "bell on" not in wall.text()


async def test_what_had_failed_before_does_not_ring() -> None:
    wall = Wall("failed", bell=True)
    async with on_the_wall(wall) as pilot:
        await pilot.pause(0.5)
        assert wall.rung == 0


async def test_a_selector_keeps_the_others_off_the_wall() -> None:
    wall = Wall("one", bell=True, selector="team=web")
    async with on_the_wall(wall) as pilot:
        assert "podinfo" not in wall.text()
        put(wall.app.model.state, "test", "podinfo", "Failed", version=2)
        await pilot.pause(0.6)
        assert wall.rung == 0


async def test_no_key_does_anything_to_the_cluster() -> None:
    wall = Wall("readme")
    async with on_the_wall(wall) as pilot:
        assert wall.app.model.flow is None
        assert isinstance(wall.app.model.connection, ReadOnlyConnection)
        for key in string.ascii_letters.replace("q", "") + string.digits:
            await pilot.press(key)
        await pilot.press("enter", "y", "escape")
        assert isinstance(wall.app.screen, WatchScreen)
        assert wall.connection.plans == []
        assert wall.connection.faults == []


async def test_help_lists_only_what_works_here() -> None:
    wall = Wall("one")
    async with on_the_wall(wall) as pilot:
        await pilot.press("question_mark")
        await pilot.pause(0.4)
        text = wall.text()
        assert all(f"({name})" in text for name in WATCH_NAMES)
        assert "trigger" not in text
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert isinstance(wall.app.screen, WatchScreen)


async def test_too_small_a_terminal_gets_a_sentence() -> None:
    wall = Wall("readme")
    async with on_the_wall(wall, (39, 11)) as pilot:
        assert "The wall needs 40x12" in wall.text()
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.4)
        assert "shop/cart" in wall.text()


async def test_a_read_only_connection_refuses_every_way_to_write() -> None:
    connection = ReadOnlyConnection(Wall().connection)
    with pytest.raises(CanarytuiError, match="Nothing was written"):
        await connection.executor.carry_out(None, None)  # type: ignore[arg-type]
    with pytest.raises(ReadOnly):
        connection.drill_probe(("test", "podinfo"), None)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_read_only_cluster_sends_nothing_but_get(method: str) -> None:
    cluster = Cluster(None, context="c", namespace="n", user="u")
    cluster.read_only = True
    with pytest.raises(ReadOnly, match=method):
        await cluster.request(method, "/apis/flagger.app/v1beta1/namespaces/n/canaries/c", body={})


_WRITERS = ("canarytui.actions.live_executor", "canarytui.console.actions.flow", "canarytui.console.drill.open_drill")


@pytest.mark.parametrize("app_class", [WatchApp, ServedWatchApp])
async def test_a_wall_has_nothing_that_writes(app_class: type[WatchApp], monkeypatch: pytest.MonkeyPatch) -> None:
    """No key and no message leads to a writer: importing one fails here, and there is no executor to ask."""
    for name in _WRITERS:
        monkeypatch.setitem(sys.modules, name, None)
    wall = Wall("readme", app_class=app_class)
    async with on_the_wall(wall) as pilot:
        context = wall.app.model.contexts.current
        assert context.flow is None
        for attribute in ("executor", "audit"):
            with pytest.raises(ReadOnly):
                getattr(context.connection, attribute)
        key = next(iter(wall.app.model.state.keys()))
        for message in (
            messages.RequestAction(Intent.PROMOTE, frozenset({key})),
            messages.ShowDrill(key),
            messages.ShowGates(key),
            messages.ShowCanary(key),
            messages.ShowAudit(),
            messages.SwitchContext("other"),
        ):
            wall.app.receive(message)
        await wall.app.before_suspending()
        for pressed in (*(set(string.printable.strip()) - {"q"}), "enter", "space", "escape", "tab", "ctrl+s"):
            await pilot.press(pressed)
        await pilot.press("escape")
        assert isinstance(wall.app.screen, WatchScreen)
        assert wall.app.is_running


async def test_a_window_has_no_palette_and_ends_with_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = Wall("readme", app_class=ServedWatchApp)
    async with on_the_wall(wall) as pilot:
        await pilot.press("ctrl+p", "ctrl+z")
        assert isinstance(wall.app.screen, WatchScreen)
        monkeypatch.setattr("canarytui.console.web.served_app.os.getppid", lambda: 1)
        await until(pilot, lambda: not wall.app.is_running)


async def test_a_page_with_many_cards_does_not_count_every_second() -> None:
    wall = Wall("many")
    async with on_the_wall(wall, (120, 40)) as pilot:
        before = [line.plain for line in wall.app.screen.lines()][3:]  # type: ignore[attr-defined]
        wall.clock.pass_by(seconds=1)
        await pilot.pause(0.1)
        after = [line.plain for line in wall.app.screen.lines()][3:]  # type: ignore[attr-defined]
        assert sum(one != other for one, other in zip(before, after, strict=True)) <= 2


async def test_a_quiet_wall_changes_only_its_clock() -> None:
    wall = Wall("calm")
    async with on_the_wall(wall, (120, 40)):
        before = [line.plain for line in wall.app.screen.lines()]  # type: ignore[attr-defined]
        wall.clock.pass_by(seconds=1)
        after = [line.plain for line in wall.app.screen.lines()]  # type: ignore[attr-defined]
        differing = [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
        assert differing == [2]
        assert sum(one != other for one, other in zip(before[2], after[2], strict=True)) == 1


async def test_a_browser_is_offered_only_what_works_there() -> None:
    wall = Wall("one", app_class=ServedWatchApp, bell=True)
    async with on_the_wall(wall) as pilot:
        assert "read only · ? help" in wall.text()
        assert "bell" not in wall.text(), "a browser does not ring"
        await pilot.press("question_mark")
        await pilot.pause(0.4)
        text = wall.text()
        assert "SUSPENDED" in text
        assert not [name for name in ("mute", "palette", "dump", "repaint", "suspend", "quit") if f"({name})" in text]
        await pilot.press("escape", "ctrl+s", "ctrl+c", "q")
        await pilot.pause(0.2)
        assert wall.app.is_running
        assert isinstance(wall.app.screen, WatchScreen)


async def test_a_window_that_is_closed_has_not_crashed() -> None:
    wall = Wall("one", app_class=ServedWatchApp)
    async with on_the_wall(wall) as pilot:
        wall.app.post_message(ExitApp())
        await until(pilot, lambda: not wall.app.is_running)
    assert wall.app.return_code == 0
