"""What is begun at the end of a command is ended, whoever goes away meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from canarytui.background import to_the_end
from canarytui.cli.foreground import until


async def test_closing_is_not_cut_short_by_a_reader_that_goes_away_meanwhile() -> None:
    closed: list[str] = []

    async def close() -> None:
        for part in ("streams", "sessions"):
            await asyncio.sleep(0.01)
            closed.append(part)

    ended = asyncio.Event()

    async def work() -> None:
        try:
            raise BrokenPipeError
        finally:
            asyncio.get_running_loop().call_soon(ended.set)
            await to_the_end(close())

    assert await until(ended, work()) == (False, None)
    assert closed == ["streams", "sessions"]


async def test_an_error_of_closing_is_told() -> None:
    async def close() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await to_the_end(close())
