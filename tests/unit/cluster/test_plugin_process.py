"""A credential plugin's process: what it answers, what it says, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from canarytui.cluster.plugin_process import MOST_ANSWERED, run_plugin


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


async def test_its_code_answer_and_words() -> None:
    ended = await run_plugin(shell('echo "$SAID"; echo oops >&2; exit 3'), {"SAID": "hello"}, terminal=False)
    assert (ended.code, ended.answer, ended.said) == (3, b"hello\n", "oops\n")


async def test_with_the_terminal_its_words_are_shown_cleaned_and_not_kept(capfd: pytest.CaptureFixture[str]) -> None:
    ended = await run_plugin(shell("printf 'code: \\033[2J1234\\n' >&2"), dict(os.environ), terminal=True)
    assert (ended.code, ended.said) == (0, "")
    assert capfd.readouterr().err == "code: [2J1234\n"


async def test_an_endless_answer_and_endless_words_are_bounded() -> None:
    script = f"head -c {2 * MOST_ANSWERED} /dev/zero; head -c 100000 /dev/zero | tr '\\0' x >&2; echo end >&2"
    ended = await run_plugin(shell(script), dict(os.environ), terminal=False)
    assert len(ended.answer) == MOST_ANSWERED + 1
    assert ended.said.endswith("xend\n")
    assert len(ended.said) < 10_000


async def test_a_child_that_keeps_the_pipes_open_is_not_waited_for() -> None:
    async with asyncio.timeout(10):
        ended = await run_plugin(shell("sleep 60 & echo done"), dict(os.environ), terminal=False)
    assert ended.answer == b"done\n"


async def test_when_it_is_cancelled_its_whole_group_ends(tmp_path: Path) -> None:
    script = f"sleep 60 & echo $! > {tmp_path}/child; wait"
    task = asyncio.create_task(run_plugin(shell(script), dict(os.environ), terminal=False))
    child = tmp_path / "child"
    async with asyncio.timeout(10):
        while not (child.exists() and child.read_text().endswith("\n")):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        while _lives(int(child.read_text())):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_cannot_be_started_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await run_plugin([str(tmp_path / "missing")], {}, terminal=False)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
