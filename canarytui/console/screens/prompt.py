"""The one-line prompt at the bottom: ``/`` filters while one types, ``:`` takes a command.

Opened by the list and detail screens; answers with the text, or None after Esc.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from canarytui.console.widgets.entry import Entry


class PromptScreen(ModalScreen[str | None]):
    """`sign` is ``/`` or ``:``; `on_change` hears every change of the text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(
        self, sign: str, value: str = "", *, hint: str = "", on_change: Callable[[str], None] | None = None
    ) -> None:
        super().__init__()
        self._sign = sign
        self._value = value
        self._hint = hint
        self._on_change = on_change

    def compose(self) -> ComposeResult:
        with Horizontal(id="prompt"):
            yield Label(self._sign, id="prompt-sign", markup=False)
            yield Entry(value=self._value, placeholder=self._hint, id="prompt-input", select_on_focus=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._on_change is not None:
            self._on_change(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_cancel(self) -> None:
        self.dismiss(None)
