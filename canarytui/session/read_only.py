"""A read-only connection: for watch mode, and for the console in read-only mode.

Writes are refused twice: here, before a plan is shown, and below, where :class:`~canarytui.cluster.client.Cluster`
sends nothing but GET when its target is read only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, NoReturn

from canarytui.actions.read_only_executor import ReadOnlyExecutor
from canarytui.domain.sentences import console as words
from canarytui.errors import ReadOnly
from canarytui.session.connection import Connection, Key

if TYPE_CHECKING:
    from canarytui.cluster.audit import AuditLog
    from canarytui.drills.orphans import Orphan
    from canarytui.session.canary_detail import CloseUp

REASON = words.READ_ONLY.words


class ReadOnlyConnection:
    """`inner` without its writes. `age_s` is how long ago the server answered, None for never."""

    def __init__(self, inner: Connection, age_s: Callable[[], float | None] = lambda: 0.0) -> None:
        self._inner = inner
        self.age_s = age_s
        self.context = inner.context
        self.server = inner.server
        self.scope = inner.scope
        self.hands = ReadOnlyExecutor(REASON)

    def metrics_phrase(self) -> str:
        return self._inner.metrics_phrase()

    def timeline_phrase(self) -> str:
        return self._inner.timeline_phrase()

    def look_at(self, keys: Iterable[Key]) -> None:
        self._inner.look_at(keys)

    @property
    def audit(self) -> AuditLog:
        return self._inner.audit

    def drill_eyes(self, key: Key, zone: tzinfo | None) -> NoReturn:
        raise ReadOnly(words.NO_DRILL.text(reason=REASON))

    async def close_drills(self) -> list[Orphan]:
        return []

    def keep_looking(self, keys: Iterable[Key]) -> None:
        """No drill, so nothing to keep looking at."""

    async def read_again(self, key: Key) -> None:
        await self._inner.read_again(key)

    def look_closely(self, key: Key) -> CloseUp:
        return self._inner.look_closely(key)

    def look_away(self, closeup: CloseUp) -> None:
        self._inner.look_away(closeup)

    async def close(self) -> None:
        await self._inner.close()
