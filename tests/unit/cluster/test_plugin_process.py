"""A credential plugin's process: what it answers, what it says, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
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


STARTING = """
import asyncio, os, signal, sys, time
from pathlib import Path
from canarytui.cluster.plugin_process import run_plugin

folder, number, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
signal.signal(number, signal.SIG_DFL)  # under nohup it would be ignored, and rightly so
real = asyncio.create_subprocess_exec


def until_it_has_a_child(child):
    while not (child.exists() and child.read_text().endswith("\\n")):
        time.sleep(0.01)


async def starts_slowly(*command, **options):
    process = await real(*command, **options)
    if when == "while it starts":
        until_it_has_a_child(folder / "child")
        os.kill(os.getpid(), number)
    return process


async def main():
    script = f"sleep 60 & echo $! > {folder}/child; wait"
    plugin = asyncio.ensure_future(run_plugin(["/bin/sh", "-c", script], dict(os.environ), terminal=False))
    if when == "after another one":
        await run_plugin(["/bin/sh", "-c", "exit 0"], dict(os.environ), terminal=False)
        until_it_has_a_child(folder / "child")
        os.kill(os.getpid(), number)
    await plugin


asyncio.create_subprocess_exec = starts_slowly
asyncio.run(main())
"""


@pytest.mark.parametrize("when", ["while it starts", "after another one"])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_that_ends_us_ends_it_first(tmp_path: Path, number: signal.Signals, when: str) -> None:
    command = [sys.executable, "-c", STARTING, str(tmp_path), str(int(number)), when]
    assert subprocess.run(command, check=False, timeout=30).returncode == -number
    deadline = time.monotonic() + 10
    while _lives(int((tmp_path / "child").read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
