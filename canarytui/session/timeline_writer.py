"""Keeps a timeline on disk: reads the past once, then writes new entries, a batch every two seconds.

All of the disk's work is done in a thread: a slow disk delays the history, not the console.
"""

from __future__ import annotations

import asyncio

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import NAMESPACES
from canarytui.domain.history.facts import Fact
from canarytui.errors import CanarytuiError
from canarytui.session.state import ClusterState
from canarytui.session.timeline_file import TimelineFile, history_path

EVERY_S = 2.0
_MOST = 20_000
"""Tellings that wait for a slow disk; beyond that the oldest are given up."""


class TimelineWriter:
    """One for a connection: keeps what is told from when it is made; :meth:`close` writes what is left."""

    def __init__(self, cluster: Cluster, cluster_state: ClusterState) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._file: TimelineFile | None = None
        self._waiting: list[Fact] = []
        cluster_state.timeline.listeners.append(self._note)

    @property
    def trouble(self) -> str:
        """Why nothing is kept; "" while it is."""
        return self._file.trouble if self._file is not None else ""

    async def run(self) -> None:
        """Read what was kept, then keep what comes, until cancelled."""
        history = TimelineFile(history_path(self._cluster.context, await cluster_id(self._cluster)))
        for fact in await asyncio.to_thread(history.read):
            self._cluster_state.recall(fact)
        self._cluster_state.history_read()
        self._file = history
        while True:
            await asyncio.sleep(EVERY_S)
            await self._flush()

    async def close(self) -> None:
        """Write what waits."""
        await self._flush()

    async def _flush(self) -> None:
        if self._file is not None and self._waiting:
            batch, self._waiting = self._waiting, []
            if not await asyncio.to_thread(self._file.write, batch):
                self._waiting = [*batch, *self._waiting][-_MOST:]  # it is tried again when the disk has room

    def _note(self, fact: Fact) -> None:
        self._waiting.append(fact)
        if len(self._waiting) > _MOST:
            del self._waiting[: _MOST // 2]


async def cluster_id(cluster: Cluster) -> str:
    """An id of the cluster, different even for one that was recreated at the same address."""
    try:
        namespace = await cluster.request("GET", NAMESPACES.path(name="kube-system"))
        return str((namespace.get("metadata") or {}).get("uid") or cluster.server)
    except CanarytuiError:
        return cluster.server
