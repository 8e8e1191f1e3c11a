"""What ``canarytui drill run`` says when a signal has ended it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from canarytui.cli import gameday
from canarytui.domain.sentences import gameday as words


@pytest.mark.parametrize(
    ("left", "said"), [([], words.SIGNAL.text()), (["pause", "gate"], words.SIGNAL_LEFT.text(what="pause, gate"))]
)
def test_ended_by_a_signal_it_says_what_is_left(
    left: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play(options: argparse.Namespace, day: object, known: list[str]) -> int:
        known += left
        raise asyncio.CancelledError

    def ended_by_signal(work: Callable[[], Coroutine[Any, Any, int]]) -> tuple[bool, None]:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(work())
        return False, None

    monkeypatch.setattr(gameday, "_play", play)
    monkeypatch.setattr(gameday, "run_until_signal", ended_by_signal)
    options = argparse.Namespace(file="seed-rollback", report=None, junit=None)
    assert gameday.run(options) == 130
    assert capsys.readouterr().out.splitlines() == [said]
