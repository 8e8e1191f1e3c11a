"""Work beside the screens: equal messages are not acted on twice at once."""

from __future__ import annotations

import asyncio

import pytest

from canarytui.console.background import BackgroundWork, Work
from canarytui.console.messages import ShowGates, ShowUndo

CART = ("shop", "cart")


class Started:
    """Keeps work until it is let go on."""

    def __init__(self) -> None:
        self.work: list[Work] = []
        self.done = 0

    async def one(self) -> None:
        self.done += 1

    async def fails(self) -> None:
        raise LookupError

    async def go_on(self) -> None:
        work = [each() for each in self.work]
        self.work.clear()
        await asyncio.gather(*work)


async def test_an_equal_message_has_to_wait_for_the_first_to_end() -> None:
    started = Started()
    background = BackgroundWork(started.work.append)
    for message in (ShowGates(CART), ShowGates(CART), ShowUndo(CART)):
        background.once(message, started.one)
    await started.go_on()
    assert started.done == 2
    background.once(ShowGates(CART), started.one)
    await started.go_on()
    assert started.done == 3


async def test_work_that_fails_leaves_the_way_free() -> None:
    started = Started()
    background = BackgroundWork(started.work.append)
    background.once(ShowGates(CART), started.fails)
    with pytest.raises(LookupError):
        await started.go_on()
    background.once(ShowGates(CART), started.one)
    await started.go_on()
    assert started.done == 1


async def test_what_is_not_a_message_runs_each_time() -> None:
    started = Started()
    background = BackgroundWork(started.work.append)
    background.run(started.one)
    background.run(started.one)
    await started.go_on()
    assert started.done == 2
