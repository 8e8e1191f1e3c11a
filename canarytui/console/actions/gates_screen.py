"""The gates of one canary: which webhooks ask each, whether it is open; opens and closes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from canarytui.console.detail.layout import fold
from canarytui.console.dismissed_once import Modal
from canarytui.console.widgets.lines import Lines
from canarytui.domain.actions import ActionRequest, LoadTesterGate, gates_of
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import dialogs as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url

_ASKING = "asking …"
_SIGNS = {"open": "○ open", "closed": "● closed", _ASKING: _ASKING}
_INDENT = "    "
_LONGEST = 200
"""Characters of the reason why a load tester does not say whether its gate is open."""


class GatesScreen(Modal[ActionRequest | None]):
    """Answers with a request to open or close a gate, or None. `state` asks the load tester in the background."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "cancel", "Back", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("o,enter", "turn(True)", "Open", show=False),
        Binding("c", "turn(False)", "Close", show=False),
    ]

    def __init__(self, situation: Situation, state: Callable[[LoadTesterGate, Situation], Awaitable[str]]) -> None:
        super().__init__()
        self._situation = situation
        self._ask = state
        self._gates = gates_of(situation.canary)
        self._states = [_ASKING] * len(self._gates)
        self._chosen = 0

    def compose(self) -> ComposeResult:
        canary = self._situation.canary
        with Vertical(id="dialog", classes="gates"):
            yield Lines(
                Text(words.GATES.text(canary=f"{canary.namespace}/{canary.name}"), style="strong"), id="dialog-title"
            )
            yield Lines(Text(_ASKING), id="gate-lines")
            yield Lines(Text(words.GATE_KEYS.text(), style="quiet"), id="gate-keys")

    def on_mount(self) -> None:
        self._look()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    @work
    async def _look(self) -> None:
        for index, gate in enumerate(self._gates):
            self._states[index] = clean(await self._ask(gate, self._situation), _LONGEST)
            self._draw()

    def action_move(self, step: int) -> None:
        self._chosen = (self._chosen + step) % len(self._gates)
        self._draw()

    def action_turn(self, opens: bool) -> None:
        rollback = self._gates[self._chosen].space == "rollback"
        self.dismiss(ActionRequest(Intent.OPEN_GATE if opens else Intent.CLOSE_GATE, rollback_gate=rollback))

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _draw(self) -> None:
        lines = self.query_one("#gate-lines", Lines)
        if lines.size.width:
            lines.say(self._lines(lines.size.width), layout=True)

    def _lines(self, columns: int) -> Text:
        text = Text()
        for index, (gate, state) in enumerate(zip(self._gates, self._states, strict=True)):
            text.append("▶ " if index == self._chosen else "  ", style="mark")
            text.append("rollback gate  " if gate.space == "rollback" else "gate           ", style="strong")
            sign = _SIGNS.get(state, words.GATE_UNKNOWN.text())
            text.append(f"{sign}\n", style="waiting" if state == "open" else "")
            for row in fold("" if state in _SIGNS else state, columns - len(_INDENT)):
                text.append(f"{_INDENT}{row}\n", style="bad")
            hooks = ", ".join(f"{clean(name, 60)} ({kind})" for name, kind in gate.hooks)
            place = words.GATE_PLACE.text(place=clean(place_url(gate.base), 200))
            for said in (words.GATE_HOOKS.text(hooks=hooks), place):
                for row in fold(said, columns - len(_INDENT)):
                    text.append(f"{_INDENT}{row}\n", style="quiet")
        text.append(words.GATE_SCOPE.text(), style="quiet")
        return text
