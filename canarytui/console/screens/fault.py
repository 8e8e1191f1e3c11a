"""The last look before a fault: the exact command, who runs it, and what it will do to the rollout."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input

from canarytui.console.faults import CONCURRENCY, DURATION, RATE, FaultPlan
from canarytui.console.screens.dialog import Dialog
from canarytui.console.widgets.entry import Entry
from canarytui.console.widgets.lines import Lines
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import Situation


class FaultScreen(Dialog):
    """Shows `fault`; the default is No, and guarded places want the name typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "answer(False)", "No", show=False),
        Binding("y", "yes", "Yes", show=False),
    ]

    def __init__(self, fault: FaultPlan, situation: Situation, *, guard: str = "", guard_reason: str = "") -> None:
        super().__init__()
        self._fault = fault
        self._situation = situation
        self._guard = guard
        self._guard_reason = guard_reason

    def compose(self) -> ComposeResult:
        title = f"Fault: HTTP 500s for {self._fault.namespace}/{self._fault.name}"
        with Vertical(id="dialog", classes="confirm"):
            yield Lines(Text(title, style="strong"), id="dialog-title")
            with VerticalScroll(id="dialog-body"):
                yield Lines(fault_text(self._fault, self._situation))
            if self._guard:
                yield Lines(Text(f"{self._guard_reason}: type {self._guard} to go on", style="bad"))
                yield Entry(placeholder=self._guard, id="guard")
            with Horizontal(id="dialog-buttons"):
                yield Button("No (n, Esc)", id="no")
                yield Button("Yes, send it (y)" if not self._guard else "Yes, send it (Enter)", id="yes")

    def on_mount(self) -> None:
        self.query_one("#guard" if self._guard else "#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "yes":
            self.action_yes()
        else:
            self.dismiss(False)

    def on_input_submitted(self) -> None:
        self.action_yes()

    def action_yes(self) -> None:
        if self._guard and self.query_one("#guard", Input).value != self._guard:
            self.app.bell()
            return
        self.dismiss(True)


def fault_text(fault: FaultPlan, situation: Situation) -> Text:
    """Command, sender, effect and bounds."""
    analysis = situation.canary.spec.analysis
    requests = CONCURRENCY * RATE
    text = Text()
    text.append("RUNS    ", style="quiet")
    text.append(f"{clean(fault.command, 400)}\n", style="strong")
    text.append("WHERE   ", style="quiet")
    text.append(f"in the load tester at {clean(fault.tester_url, 300)}; nothing is sent from here\n")
    text.append("THEN    ", style="quiet")
    text.append(
        f"about {requests} failing requests a second for {DURATION}; {situation.weight} % of them reach the canary. "
        f"The success rate falls, the rollout halts, and rolls back after {analysis.threshold} failed checks "
        f"({analysis.threshold * situation.interval_s:g} s at the earliest).\n"
    )
    text.append("RISK    ", style="quiet")
    text.append(
        "the primary answers its share of these requests with 500 as well; real users are not touched, ", "waiting"
    )
    text.append("but error budgets and alerts are.", style="waiting")
    return text
