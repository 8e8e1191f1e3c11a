"""What an action is planned on, read first where it is not known yet or out of date."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable

from canarytui.cluster.resources import DAEMONSETS, DEPLOYMENTS
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connection
from canarytui.session.polling import wait_until
from canarytui.session.state import ClusterState

FIRST_READ_S = 3.0
"""So long workloads and routers are waited for after the start."""

_AT_ONCE = 8
"""Canaries that are read at the same time."""

_SLOW_S = 0.5
"""A notice says so when reading takes longer."""


async def first_read(state: ClusterState) -> None:
    """Wait until workloads and routers were read once: in a console's first second there are only the canaries."""
    stores = state.stores
    wanted = [stores[resource] for resource in (DEPLOYMENTS, DAEMONSETS, *state.routers.wanted)]
    await wait_until(lambda: all(store.synced or store.error for store in wanted), FIRST_READ_S)


async def read_again(
    keys: Iterable[NamespacedName], state: ClusterState, connection: Connection, slow: Callable[[int], None]
) -> None:
    """Read again the canaries of `keys` that are out of date; one that cannot be read stays so. `slow` is called with
    their number when that takes a while."""
    stale = [key for key in keys if state.stale(key) is not None]
    if not stale:
        return
    notice = asyncio.get_running_loop().call_later(_SLOW_S, slow, len(stale))
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(key: NamespacedName) -> None:
        async with gate:
            with contextlib.suppress(CanarytuiError):
                await connection.read_again(key)

    try:
        await asyncio.gather(*(one(key) for key in stale))
    finally:
        notice.cancel()
