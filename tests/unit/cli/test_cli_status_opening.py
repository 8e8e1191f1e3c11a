"""Waiting for an API server that is not there yet: only as long as there is time, and not without a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from canarytui.cli import status
from canarytui.errors import ClusterUnreachable

HERE: Any = ("world", "connection")


class Server:
    """Answers after so many failures; `closed` once what it opened is closed."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.closed = False

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Any]:
        if self.failures:
            self.failures -= 1
            raise ClusterUnreachable("The API server cannot be reached.")
        yield HERE
        self.closed = True


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "AGAIN_S", 0.001)


async def test_it_is_tried_again_while_there_is_time_and_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(failures=3)
    async with AsyncExitStack() as opened:
        assert await status.opening(server.connect, opened, asyncio.get_running_loop().time() + 60) == HERE
    assert server.closed
    assert capsys.readouterr().err.count("Trying again until --timeout is over.") == 1


@pytest.mark.parametrize("left_s", [None, 0.0])
async def test_without_time_it_fails_at_once(left_s: float | None, capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(failures=1)
    ends_at = None if left_s is None else asyncio.get_running_loop().time() + left_s
    async with AsyncExitStack() as opened:
        with pytest.raises(ClusterUnreachable):
            await status.opening(server.connect, opened, ends_at)
    assert capsys.readouterr().err == ""
