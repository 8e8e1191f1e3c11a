"""Child processes end with us, also when we are killed or cancelled."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest

from canarytui.cluster.child_processes import die_with_parent, started

PARENT = """
import subprocess, sys
from canarytui.cluster.child_processes import die_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=die_with_parent())
print(child.pid, flush=True)
sys.stdin.read()
"""


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while lives(pid):  # noqa: ASYNC110 - a signal takes its moment
            await asyncio.sleep(0.01)


async def test_a_child_ends_when_its_parent_is_killed() -> None:
    pipe = asyncio.subprocess.PIPE
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdin=pipe, stdout=pipe)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert lives(child)
    parent.kill()
    await parent.wait()
    await until_gone(child)


async def end(process: Process, *, ended: list[int]) -> None:
    process.send_signal(signal.SIGKILL)
    ended.append(await process.wait())


async def test_a_start_that_is_cancelled_is_completed_and_the_child_ended() -> None:
    ended: list[int] = []

    async def starting() -> Process:
        process = await asyncio.create_subprocess_exec("sleep", "60", preexec_fn=die_with_parent())
        task.cancel()
        return process

    task = asyncio.create_task(started(starting(), functools.partial(end, ended=ended)))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [-signal.SIGKILL]


async def test_a_start_that_fails_raises_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await started(asyncio.create_subprocess_exec(str(tmp_path / "missing")), functools.partial(end, ended=[]))


async def test_a_child_that_has_started_is_handed_over_alive() -> None:
    process = await started(asyncio.create_subprocess_exec("sleep", "60"), functools.partial(end, ended=[]))
    assert lives(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
