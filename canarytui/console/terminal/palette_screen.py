"""Textual's command palette, for keys that come faster than it opens, lists and closes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from textual.command import CommandPalette
from textual.worker import Worker

from canarytui.console.dismissed_once import DismissedOnce


class PaletteScreen(CommandPalette, DismissedOnce[None]):
    """Textual's, which neither ends the app nor closes another screen when keys come in bursts."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a page up or down before the commands are laid out
            super()._action_command_list(action)

    def run_worker(self, work: Any, **options: Any) -> Worker[Any]:  # type: ignore[override]  # keywords only
        """Search in the background. A search that finds the palette closed ends itself, not the app."""
        return super().run_worker(work, **{**options, "exit_on_error": False})
