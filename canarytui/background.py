"""Background tasks that nobody awaits, and work that finishes even when its caller is cancelled.

An error that ends a task which nobody waits for goes to the loop's exception handler, which logs it, instead of being
kept until the task is thrown away; a console also shows a notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

FROM_BACKGROUND = "canarytui_background"
"""The key of the handler's context that tells these errors from those of the libraries."""


def in_background(work: Coroutine[Any, Any, T], name: str | None = None) -> asyncio.Task[T]:
    """Start `work`; keep the task, or the loop forgets it."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    return task


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end, even when cancelled meanwhile.

    Raises:
        CancelledError: it was cancelled; `work` has ended all the same.
    """
    task = asyncio.ensure_future(work)
    told: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            told = error
    result = task.result()
    if told is not None:
        raise told
    return result


def _report(task: asyncio.Task[Any]) -> None:
    if task.cancelled():
        return
    error = task.exception()
    if error is not None:
        what = f"the background task {task.get_name()} ended by an error"
        task.get_loop().call_exception_handler(
            {"message": what, "exception": error, "task": task, FROM_BACKGROUND: True}
        )
