"""Letters over the screen: typing one goes to what it stands at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, product
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key, Resize
from textual.geometry import Size

from canarytui.console.dismissed_once import Modal
from canarytui.console.widgets.lines import Lines

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""Those under the fingers first."""


class JumpTarget(NamedTuple):
    """What can be gone to: a place of the screen, and what going there does."""

    column: int
    line: int
    go: Callable[[], object]


def jump_labels(count: int) -> list[str]:
    """`count` different labels, all of one length, so that none is the beginning of another."""
    length = 1
    while len(LETTERS) ** length < count:
        length += 1
    return ["".join(letters) for letters in islice(product(LETTERS, repeat=length), count)]


class JumpScreen(Modal[JumpTarget | None]):
    """Answers with the target whose letters were typed; any other key closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close", show=False)]

    def __init__(self, targets: Sequence[JumpTarget]) -> None:
        super().__init__()
        self._targets = dict(zip(jump_labels(len(targets)), targets, strict=True))
        self._typed = ""
        self._laid_out: Size | None = None

    def on_resize(self, event: Resize) -> None:
        """What the letters stand at moves with the terminal's size: close, after the size that it is opened with."""
        if self._laid_out not in (None, event.size):
            self.dismiss(None)
        self._laid_out = event.size

    def compose(self) -> ComposeResult:
        for label, target in self._targets.items():
            shown = Lines(Text(label), classes="jump-label")
            shown.styles.offset = (target.column, target.line)
            shown.styles.width = len(label)
            yield shown

    def on_key(self, event: Key) -> None:
        if event.key != "escape":
            event.stop()
            self.take_key(event)

    def take_key(self, event: Key) -> bool:
        """Take a letter; a key that was typed for the screen below comes here, too."""
        self._typed += (event.character or "").lower() or " "
        if self._typed in self._targets:
            self.dismiss(self._targets[self._typed])
        elif not any(label.startswith(self._typed) for label in self._targets):
            self.dismiss(None)
        return True
