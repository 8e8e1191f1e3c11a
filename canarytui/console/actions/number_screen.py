"""A number for an action: how many ticks to extend, or which weight to skip to."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from canarytui.console.dismissed_once import Modal
from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.lines import Lines
from canarytui.domain.actions.skipping import later_stops
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import dialogs as words
from canarytui.whole_number import whole_number


class NumberScreen(Modal[int | None]):
    """Answers with one of `choices` (any whole number from 1 up without them), or None. The arrow keys step through
    the choices."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("up", "step(1)", "More", show=False, priority=True),
        Binding("down", "step(-1)", "Less", show=False, priority=True),
    ]

    def __init__(self, title: str, value: int, explained: str, choices: tuple[int, ...] = ()) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._explained = explained
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="number"):
            yield Lines(Text(self._title, style="strong"))
            yield QuietInput(value=str(self._value), id="number", type="integer", select_on_focus=True)
            yield Lines(Text(self._explained))
            yield Lines(Text(words.NUMBER_KEYS.text(), style="quiet"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self) -> None:
        number = self._number()
        if number is None or number < 1 or (self._choices and number not in self._choices):
            self.app.bell()
            return
        self.dismiss(number)

    def action_step(self, step: int) -> None:
        number = self._number() or 0
        if self._choices:
            near = [each for each in self._choices if (each - number) * step > 0]
            number = (min(near) if step > 0 else max(near)) if near else number
        else:
            number = max(number + step, 1)
        self.query_one(QuietInput).suggest(str(number))

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _number(self) -> int | None:
        return whole_number(self.query_one(Input).value.strip(), digits_most=5)


def ticks_screen(situation: Situation, ticks: int) -> NumberScreen:
    """Asks for how many ticks to extend a step."""
    canary = situation.canary
    return NumberScreen(
        words.EXTEND.text(canary=f"{canary.namespace}/{canary.name}"),
        ticks,
        words.EXTENDED.text(interval=situation.interval_s),
    )


def weight_screen(situation: Situation) -> NumberScreen:
    """Asks which weight to skip to."""
    canary, stops = situation.canary, later_stops(situation)
    return NumberScreen(
        words.SKIP.text(canary=f"{canary.namespace}/{canary.name}", weight=situation.weight),
        stops[0],
        words.STOPS.text(stops=", ".join(str(stop) for stop in stops[:24])),
        stops,
    )
