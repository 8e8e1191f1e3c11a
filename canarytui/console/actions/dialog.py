"""The question before anything is written or sent: what will happen, No as the default, and a name to type where the
context is guarded. Confirmations and drills fill in their own text."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Console
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Button, Input

from canarytui.console.dismissed_once import Modal
from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.lines import Lines
from canarytui.domain.sentences import dialogs as words
from canarytui.domain.text.plain import clean

_AROUND_BODY = 9
"""Lines of a dialog around its body: border, padding, title, buttons."""

_GUARD = 3
"""Lines that the guard takes."""

_SHARE = 0.9
_LEAST = 4
_LABEL = 8
"""Columns of the labels at the left."""
_CONSOLE = Console(width=200)
"""Rich folds by the rules of a console."""


def body_columns(columns: int) -> int:
    """Columns of a dialog's body on a screen of `columns`: `dialogs.tcss` has its width and what is around it."""
    return min(int(columns * _SHARE), 110) - 8


def hanging(text: Text, columns: int) -> Text:
    """`text` folded at words; what goes on is below the words of its line, and not below the label before them."""
    lines: list[Text] = []
    for line in text.split("\n"):
        indent = _LABEL if len(line) > _LABEL and line.plain[_LABEL - 1] == " " else 0
        head, rest = line[:indent], line[indent:]
        room = max(columns - indent, _LABEL)
        for number, part in enumerate(rest.wrap(_CONSOLE, room, tab_size=8) if len(rest) > room else [rest]):
            part.rstrip()
            lines.append(head.append_text(part) if not number else Text(" " * indent).append_text(part))
    return Text("\n").join(lines)


class Dialog(Modal[bool]):
    """Answers True or False. `yes` labels the button that confirms; `guard` is the name to type, "" when y is
    enough."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "answer(False)", "No", show=False),
        Binding("y", "yes", "Yes", show=False),
        Binding("left,right,h,l", "other_button", "Other button", show=False),
    ]

    def __init__(self, title: str, body: Text, *, yes: str, guard: str = "", guard_reason: str = "") -> None:
        super().__init__()
        self._title = title
        self._body = body
        self._yes = yes
        self._guard = guard
        self._guard_reason = guard_reason

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="confirm"):
            yield Lines(Text(clean(self._title, 300), style="strong"), id="dialog-title")
            with VerticalScroll(id="dialog-body"):
                yield Lines(self._body, id="dialog-body-text")
            if self._guard:
                guarded = words.GUARDED.text(reason=self._guard_reason, name=self._guard)
                yield Lines(Text(guarded, style="bad"), id="dialog-guard")
                yield QuietInput(placeholder=self._guard, id="guard")
            with Horizontal(id="dialog-buttons"):
                yield Button("No (n, Esc)", id="no")
                yield Button(f"{self._yes} ({'Enter' if self._guard else 'y'})", id="yes")

    def on_mount(self) -> None:
        self.query_one("#guard" if self._guard else "#no").focus()

    def on_resize(self, event: Resize) -> None:
        """On a low terminal the body scrolls, so that the buttons stay visible."""
        around = _AROUND_BODY + (_GUARD if self._guard else 0)
        body = self.query_one("#dialog-body", VerticalScroll)
        body.styles.max_height = max(_LEAST, int(event.size.height * _SHARE) - around)
        self.query_one("#dialog-body-text", Lines).say(hanging(self._body, body_columns(event.size.width)), layout=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "yes":
            self.action_yes()
        else:
            self.action_answer(False)

    def on_input_submitted(self) -> None:
        self.action_yes()

    def action_yes(self) -> None:
        if self._guard and self.query_one("#guard", Input).value != self._guard:
            self.app.bell()
            return
        self.dismiss(True)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_other_button(self) -> None:
        focused = self.focused
        self.query_one("#yes" if focused is not None and focused.id == "no" else "#no").focus()
