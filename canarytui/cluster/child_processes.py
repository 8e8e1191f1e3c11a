"""Child processes that never outlive us, and that a cancelled start does not leak.

Used by drills (hey), credential plugins and the sandbox.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> Callable[[], None] | None:
    """A ``preexec_fn`` that has the kernel send SIGKILL when the parent ends; None off Linux."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes  # 2 ms that a console without a credential plugin does not pay

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def preexec() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent ended between fork and prctl
            os._exit(1)

    return preexec


async def started(starting: Coroutine[Any, Any, Process], end: Callable[[Process], Awaitable[object]]) -> Process:
    """The process that `starting` starts. If cancelled, the start is completed and the process handed to `end`: asyncio
    itself would kill only the child, not what it has started, and then wait for ever for pipes that are not connected
    yet.

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
