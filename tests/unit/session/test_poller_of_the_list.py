"""Whom the console asks Prometheus about: those in view, each in its turn, however the list moves."""

from __future__ import annotations

import asyncio
from typing import cast

from canarytui.cluster.client import Cluster
from canarytui.domain.values import NamespacedName
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.state import ClusterState

A, B, C = ("shop", "a"), ("shop", "b"), ("shop", "c")


class Asked(MetricPoller):
    """Notes whom it asks about; `news` tells of each."""

    def __init__(self) -> None:
        super().__init__(cast(Cluster, None), ClusterState(), "")
        self.asked: list[NamespacedName] = []
        self.news = asyncio.Condition()

    async def _ask_canary(self, key: NamespacedName) -> None:
        async with self.news:
            self.asked.append(key)
            self.news.notify_all()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(lambda: len(self.asked) >= count)


async def test_who_comes_into_view_is_asked_about_at_once_and_the_others_in_their_turn() -> None:
    poller = Asked()
    poller.show_checks_of([A, B])
    running = asyncio.create_task(poller.run())
    try:
        await poller.until(2)
        poller.show_checks_of([B, C])
        await poller.until(3)
        poller.show_checks_of([A, B, C])  # one that left the view for a moment
        await asyncio.sleep(0)
        poller.engine_known()  # its metrics server is another one now: everything again
        await poller.until(6)
    finally:
        running.cancel()
    assert poller.asked == [A, B, C, A, B, C]
