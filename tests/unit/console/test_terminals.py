"""Any terminal: themes by colour depth and choice, and a console that random keys and resizes do not harm."""

from __future__ import annotations

import random
import string
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.console.app import ConsoleApp
from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.console.settings import ConsoleSettings
from canarytui.console.themes import first_theme, fitting
from canarytui.domain.text.plain import width
from canarytui.errors import ConfigError
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

KEYS = [
    *string.ascii_letters, *string.digits, "slash", "colon", "question_mark", "space", "escape", "tab", "shift+tab",
    "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "ctrl+p", "ctrl+l", "ctrl+f", "ctrl+b", "f1",
    "f5", "backspace", "delete", "ctrl+u", "ctrl+w", "full_stop", "minus", "greater_than_sign", "ctrl+z", "é", "漢",
]  # fmt: skip
ENDS = {"q", "y"}
"""Left out where they would end the console or consent to something."""


@pytest.mark.parametrize("term", ["xterm", "linux", "screen", "vt100", "ansi", "tmux", "dumb"])
def test_sixteen_colours_are_the_terminals_own(term: str) -> None:
    assert fitting(ConsoleSettings(), {"TERM": term}).theme == "ansi"


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "xterm-256color"}, {"TERM": "tmux-256color"}, {"TERM": "xterm", "COLORTERM": "truecolor"}],
)
def test_more_colours_are_used(environment: dict[str, str]) -> None:
    assert fitting(ConsoleSettings(), environment).theme == ""


def test_a_chosen_theme_stays_whatever_the_terminal() -> None:
    assert fitting(ConsoleSettings(theme="light"), {"TERM": "linux"}).theme == "light"
    assert fitting(ConsoleSettings(), {"TERM": "linux", "CANARYTUI_THEME": "dark"}).theme == ""


@pytest.mark.parametrize(
    ("configured", "environment", "chosen"),
    [
        ("", {}, "dark"),
        ("light", {}, "light"),
        ("nord", {}, "nord"),
        ("light", {"CANARYTUI_THEME": "high-contrast"}, "high-contrast"),
        ("light", {"NO_COLOR": "1"}, "ansi"),
    ],
)
def test_who_chooses_the_theme(configured: str, environment: dict[str, str], chosen: str) -> None:
    assert first_theme(configured, environment).name == chosen


def test_an_unknown_theme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml: theme is 'drak', .* choose one of ansi, .*dark, .*light, "):
        first_theme("drak", {})
    with pytest.raises(ConfigError, match="CANARYTUI_THEME"):
        first_theme("", {"CANARYTUI_THEME": "drak"})


class Storm:
    """A console over a scene whose writes are remembered."""

    def __init__(self, settings: ConsoleSettings | None = None) -> None:
        self.connection = FixtureConnection()
        self.app = ConsoleApp(self._open, state=fixture_state, zone=UTC, settings=settings)

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        return self.connection

    async def settle(self, pilot: Pilot[Any]) -> None:
        """Until the list is on the screen."""
        for _ in range(100):
            if any("podinfo" in line for line in self.lines()):
                await pilot.pause(0.2)
                return
            await pilot.pause(0.05)
        raise AssertionError("the list did not come")

    def lines(self) -> list[str]:
        """Everything on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    async def back(self, pilot: Pilot[Any]) -> None:
        """To the list, through whatever is open."""
        for _ in range(20):
            if isinstance(self.app.screen, ConsoleScreen) and len(self.app.screen_stack) == 2:
                return
            await pilot.press("escape")
            await pilot.pause(0.05)
        raise AssertionError(f"no way back from {self.app.screen_stack}")


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_keys_and_resizes_do_no_harm(seed: int) -> None:
    storm, chance = Storm(), random.Random(seed)
    async with storm.app.run_test(size=(120, 40)) as pilot:
        await storm.settle(pilot)
        for number in range(500):
            key = chance.choice(KEYS)
            on_screen = isinstance(storm.app.screen, ConsoleScreen)
            if key in ENDS or (not on_screen and key == "enter"):
                continue
            await pilot.press(key)
            if number % 10 == 0:
                await pilot.resize_terminal(chance.randint(1, 220), chance.randint(1, 70))
        await pilot.resize_terminal(100, 30)
        await storm.back(pilot)
        for key in ("escape",) * 4:  # filter, marks, namespace
            await pilot.press(key)
        await pilot.pause(0.5)
        shown = storm.lines()
        assert storm.app._exception is None
        assert any("podinfo" in line for line in shown)
        assert all(width(line) == 100 for line in shown)
        assert storm.connection.plans == []
        assert storm.connection.faults == []
        before = storm.app.screen.selected_key()  # type: ignore[attr-defined]
        await pilot.press("G" if before != ("web", "search") else "g")
        await pilot.pause(0.2)
        assert storm.app.screen.selected_key() != before  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (160, 50), (200, 60)])
async def test_layouts_fill_their_terminal(size: tuple[int, int]) -> None:
    storm = Storm()
    async with storm.app.run_test(size=size) as pilot:
        await storm.settle(pilot)
        shown = storm.lines()
        assert len(shown) == size[1]
        assert all(width(line) == size[0] for line in shown)
        assert "NAME" in shown[1]
        assert any("HALTED" in line for line in shown)
        assert any("cart halts" in line or "cart is halted" in line for line in shown)


async def test_remapped_keys_do_what_they_are_for_and_the_old_ones_do_not() -> None:
    storm = Storm(ConsoleSettings(keys={"down": "n", "up": "b"}))
    async with storm.app.run_test(size=(120, 40)) as pilot:
        await storm.settle(pilot)
        first = storm.app.screen.selected_key()  # type: ignore[attr-defined]
        await pilot.press("j")
        await pilot.pause(0.2)
        assert storm.app.screen.selected_key() == first  # type: ignore[attr-defined]
        await pilot.press("n")
        await pilot.pause(0.2)
        assert storm.app.screen.selected_key() != first  # type: ignore[attr-defined]


async def test_commands_complete_and_come_back() -> None:
    storm = Storm()
    async with storm.app.run_test(size=(100, 30)) as pilot:
        await storm.settle(pilot)
        await pilot.press("colon", *"deta", "tab", "tab", "tab", "enter")
        await pilot.pause(0.5)
        assert "shop/cart" in storm.lines()[1]
        await pilot.press("colon", "up")
        await pilot.pause(0.3)
        assert ":detail shop/cart" in storm.lines()[-1]
        await pilot.press("escape", "colon", *"theme lig", "tab", "enter")
        await pilot.pause(0.3)
        assert storm.app.theme == "light"
        await pilot.press("colon", *"theme none", "enter")
        await pilot.pause(0.3)
        assert storm.app.theme == "light"


async def test_the_palette_finds_every_action_by_name() -> None:
    storm = Storm()
    async with storm.app.run_test(size=(120, 40)) as pilot:
        await storm.settle(pilot)
        await pilot.press("ctrl+p", *"roll back now")
        await pilot.pause(1.0)
        assert any("(roll-back)" in line for line in storm.lines())
        await pilot.press("escape")


async def test_a_read_only_console_offers_no_actions() -> None:
    storm = Storm(ConsoleSettings(read_only=True))
    async with storm.app.run_test(size=(120, 40)) as pilot:
        await storm.settle(pilot)
        assert "roll back" not in storm.lines()[-1]
        assert "filter" in storm.lines()[-1]
