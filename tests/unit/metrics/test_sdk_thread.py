"""Blocking calls of an SDK: beside the loop, one at a time, and waited for no longer than is said."""

from __future__ import annotations

import asyncio
import threading

import pytest

from canarytui.metrics.sdk_thread import SdkThread


async def test_it_returns_and_raises_what_the_call_does() -> None:
    answers = iter([1, 2])
    thread = SdkThread(lambda: next(answers), "test-sdk")
    assert [await thread.result(5), await thread.result(5)] == [1, 2]

    def fails() -> int:
        raise ValueError("no key")

    with pytest.raises(ValueError, match="no key"):
        await SdkThread(fails, "test-sdk").result(5)


async def test_one_that_hangs_is_joined_and_given_up() -> None:
    go, calls = threading.Event(), []

    def hangs() -> str:
        calls.append(threading.current_thread())
        assert go.wait(10)
        return "late"

    thread = SdkThread(hangs, "test-sdk")
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await thread.result(0.01)
    both = asyncio.gather(thread.result(10), thread.result(10))
    await asyncio.sleep(0)
    go.set()
    assert await both == ["late", "late"]
    assert len(calls) == 1
    assert calls[0].daemon, "it holds up no exit"
