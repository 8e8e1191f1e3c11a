"""The audit log on a screen that scrolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen

from canarytui.console.widgets.lines import Lines
from canarytui.domain.text.plain import clean
from canarytui.report.audit_text import audit_text

_AROUND_BODY = 6
"""Lines of the dialog that are not its body: border, padding, title."""


class AuditScreen(ModalScreen[None]):
    """Shows `entries`, newest last."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", show=False),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
    ]

    def __init__(self, entries: Sequence[Mapping[str, Any]], zone: tzinfo | None, path: str = "") -> None:
        super().__init__()
        self._text = audit_text(entries, zone)
        self._path = path

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="audit"):
            yield Lines(Text(f"Audit {clean(self._path, 200)}".rstrip(), style="strong"), id="dialog-title")
            with VerticalScroll(id="dialog-body"):
                yield Lines(self._text)

    def on_mount(self) -> None:
        body = self.query_one("#dialog-body", VerticalScroll)
        body.focus()
        self.call_after_refresh(body.scroll_end, animate=False)

    def on_resize(self, event: Resize) -> None:
        body = self.query_one("#dialog-body", VerticalScroll)
        body.styles.max_height = max(4, int(event.size.height * 0.9) - _AROUND_BODY)

    def action_move(self, step: int) -> None:
        self.query_one("#dialog-body", VerticalScroll).scroll_relative(y=step, animate=False)
