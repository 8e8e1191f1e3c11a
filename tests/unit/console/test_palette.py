"""The command palette has every action and every command, and does what they do."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from textual.command import CommandPalette, DiscoveryHit, Hit
from textual.style import Style
from textual.widgets import Input, OptionList

from canarytui.console.app import ConsoleApp
from canarytui.console.command_table import COMMANDS
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.palette import ConsoleCommands
from canarytui.console.programs.plugins import Plugin
from canarytui.console.settings import ConsoleSettings
from canarytui.console.timeline.screen import EventsScreen
from canarytui.domain.sentences import console as words


def shown(hit: Any) -> str:
    return hit.text if isinstance(hit, DiscoveryHit | Hit) and hit.text else str(hit.display)


@pytest.mark.parametrize("read_only", [False, True])
async def test_actions_and_commands_are_found_and_run(read_only: bool) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC, settings=ConsoleSettings(read_only=read_only))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.3)
        provider = ConsoleCommands(app.screen, Style())
        offers = [shown(hit) async for hit in provider.discover()]
        assert any("(roll-back)" in offer for offer in offers) is not read_only
        assert {command.names[0] for command in COMMANDS if not command.needs_word} <= {
            offer.split()[0].removeprefix(":") for offer in offers if offer.startswith(":")
        }
        found = [hit async for hit in provider.search("whole timeline")]
        assert [hit.help for hit in found] == ["command :events"]
        found[0].command()
        await pilot.pause(0.2)
        assert isinstance(app.screen, EventsScreen)


async def test_it_opens_once_however_often_its_key_is_pressed() -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.2)
        await pilot.press("ctrl+p", "ctrl+p")
        await pilot.pause(0.2)
        assert sum(isinstance(screen, CommandPalette) for screen in app.screen_stack) == 1


async def test_the_themes_open_once_however_often_they_are_asked_for() -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.2)
        app.search_themes()
        app.action_change_theme()
        await pilot.press("ctrl+p")
        await pilot.pause(0.3)
        assert sum(isinstance(screen, CommandPalette) for screen in app.screen_stack) == 1
        await pilot.press("escape", "ctrl+p")
        await pilot.pause(0.2)
        app.screen.dismiss()
        app.search_themes()  # as its command does that is chosen
        await pilot.pause(0.3)
        (palette,) = (screen for screen in app.screen_stack if isinstance(screen, CommandPalette))
        assert palette.query_one(Input).placeholder == words.THEMES.text(), "from the palette, in its place"


async def test_brackets_in_a_plugin_are_text_and_not_markup() -> None:
    plugin = Plugin("say [/b]", ("echo", "[/x]"), help="echo [/x]", writes=False)
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC, settings=ConsoleSettings(plugins=(plugin,)))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.2)
        await pilot.press("ctrl+p", *"say")
        for _ in range(50):
            await pilot.pause(0.05)
            options = app.screen.query_one(OptionList)
            prompts = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
            if any("say [/b]" in prompt for prompt in prompts):
                break
        assert "Plugin say [/b]\necho [/x]" in prompts


async def test_of_textuals_own_commands_only_the_themes_are_offered() -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(100, 30)):
        assert [each.title for each in app.get_system_commands(app.screen)] == ["Theme"]
