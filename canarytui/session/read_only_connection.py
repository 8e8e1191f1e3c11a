"""A read-only connection: for watch mode, and for the console in read-only mode.

Writes are refused twice: here, before a plan is shown, and below, where :class:`~canarytui.cluster.client.Cluster`
sends nothing but GET when its target is read only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, NoReturn

from canarytui.actions.read_only_executor import ReadOnlyExecutor
from canarytui.domain.sentences import console as words
from canarytui.domain.values import NamespacedName
from canarytui.errors import ReadOnly
from canarytui.session.connection import Connection

if TYPE_CHECKING:
    from canarytui.actions.executor import ActionExecutor
    from canarytui.cluster.audit import AuditLog
    from canarytui.cluster.request_log import RequestLog
    from canarytui.drills.orphans import Orphan
    from canarytui.session.canary_detail import CanaryDetail
    from canarytui.session.metric_access import MetricAccess

REASON = words.READ_ONLY.words


class ReadOnlyConnection:
    """`inner` without its writes. `age_s` is how long ago the server answered, None for never."""

    def __init__(self, inner: Connection, age_s: Callable[[], float | None] = lambda: 0.0) -> None:
        self._inner = inner
        self.age_s = age_s
        self.context = inner.context
        self.server = inner.server
        self.scope = inner.scope

    @property
    def executor(self) -> ActionExecutor:
        return ReadOnlyExecutor(REASON)

    def metrics_phrase(self) -> str:
        return self._inner.metrics_phrase()

    def metrics_outage(self) -> str:
        return self._inner.metrics_outage()

    def timeline_phrase(self) -> str:
        return self._inner.timeline_phrase()

    async def canaries_elsewhere(self) -> Mapping[str, int]:
        return await self._inner.canaries_elsewhere()

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        self._inner.show_checks_of(keys)

    @property
    def requests(self) -> RequestLog:
        return self._inner.requests

    @property
    def audit(self) -> AuditLog:
        return self._inner.audit

    def drill_probe(self, key: NamespacedName, zone: tzinfo | None) -> NoReturn:
        raise ReadOnly(words.NO_DRILL.text(reason=REASON))

    async def close_drills(self) -> list[Orphan]:
        return []

    def keep_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """No drill, so nothing to keep looking at."""

    def metric_access(self) -> MetricAccess:
        return self._inner.metric_access()

    async def read_again(self, key: NamespacedName) -> None:
        await self._inner.read_again(key)

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        return self._inner.open_detail(key)

    def close_detail(self, canary_detail: CanaryDetail) -> None:
        self._inner.close_detail(canary_detail)

    async def close(self) -> None:
        await self._inner.close()
