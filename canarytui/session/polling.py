"""Waiting for what has no event: stores report neither failures nor what is derived from them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

_EVERY_S = 0.05


async def wait_until(holds: Callable[[], bool], limit_s: float) -> None:
    """Wait until `holds` is true, `limit_s` seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            while not holds():  # noqa: ASYNC110 - see the module
                await asyncio.sleep(_EVERY_S)
