"""What must not be left alone while the console is suspended: load, and writes that only it reverts."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.console.model import ConsoleModel
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean
from canarytui.session.connection import Connection

_MOST_NAMED = 3
DRILL_ENDED = words.DRILL_ENDED.words


class Suspending:
    """Remembers which writes the person chose to leave as they are."""

    def __init__(self) -> None:
        self._left: list[object] = []

    async def begin(self, model: ConsoleModel) -> tuple[bool, str]:
        """Whether the console may be suspended now, and what to say; a drill that is running is ended first."""
        objection = self.objection(model.contexts.connections())
        if objection or model.drills is None or not model.drills.running:
            return not objection, objection
        await model.end_drill(words.SUSPENDED.text())
        return True, DRILL_ENDED

    def objection(self, connections: Iterable[Connection]) -> str:
        """Why not to suspend now; "" when there is no reason, or the person has just been warned of the same."""
        held = [record for connection in connections for record in connection.executor.held]
        if not held or held == self._left:
            self._left = []
            return ""
        self._left = list(held)
        named = ", ".join(clean(f"{each.namespace}/{each.name}: {each.what}", 120) for each in held[:_MOST_NAMED])
        return words.LEFT_BEHIND.text(named=named)
