"""Blocking calls of a vendor's SDK beside the event loop.

An SDK's credentials may come from files, a metadata server or a token service, and its own timeouts add up to minutes.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SdkThread(Generic[T]):
    """`call` is carried out by one thread at a time: callers that ask meanwhile get the same answer.

    The thread is a daemon, so that one that hangs holds up no exit.
    """

    def __init__(self, call: Callable[[], T], name: str) -> None:
        self._call = call
        self._name = name
        self._running: asyncio.Future[T] | None = None

    async def result(self, timeout_s: float) -> T:
        """What the call returns or raises.

        Raises:
            TimeoutError: it takes longer; it goes on, and the next one to ask waits for it too.
        """
        loop = asyncio.get_running_loop()
        if self._running is None or self._running.done() or self._running.get_loop() is not loop:
            self._running = loop.create_future()
            self._running.add_done_callback(_seen)
            work = threading.Thread(target=self._work, args=(loop, self._running), name=self._name, daemon=True)
            work.start()
        async with asyncio.timeout(timeout_s):
            return await asyncio.shield(self._running)

    def _work(self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[T]) -> None:
        try:
            settle: Callable[[], None] = functools.partial(_succeed, future, self._call())
        except Exception as error:  # the SDKs raise anything; the caller knows what to make of it
            settle = functools.partial(_fail, future, error)
        with suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(settle)


def _succeed(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _seen(future: asyncio.Future[Any]) -> None:
    """Keep an error that came too late out of the log."""
    if not future.cancelled():
        future.exception()
