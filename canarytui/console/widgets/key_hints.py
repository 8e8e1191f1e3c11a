"""The line of keys at the bottom: each can be clicked, and help stays at the right whatever has no room."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.text import Text
from textual.events import Click

from canarytui.console.widgets.lines import Lines
from canarytui.domain.text.plain import width


class Hint(Struct, frozen=True):
    """A key as a person reads it, what it does in a word or two, and the action that a click runs ("" for none)."""

    shown: str
    label: str
    action: str = ""

    @property
    def columns(self) -> int:
        """Columns that it takes in the line."""
        return width(self.shown) + width(self.label) + 3


class KeyHints(Lines):
    """Shows as many hints as fit; `pinned` ones stand at the right and are never left out."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._zones: list[tuple[int, int, str]] = []

    def show_hints(self, hints: Sequence[Hint], pinned: Sequence[Hint], columns: int) -> None:
        """Show them in `columns` columns."""
        room = columns - sum(hint.columns for hint in pinned)
        text = Text(no_wrap=True)
        self._zones = []
        for hint in hints:
            if text.cell_len + hint.columns > room:
                break
            self._append(text, hint)
        if pinned:
            text.append(" " * max(room - text.cell_len, 0))
        for hint in pinned:
            self._append(text, hint)
        self.say(text)

    def action_at(self, column: int) -> str:
        """The action of the hint at a column; "" where there is none."""
        return next((action for begin, end, action in self._zones if begin <= column < end), "")

    async def on_click(self, event: Click) -> None:
        action = self.action_at(event.x)
        if action:
            await self.screen.run_action(action)

    def _append(self, text: Text, hint: Hint) -> None:
        begin = text.cell_len
        text.append(f" {hint.shown}", style="strong")
        text.append(f" {hint.label} ", style="quiet")
        self._zones.append((begin, text.cell_len, hint.action))
