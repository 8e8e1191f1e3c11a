"""Containers that are processes: their output in the log, their exit code, their end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dataplane_rig import launch_of

from canarytui.sandbox.node.runtimes.process import ProcessInstance, start_process

ENV = {"PATH": os.environ["PATH"]}


async def started(tmp_path: Path, script: str) -> tuple[ProcessInstance, list[bytes]]:
    launch = launch_of()
    instance = await start_process(launch, ["/bin/sh", "-c", script], ENV, tmp_path, {})
    code = await instance.wait()
    return instance, [str(code).encode(), *(line.text for line in launch.log.lines())]


async def test_lines_of_both_outputs_are_logged(tmp_path: Path) -> None:
    _, found = await started(tmp_path, "echo one; printf two; exit 3")
    assert found == [b"3", b"one", b"two"]
    _, found = await started(tmp_path, "echo err >&2")
    assert found == [b"0", b"err"]


async def test_a_signal_is_128_and_its_number(tmp_path: Path) -> None:
    assert (await started(tmp_path, "kill -9 $$"))[1] == [b"137"]


async def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    launch = launch_of()
    script = "import sys; sys.stdout.write('x' * 100_000)"
    instance = await start_process(launch, [sys.executable, "-c", script], ENV, tmp_path, {})
    assert await instance.wait() == 0
    lines = launch.log.lines()
    assert sum(len(line.text) for line in lines) == 100_000
    assert len(lines) > 1


async def test_it_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    launch = launch_of()
    instance = await start_process(
        launch, ["/bin/sh", "-c", "trap 'echo bye; exit 7' TERM; echo up; sleep 600 & wait"], ENV, tmp_path, {}
    )
    async for line in launch.log.follow():
        if line.text == b"up":
            break
    await instance.stop(10)
    assert await instance.wait() == 7
    assert launch.log.lines()[-1].text == b"bye"
