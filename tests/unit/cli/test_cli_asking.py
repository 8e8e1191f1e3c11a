"""A question on the terminal gets one line as its answer, and what is no text consents to nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator

import pytest

from canarytui.cli.confirmation import ask


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], int]]:
    """Standard input is a pipe; what is typed into it."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "wb", 0) as keyboard:
        monkeypatch.setattr("sys.stdin", stdin)
        yield lambda text: keyboard.write(text)


async def test_the_answer_is_one_line(typed: Callable[[bytes], int], capsys: pytest.CaptureFixture[str]) -> None:
    typed(b"y\nnext command\n")
    assert await ask("Go on? ") == "y\n"
    assert capsys.readouterr().err == "Go on? "


async def test_it_waits_without_a_thread_and_can_be_cancelled(typed: Callable[[bytes], int]) -> None:
    waiting = asyncio.create_task(ask("Go on? "))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    typed(b"later\n")
    assert await ask("Again? ") == "later\n", "the reader was taken away"


async def test_bytes_that_are_no_text_are_no_consent(typed: Callable[[bytes], int]) -> None:
    typed(b"\xffy\n")
    assert (await ask("Go on? ")).strip() != "y"
