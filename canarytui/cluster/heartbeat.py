"""Notices within two seconds that the API server has stopped answering, while its watches are silent.

A silent watch looks the same whether nothing happens or the server, the VPN or a tunnel has swallowed it. So while
there is contact, a small request goes out every eight tenths of a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn

from canarytui.cluster.client import Cluster
from canarytui.cluster.staleness import why_stale
from canarytui.cluster.store import ObjectStore
from canarytui.errors import ClusterUnreachable

EVERY_S = 0.8
PATIENCE_S = 1.0
_PATH = "/livez"
"""Any authenticated user may ask for it. Every answer, even a refusal, is a sign of life."""


class Heartbeat:
    """Marks `store` stale when no answer comes. Calls `recovered` when answers come again, because watches that were
    open may have died unnoticed, and `dated` with the time in each answer."""

    def __init__(
        self,
        cluster: Cluster,
        store: ObjectStore,
        recovered: Callable[[], None],
        dated: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        self._cluster = cluster
        self._store = store
        self._recovered = recovered
        self._dated = dated
        self._silent = False

    async def run(self) -> NoReturn:
        """Ask until cancelled. An outage that the watch itself noticed is left to the watch."""
        while True:
            await asyncio.sleep(EVERY_S)
            if self._silent or self._store.stale_since is None:
                await self._ask()

    async def _ask(self) -> None:
        try:
            _, _, headers = await self._cluster.request_raw("GET", _PATH, timeout_s=PATIENCE_S)
        except ClusterUnreachable as error:
            self._silent = True
            self._store.stale(str(error), why_stale(error))
            return
        self._tell_date(headers)
        if self._silent:
            # An answer does not make the store current: its reopened watch says when it is.
            self._silent = False
            self._recovered()

    def _tell_date(self, headers: Mapping[str, str]) -> None:
        stamp = next((value for name, value in headers.items() if name.lower() == "date"), "")
        try:
            date = parsedate_to_datetime(stamp)
        except ValueError:
            return
        if date.tzinfo is not None:
            self._dated(date)
