"""Textual's command palette, for keys that come faster than it opens, lists and closes."""

from __future__ import annotations

from contextlib import suppress

from textual.command import CommandPalette

from canarytui.console.dismissed_once import DismissedOnce


class PaletteScreen(CommandPalette, DismissedOnce[None]):
    """Textual's, which neither ends the app nor closes another screen when keys come in bursts."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a page up or down before the commands are laid out
            super()._action_command_list(action)
