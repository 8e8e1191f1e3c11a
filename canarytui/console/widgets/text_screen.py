"""A text of any length on a screen that scrolls; the pager's key opens it in the pager."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Resize

from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.paged_screen import PagedScreen
from canarytui.domain.text.plain import clean

_AROUND_BODY = 6
"""Lines of the dialog that are not its body: border, padding, title."""


class TextScreen(PagedScreen):
    """Shows `text`, from its start or, with `at_end`, from its end."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        Binding("c,y", "copy", "Copy", show=False),
    ]

    def __init__(self, title: str, text: Text, *, at_end: bool = False, copied: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._at_end = at_end
        self._copied = copied

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="audit"):
            yield Lines(Text(clean(self._title, 300), style="strong"), id="dialog-title")
            with VerticalScroll(id="dialog-body"):
                yield Lines(self._text)

    def on_mount(self) -> None:
        body = self.query_one("#dialog-body", VerticalScroll)
        body.focus()
        if self._at_end:
            self.call_after_refresh(body.scroll_end, animate=False)

    def on_resize(self, event: Resize) -> None:
        for body in self.query("#dialog-body"):  # none before the parts are mounted
            body.styles.max_height = max(4, int(event.size.height * 0.9) - _AROUND_BODY)

    def pager_text(self) -> str:
        return self._text.plain

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._copied or self._text.plain)

    def action_move(self, step: int) -> None:
        self.query_one("#dialog-body", VerticalScroll).scroll_relative(y=step, animate=False)
