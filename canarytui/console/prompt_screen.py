"""The one-line prompt at the bottom: ``/`` filters while one types, ``:`` takes a command.

Answers with the text, or None after Esc. Tab steps through completions, ↑ and ↓ through the history. What the text
would become stands dimmed behind it: → or Tab accepts that. A text that is probably a slip is not answered with: what
was meant is proposed, and Enter or Tab accepts that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.suggester import Suggester
from textual.widgets import Input, Label

from canarytui.console.detail.layout import fold
from canarytui.console.dismissed_once import Modal
from canarytui.console.memory import add_once
from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.lines import Lines
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean, cut, width


class PromptScreen(Modal[str | None]):
    """`sign` is ``/`` or ``:``; `on_change` gets every change of the text. `completed` gives the whole lines that a
    text may become; `above` stands there as long as there are none. `corrected` is what was probably meant by one, ""
    when it can be used as it is; `history` holds earlier answers, oldest first, and gets this one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("tab", "complete(1)", "Complete", show=False, priority=True),
        Binding("shift+tab", "complete(-1)", "Complete backwards", show=False, priority=True),
        Binding("right", "accept", "Accept", show=False, priority=True),
        Binding("up", "recall(-1)", "Earlier", show=False, priority=True),
        Binding("down", "recall(1)", "Later", show=False, priority=True),
    ]

    def __init__(
        self,
        sign: str,
        value: str = "",
        *,
        hint: str = "",
        above: str = "",
        on_change: Callable[[str], None] | None = None,
        completed: Callable[[str], list[str]] = lambda _: [],
        corrected: Callable[[str], str] = lambda _: "",
        history: list[str] | None = None,
    ) -> None:
        super().__init__()
        self._sign = sign
        self._value = value
        self._hint = hint
        self._above = above
        self._on_change = on_change
        self._completed = completed
        self._corrected = corrected
        self._proposal = ""
        """What was probably meant by the text, which was not answered with."""
        self._history: list[str] = [] if history is None else history
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
                yield QuietInput(
                    value=self._value,
                    placeholder=self._hint,
                    id="prompt-input",
                    select_on_focus=False,
                    suggester=GhostText(self._ghost),
                )

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
            self._proposal = ""
            self._refresh_offers(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._answer(event.value)

    def _answer(self, text: str) -> None:
        meant = self._proposal or self._corrected(text)
        if meant and not self._proposal:
            self._proposal = meant
            self._draw_offers()
            return
        text = meant or text
        if text.strip():
            add_once(self._history, text.strip())
        self.dismiss(text)

    def _ghost(self, text: str) -> str | None:
        """The whole line that stands dimmed behind what is typed: the first completion, else an earlier answer."""
        if not text.strip():
            return None
        found = (line for line in (*self._offers, *reversed(self._history)) if line.startswith(text) and line != text)
        return next(found, None)

    def action_accept(self) -> None:
        """Take what stands dimmed behind the text; elsewhere in it, go right."""
        entry = self.query_one(Input)
        ghost = self._ghost(entry.value)
        if ghost is None or entry.cursor_position < len(entry.value):
            entry.action_cursor_right()
        else:
            entry.value = ghost  # as if it had been typed: its own completions follow
            entry.cursor_position = len(ghost)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_complete(self, by: int) -> None:
        """Replace the text by what was probably meant, or by the next completion."""
        if self._proposal or not self._offers:
            meant = self._proposal or self._ghost(self.query_one(Input).value)
            if meant:
                self._put(meant)
                self._typed = meant
                self._refresh_offers(meant)
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
        self._draw_offers()

    def _put(self, text: str) -> None:
        self._set, self._proposal = text, ""
        entry = self.query_one(Input)
        entry.value = text
        entry.cursor_position = len(text)

    def _refresh_offers(self, text: str) -> None:
        self._offers, self._offer = self._completed(text), -1
        self._draw_offers()

    def _draw_offers(self) -> None:
        lines = self.query_one("#prompt-offers", Lines)
        lines.display = bool(self._offers or self._proposal or self._above)
        if self._proposal:
            said = words.DID_YOU_MEAN.text(line=clean(self._proposal, 100))
            lines.say(Text(cut(said, max(self.size.width - 2, 1)), style="waiting"))
            return
        if not self._offers and self._above:
            lines.say(Text("\n").join(Text(part) for part in fold(f" {self._above}", self.size.width - 1, 1)))
            return
        lines.say(offered(self._offers, self._offer, self.size.width))


class GhostText(Suggester):
    """Proposes what `line` makes of the text."""

    def __init__(self, line: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._line = line

    async def get_suggestion(self, value: str) -> str | None:
        return self._line(value)


def offered(lines: list[str], chosen: int, columns: int) -> Text:
    """Completions side by side from the chosen one on, as many as fit; the chosen one is highlighted."""
    text = Text(no_wrap=True)
    shown_lines = [clean(line, 100) for line in lines]
    room = columns
    for number in range(max(chosen, 0), len(shown_lines)):
        shown = cut(shown_lines[number], max(columns - 2, 1))
        if width(shown) + 2 > room:
            break
        room -= width(shown) + 2
        text.append(f" {shown} ", style="mark" if number == chosen else "quiet")
    return text
