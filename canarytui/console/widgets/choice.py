"""One of a few words, chosen with ← → or Space: where free text would only be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from canarytui.domain.text.plain import clean


class Choice(Widget, can_focus=True):
    """Shows the chosen word between arrows when there are several."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "turn(1)", "Next", show=False),
        Binding("left,h", "turn(-1)", "Before", show=False),
    ]

    class Changed(Message):
        """Another word was chosen."""

    def __init__(self, words: Sequence[str] = (), *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._words = tuple(words)
        self._chosen = 0

    @property
    def value(self) -> str:
        """The chosen word, "" while there is none."""
        return self._words[self._chosen] if self._words else ""

    def offer(self, words: Sequence[str], chosen: str = "") -> None:
        """Other words; `chosen` is the one to begin with, the first when it is none of them."""
        self._words = tuple(words)
        self._chosen = self._words.index(chosen) if chosen in self._words else 0
        self.refresh()

    def render(self) -> Text:
        shown = clean(self.value, 200) or "…"
        return Text(f"‹ {shown} ›" if len(self._words) > 1 else shown, no_wrap=True, overflow="ellipsis")

    def action_turn(self, step: int) -> None:
        if len(self._words) > 1:
            self._chosen = (self._chosen + step) % len(self._words)
            self.refresh()
            self.post_message(self.Changed())
