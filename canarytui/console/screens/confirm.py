"""The last look before a write: what is written, what the controller then does and when, and the risk.

Opened by ``driving`` with a plan; answers whether to go on. The default is No. In a guarded place the
canary's name has to be typed, so that no reflex changes production traffic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input

from canarytui.console.screens.dialog import Dialog
from canarytui.console.widgets.entry import Entry
from canarytui.console.widgets.lines import Lines
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Plan, Risk

_RISK_TONES = {Risk.LOW: "active", Risk.MEDIUM: "waiting", Risk.HIGH: "bad"}


class ConfirmScreen(Dialog):
    """Shows `plan`; `guard` is the name to type, "" when a single y is enough."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "answer(False)", "No", show=False),
        Binding("y", "yes", "Yes", show=False),
        Binding("left,right,h,l", "other_button", "Other button", show=False),
    ]

    def __init__(self, plan: Plan, *, guard: str = "", guard_reason: str = "") -> None:
        super().__init__()
        self.plan = plan
        self._guard = guard
        self._guard_reason = guard_reason

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="confirm"):
            yield Lines(Text(clean(self.plan.title, 300), style="strong"), id="dialog-title")
            with VerticalScroll(id="dialog-body"):
                yield Lines(plan_text(self.plan))
            if self._guard:
                yield Lines(Text(f"{self._guard_reason}: type {self._guard} to go on", style="bad"), id="dialog-guard")
                yield Entry(placeholder=self._guard, id="guard")
            with Horizontal(id="dialog-buttons"):
                yield Button("No (n, Esc)", id="no")
                yield Button("Yes, write it (y)" if not self._guard else "Yes, write it (Enter)", id="yes")

    def on_mount(self) -> None:
        self.query_one("#guard" if self._guard else "#no").focus()

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


def plan_text(plan: Plan) -> Text:
    """The whole plan as it is confirmed; also what the screenshots and tests look at."""
    text = Text()
    for write in plan.writes:
        _section(text, "WRITES", f"{write.method} {write.path}")
        text.append(f"        {write.content_type}\n", style="quiet")
        text.append(f"{_indented(write.body)}\n")
    _section(text, "THEN", plan.effect)
    _section(text, "WHEN", plan.when)
    text.append(f"{'RISK':<8}", style="quiet")
    text.append(f"{plan.risk}", style=_RISK_TONES[plan.risk])
    text.append(f": {clean(plan.risk_text)}\n" if plan.risk_text else "\n")
    if plan.owner:
        _section(text, "OWNER", plan.owner, tone="waiting")
    if plan.undo:
        _section(text, "UNDO", plan.undo)
    text.right_crop(1)
    return text


def _section(text: Text, title: str, content: str, *, tone: str = "") -> None:
    if content:
        text.append(f"{title:<8}", style="quiet")
        text.append(f"{clean(content)}\n", style=tone)


_COMPACT_MOST = 240


def _indented(body: Mapping[str, Any]) -> str:
    written = json.dumps(body, indent=2, ensure_ascii=True, sort_keys=False)
    compact = json.dumps(body, ensure_ascii=True)
    shown = compact if len(compact) <= _COMPACT_MOST else written
    return "\n".join(f"        {line}" for line in shown.split("\n"))
