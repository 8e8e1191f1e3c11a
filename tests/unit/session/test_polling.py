"""Waiting for what has no event: it ends with the condition, or with the limit."""

from __future__ import annotations

import asyncio

from canarytui.session.polling import wait_until


async def test_it_returns_once_the_condition_holds() -> None:
    seen: list[int] = []

    def holds() -> bool:
        seen.append(1)
        return len(seen) == 3

    async with asyncio.timeout(5):
        await wait_until(holds, 60)
    assert len(seen) == 3


async def test_the_limit_ends_the_wait_without_an_error() -> None:
    async with asyncio.timeout(5):
        await wait_until(lambda: False, 0.01)
