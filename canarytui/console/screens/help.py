"""Everything that works here, on one page."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from canarytui.console.keymap import KEYS
from canarytui.console.widgets.lines import Lines

_SIGNS = (
    ("✗ Halted", "checks fail; at the threshold of failed checks it rolls back"),
    ("✗ Failed", "rolled back"),
    ("▲ Progressing", "advancing, or about to"),
    ("? Waiting", "a gate has not been opened"),
    ("= Suspended", "paused by spec.suspend"),
    ("✓ Succeeded", "promoted, quiet"),
    ("FAILED 3/10", "failed checks of the threshold"),
    ("STEP 4/10", "steps taken of the plan; NEXT counts down to the controller's next tick"),
    ("W / N", "in the timeline: warning, normal"),
)


class HelpScreen(ModalScreen[None]):
    """Any key that closes things closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter", "dismiss", "Close", show=False)]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="dialog", classes="help"):
            yield Lines(help_text())

    def on_mount(self) -> None:
        self.query_one("#dialog").focus()


def help_text() -> Text:
    """Keys by group, then what the signs mean."""
    text = Text()
    group = ""
    for key in KEYS:
        if key.group != group:
            text.append(f"{'' if not group else chr(10)}{key.group}\n", style="strong")
            group = key.group
        text.append(f"  {key.shown:<12}", style="mark")
        text.append(f"{key.title}\n")
    text.append("\nSigns\n", style="strong")
    for sign, meaning in _SIGNS:
        text.append(f"  {sign:<15}", style="mark")
        text.append(f"{meaning}\n")
    text.right_crop(1)
    return text
