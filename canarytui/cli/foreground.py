"""Runs work until it is done or a signal ends it: for commands in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_signal() -> asyncio.Event:
    """An event that SIGINT (Ctrl-C), SIGTERM and SIGHUP set."""
    ended = asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    return ended


async def until(ended: asyncio.Event, work: Coroutine[Any, Any, T]) -> tuple[bool, T | None]:
    """(True, result) when `work` is done; (False, None) when it was cancelled because `ended` was set.

    Errors of `work` are raised.
    """
    task = asyncio.ensure_future(work)
    end = asyncio.create_task(ended.wait())
    await asyncio.wait((task, end), return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    if task.done():
        return True, task.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return False, None
