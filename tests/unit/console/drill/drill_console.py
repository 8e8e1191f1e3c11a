"""An app over the demo fixture whose clock runs fast, so that a drill's slices need no waiting."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.pilot import Pilot

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, FixtureConnection, fill
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

FASTER = 8.0


class GuardedConnection(FixtureConnection):
    """Where names have to be typed for `reason`."""

    def __init__(self, reason: str, **options: Any) -> None:
        super().__init__(**options)

        async def guard(namespace: str) -> str:
            return reason

        self.executor.guard = guard  # type: ignore[method-assign]


class Console:
    """The app, with its connection at hand. `reason` guards every name."""

    def __init__(self, reason: str = "") -> None:
        self._began = time.monotonic()
        self._reason = reason
        self.connection: FixtureConnection
        self.app = ConsoleApp(self._open, state=lambda: ClusterState(now=self.now), zone=UTC)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=FASTER * (time.monotonic() - self._began))

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        fill(cluster_state)
        for store in cluster_state.stores.values():
            store.replace(list(store.objects()))
        self.connection = GuardedConnection(self._reason, state=cluster_state)
        return self.connection

    def text(self) -> str:
        """What the top screen shows."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


@asynccontextmanager
async def opened(console: Console, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[Any]]:
    """The app on its list, connected."""
    async with console.app.run_test(size=size) as pilot:
        await until(pilot, lambda: console.app.model.flow is not None and bool(console.app.model.listing.counts()[0]))
        yield pilot


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    """Until something holds; fails after half a minute."""
    for _ in range(1200):
        if holds():
            return
        await pilot.pause(0.025)
    raise AssertionError("it did not come to that")
