"""The one-line prompt at the bottom: ``/`` filters while one types, ``:`` takes a command.

Answers with the text, or None after Esc. Tab steps through completions, ↑ and ↓ through the history.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.lines import Lines
from canarytui.domain.text.plain import clean, cut, width

MOST_REMEMBERED = 100


class PromptScreen(ModalScreen[str | None]):
    """`sign` is ``/`` or ``:``; `on_change` gets every change of the text. `completed` gives the whole lines that a
    text may become; `history` holds earlier answers, oldest first, and gets this one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("tab", "complete(1)", "Complete", show=False, priority=True),
        Binding("shift+tab", "complete(-1)", "Complete backwards", show=False, priority=True),
        Binding("up", "recall(-1)", "Earlier", show=False, priority=True),
        Binding("down", "recall(1)", "Later", show=False, priority=True),
    ]

    def __init__(
        self,
        sign: str,
        value: str = "",
        *,
        hint: str = "",
        on_change: Callable[[str], None] | None = None,
        completed: Callable[[str], list[str]] = lambda _: [],
        history: MutableSequence[str] | None = None,
    ) -> None:
        super().__init__()
        self._sign = sign
        self._value = value
        self._hint = hint
        self._on_change = on_change
        self._completed = completed
        self._history: MutableSequence[str] = [] if history is None else history
        self._place = len(self._history)
        self._typed = value
        self._offers: list[str] = []
        self._offer = -1
        self._set = value

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt-box"):
            yield Lines(id="prompt-offers")
            with Horizontal(id="prompt"):
                yield Label(self._sign, id="prompt-sign", markup=False)
                yield QuietInput(value=self._value, placeholder=self._hint, id="prompt-input", select_on_focus=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._refresh_offers("")

    def on_key(self, event: Key) -> None:
        """A key that came before the line was ready for it."""
        if self.focused is None and self.take_key(event):
            event.stop()

    def take_key(self, event: Key) -> bool:
        """Take a key of a burst or a paste that went to the screen below; whether it was used."""
        if not self.query(Input):
            self.call_after_refresh(self.take_key, event)
            return True
        entry = self.query_one(Input)
        if event.is_printable and event.character:
            entry.insert_text_at_cursor(event.character)
        elif event.key == "enter":
            self._answer(entry.value)
        elif event.key == "backspace":
            entry.action_delete_left()
        elif event.key == "escape":
            self.action_cancel()
        else:
            return False
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._on_change is not None:
            self._on_change(event.value)
        if event.value != self._set:  # typed, not put there by Tab or ↑
            self._set = self._typed = event.value
            self._refresh_offers(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._answer(event.value)

    def _answer(self, text: str) -> None:
        said = text.strip()
        if said:
            if said in self._history:
                self._history.remove(said)
            self._history.append(said)
            del self._history[:-MOST_REMEMBERED]
        self.dismiss(text)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_complete(self, by: int) -> None:
        """Replace the text by the next completion."""
        if not self._offers:
            return
        self._offer = (self._offer + by) % len(self._offers) if self._offer >= 0 or by > 0 else len(self._offers) - 1
        self._put(self._offers[self._offer])
        if len(self._offers) == 1 and not self._offers[0].endswith(" "):
            further = self._completed(f"{self._offers[0]} ")
            if further:  # the command is clear: now its words
                self._put(f"{self._offers[0]} ")
                self._typed = f"{self._offers[0]} "
                self._offers, self._offer = further, -1
        self._draw_offers()

    def action_recall(self, by: int) -> None:
        """An earlier answer, or what was being typed."""
        self._place = min(max(self._place + by, 0), len(self._history))
        self._put(self._history[self._place] if self._place < len(self._history) else self._typed)

    def _put(self, text: str) -> None:
        self._set = text
        entry = self.query_one(Input)
        entry.value = text
        entry.cursor_position = len(text)

    def _refresh_offers(self, text: str) -> None:
        self._offers, self._offer = self._completed(text), -1
        self._draw_offers()

    def _draw_offers(self) -> None:
        lines = self.query_one("#prompt-offers", Lines)
        lines.display = bool(self._offers)
        lines.say(offered(self._offers, self._offer, self.size.width))


def offered(lines: list[str], chosen: int, columns: int) -> Text:
    """Completions side by side from the chosen one on, as many as fit; the chosen one is highlighted."""
    text = Text(no_wrap=True)
    words = [clean(line, 100) for line in lines]
    room = columns
    for number in range(max(chosen, 0), len(words)):
        shown = cut(words[number], max(columns - 2, 1))
        if width(shown) + 2 > room:
            break
        room -= width(shown) + 2
        text.append(f" {shown} ", style="mark" if number == chosen else "quiet")
    return text
