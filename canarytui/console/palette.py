"""The command palette: every action and every ``:`` command by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.theme import ThemeProvider
from textual.types import IgnoreReturnCallbackType

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.command_table import COMMANDS
from canarytui.console.commands import run_command
from canarytui.console.keymap import ACT, shown_keys
from canarytui.console.model import ConsoleModel
from canarytui.console.terminal.palette_screen import PaletteScreen
from canarytui.console.themes import register_own_themes
from canarytui.domain.sentences import console as words

PaletteEntry = tuple[str, str, IgnoreReturnCallbackType]
"""What is searched and shown, its explanation, what it does."""


class ConsoleCommands(Provider):
    """Actions with their keys, then commands. A read-only console offers no actions."""

    async def discover(self) -> Hits:
        for title, explained, run in self._entries():
            yield DiscoveryHit(Content(title), run, text=title, help=_escaped(explained))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, explained, run in self._entries():
            score = matcher.match(title)
            if score > 0:
                shown = Content(title) if "[" in title else matcher.highlight(title)
                yield Hit(score, shown, run, text=title, help=_escaped(explained))

    @property
    def _model(self) -> ConsoleModel | None:
        """Of the nearest screen about canaries: dialogs lie above one."""
        found = (screen for screen in reversed(self.app.screen_stack) if isinstance(screen, ConsoleScreen))
        screen = next(found, None)
        return screen.model if screen is not None else None

    def _entries(self) -> Iterator[PaletteEntry]:
        model = self._model
        if model is None:
            return
        for key in shown_keys(model.settings.keys):
            if key.name and key.action and not (key.group == ACT and model.settings.read_only):
                title = key.help.split(":")[0].split(" (")[0].capitalize()
                yield f"{title} ({key.name})", f"key {key.shown}", partial(self.screen.run_action, key.action)
        for number, plugin in enumerate(model.settings.plugins):
            if not (plugin.writes and model.settings.read_only):
                run = partial(self.app.run_action, f"app.plugin({number})")
                yield f"Plugin {plugin.name}", plugin.help, run
        for command in COMMANDS:
            if not command.needs_word:
                yield (
                    f":{command.names[0]}  {command.help}",
                    f"command :{command.usage}",
                    partial(run_command, model, command.names[0]),
                )


def open_palette(app: App[Any], **options: Any) -> None:
    """Open the palette, unless one is open: Textual's own action ends the app when the key comes again while one is
    closing, and its themes open a second one above the first."""
    if not any(isinstance(screen, PaletteScreen) for screen in app.screen_stack):
        app.push_screen(PaletteScreen(**options))


async def open_themes(app: App[Any]) -> None:
    """Open the list of themes, with ours and this person's in it."""
    await register_own_themes(app)
    open_palette(app, providers=[ThemeProvider], placeholder=words.THEMES.text())


def _escaped(text: str) -> str:
    """`text` for Textual, which reads markup in it: a plugin's name and command are the person's own."""
    return text.replace("[", "\\[")
