"""Tasks that nobody waits for: an error that ends one is logged, instead of kept until the task is thrown away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


def in_background(work: Coroutine[Any, Any, T], name: str | None = None) -> asyncio.Task[T]:
    """Start `work`; keep the task, or the loop forgets it."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("%s ended by an error: %s: %s", task.get_name(), type(error).__name__, error)
        log.debug("as follows", exc_info=error)
