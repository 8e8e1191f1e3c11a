"""What must not be left alone while the console is suspended: load, and writes that only it reverts."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean
from canarytui.session.connection import Connection

_MOST_NAMED = 3
DRILL_ENDED = words.DRILL_ENDED.words


class Suspending:
    """Remembers which writes the person chose to leave as they are."""

    def __init__(self) -> None:
        self._left: list[object] = []

    def objection(self, connections: Iterable[Connection]) -> str:
        """Why not to suspend now; "" when there is no reason, or the person has just been warned of the same."""
        held = [record for connection in connections for record in connection.executor.held]
        if not held or held == self._left:
            self._left = []
            return ""
        self._left = list(held)
        named = ", ".join(clean(f"{each.namespace}/{each.name}: {each.what}", 120) for each in held[:_MOST_NAMED])
        return words.LEFT_BEHIND.text(named=named)
