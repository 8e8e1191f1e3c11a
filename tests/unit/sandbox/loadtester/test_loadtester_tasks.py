"""Commands of the load tester as processes: their output and code, and that none outlives who started it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from canarytui.sandbox.loadtester.tasks import Tasks

OWNER = """
import asyncio, os
from canarytui.sandbox.loadtester.tasks import Tasks

async def main():
    await Tasks(dict(os.environ), print).run({command!r})

asyncio.run(main())
"""


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def pid_in(path: Path) -> int:
    wait_for("the command has started", lambda: path.exists() and path.read_text().endswith("\n"))
    return int(path.read_text())


def compound(path: Path) -> str:
    """A shell that waits for a child of its own, whose pid it writes down."""
    return f"sleep 600 & echo $! > {path}; wait"


@pytest.fixture
def tasks() -> Tasks:
    return Tasks(dict(os.environ), lambda line: None)


async def test_output_of_both_streams_and_the_exit_code(tasks: Tasks) -> None:
    finished = await tasks.run("echo out; echo err >&2; exit 3")
    assert finished.code == 3
    assert sorted(finished.output.split()) == ["err", "out"]


async def test_a_command_reads_nothing_and_sees_the_words_as_written(tasks: Tasks) -> None:
    assert (await tasks.run("cat")).output == ""
    assert (await tasks.run("""x='a  "b"'; printf '%s|' "$x" $0""")).output.startswith('a  "b"|')


async def test_a_command_ends_at_its_time_limit_with_all_it_started(tmp_path: Path) -> None:
    limited = Tasks(dict(os.environ), lambda line: None, timeout_s=0.5)
    finished = await limited.run(compound(tmp_path / "pid"))
    assert finished.code != 0
    assert "ended after" in finished.output
    child = pid_in(tmp_path / "pid")
    await asyncio.to_thread(wait_for, "its child has ended", lambda: not alive(child))


async def test_what_a_finished_command_left_running_is_ended(tasks: Tasks, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    await tasks.run(f"sleep 600 >/dev/null 2>&1 & echo $! > {path}")
    child = pid_in(path)
    await asyncio.to_thread(wait_for, "its child has ended", lambda: not alive(child))


async def test_background_commands_end_with_the_load_tester(tasks: Tasks, tmp_path: Path) -> None:
    assert tasks.start("podinfo.test", compound(tmp_path / "pid"), log_output=False)
    child = await asyncio.to_thread(pid_in, tmp_path / "pid")
    await tasks.close()
    await asyncio.to_thread(wait_for, "its child has ended", lambda: not alive(child))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_commands_children_end_even_when_the_load_tester_is_killed(tmp_path: Path, number: int) -> None:
    path = tmp_path / "pid"
    owner = subprocess.Popen([sys.executable, "-c", OWNER.format(command=compound(path))])
    try:
        child = pid_in(path)
        owner.send_signal(number)
        owner.wait(10)
        wait_for("the command's child has ended", lambda: not alive(child))
    finally:
        owner.kill()
        owner.wait()
