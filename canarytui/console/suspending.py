"""What may not be left alone while the console is suspended: load, and writes that only it takes back."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.console.connection import Connection
from canarytui.domain.plaintext import clean

_MOST_NAMED = 3
DRILL_ENDED = "The drill was ended before the console was suspended: nobody would have watched its load."


class Suspending:
    """Remembers which writes the person chose to leave as they are."""

    def __init__(self) -> None:
        self._left: list[object] = []

    def objection(self, connections: Iterable[Connection]) -> str:
        """Why not to suspend now; "" when nothing is against it, or the same was asked a moment ago."""
        held = [record for connection in connections for record in connection.hands.held]
        if not held or held == self._left:
            self._left = []
            return ""
        self._left = list(held)
        named = ", ".join(clean(f"{each.namespace}/{each.name}: {each.what}", 120) for each in held[:_MOST_NAMED])
        return f"A suspended console does not put this back: {named}. Ctrl+Z again suspends it all the same."
