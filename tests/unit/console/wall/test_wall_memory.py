"""Weeks on the wall: tens of thousands of changes leave no more behind than the cluster holds."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import deque
from itertools import pairwise
from typing import Any

from wall_fixture import Wall, put

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.console.demo_fixture import event_object

CANARIES_AT_ONCE = 25
CHANGES = 50_000
FILLED = 25_000
"""Changes after which every bounded history is full."""

KEPT_EVENTS = 500
_PHASES = ("Progressing", "Progressing", "Progressing", "Promoting", "Finalising", "Succeeded", "Progressing", "Failed")
_ALLOWED = 8_000
"""Objects that may have come after 12,500 further changes; one for each would be more, and caches of a screen that is
drawn at other moments on a busy machine took 5,115. Counted by Python itself, which costs nothing: to trace their bytes
takes four times as long."""


class Weeks:
    """Rollouts one after the other: they advance, fail, are promoted, deleted and made again under other names."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.number = 0
        self.told: deque[dict[str, Any]] = deque()

    def change(self) -> None:
        """One change of one canary, with its Event and now and then its measured value."""
        self.number += 1
        number, cluster_state = self.number, self.wall.app.model.state
        slot, age = number % CANARIES_AT_ONCE, number // CANARIES_AT_ONCE
        name = f"c{slot}-{age // 400}"
        phase = _PHASES[age // 3 % len(_PHASES)]
        self.wall.clock.pass_by(seconds=1)
        put(cluster_state, "test", name, phase, version=number, weight=age % 50, failed=age % 9)
        cluster_state.readings.add(("test", name), "request-success-rate", cluster_state.now(), 99.0 + number % 2)
        told = event_object(("test", name), number, f"Advance {name}.test weight {age}", cluster_state.now())
        cluster_state.stores[EVENTS].put(told)
        self.told.append(told)
        if len(self.told) > KEPT_EVENTS:  # as the API server forgets them after an hour
            cluster_state.stores[EVENTS].remove(self.told.popleft())
        if age and age % 400 == 0:
            gone = f"c{slot}-{age // 400 - 1}"
            for resource, target in ((CANARIES, gone), (DEPLOYMENTS, gone), (DEPLOYMENTS, f"{gone}-primary")):
                known = cluster_state.stores[resource].get("test", target)
                if known is not None:
                    cluster_state.stores[resource].remove(dict(known))

    async def until(self, changes: int) -> None:
        """Up to so many changes, drawn as they come."""
        while self.number < changes:
            for _ in range(250):
                self.change()
            await asyncio.sleep(0)
            self.wall.app.frames.frame()
            self.wall.app.screen.lines()  # type: ignore[attr-defined]


async def test_fifty_thousand_changes_leave_nothing_behind() -> None:
    wall = Wall("empty", rotate_s=2.0)
    async with wall.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)
        weeks = Weeks(wall)
        held: list[int] = []
        for changes in (FILLED, (FILLED + CHANGES) // 2, CHANGES):
            await weeks.until(changes)
            gc.collect()
            held.append(sys.getallocatedblocks())
        cluster_state, board = wall.app.model.state, wall.app.wallboard
        # What leaks grows every time; what else lives in this process, such as another test's thread, does not.
        assert min(after - before for before, after in pairwise(held)) < _ALLOWED
        assert len(board) <= 2 * CANARIES_AT_ONCE
        assert len(wall.app.model.listing._rows) <= 2 * CANARIES_AT_ONCE
        for known in (cluster_state.parsed, cluster_state.tracker._tracks, cluster_state.readings._series):
            assert len(known) <= 8 * CANARIES_AT_ONCE
        for index in (cluster_state._by_workload, cluster_state.routers):
            assert len(index) <= 8 * CANARIES_AT_ONCE
