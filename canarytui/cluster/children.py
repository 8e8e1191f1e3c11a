"""Starting a child process so that whoever is cancelled meanwhile leaves nothing behind."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any


async def started(starting: Coroutine[Any, Any, Process], end: Callable[[Process], Awaitable[object]]) -> Process:
    """The process that `starting` starts; where this is cancelled, the start is completed and the process given to
    `end`. asyncio itself kills the child alone, not what it has started, and then waits for ever for pipes that are
    not connected yet.

    Raises:
        OSError: the program is missing or may not be run.
    """
    task = asyncio.ensure_future(starting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.shield(_ended(task, end))
        raise


async def _ended(task: asyncio.Future[Process], end: Callable[[Process], Awaitable[object]]) -> None:
    with suppress(OSError):
        await end(await task)
