"""What the confirmations share: a body that scrolls when the terminal is too low, so that the buttons stay."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen

_AROUND_BODY = 9
"""Lines of a dialog that are not its body: border, padding, title, buttons."""

_SHARE = 0.9
_LEAST = 4


class Dialog(ModalScreen[bool]):
    """A question with a ``#dialog-body``; answered True or False."""

    def on_resize(self, event: Resize) -> None:
        body = self.query_one("#dialog-body", VerticalScroll)
        body.styles.max_height = max(_LEAST, int(event.size.height * _SHARE) - _AROUND_BODY)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_other_button(self) -> None:
        focused = self.focused
        self.query_one("#yes" if focused is not None and focused.id == "no" else "#no").focus()
