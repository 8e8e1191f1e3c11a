"""Children that are started while their owner is cancelled."""

from __future__ import annotations

import asyncio
import subprocess
import time
from pathlib import Path

import pytest

from canarytui.sandbox import processes

CHILD = """
sleep 600 &
echo $! > child
wait
"""


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int]) -> bool:
    """Whether all have ended, at most 10 seconds later."""
    deadline = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(map(alive, pids))


@pytest.mark.parametrize("steps", range(6))
async def test_who_is_cancelled_during_the_start_leaves_no_process(
    steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step of the event loop; the child itself has begun, and has a child of its own, long before."""
    pids: list[int] = []
    written = tmp_path / "child"
    popen = subprocess.Popen

    def slowly(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        child = popen(*arguments, **options)  # type: ignore[call-overload]
        pids.append(child.pid)
        while not written.exists() or not written.read_text().endswith("\n"):
            time.sleep(0.01)
        pids.append(int(written.read_text()))
        return child

    monkeypatch.setattr(subprocess, "Popen", slowly)
    pipe = asyncio.subprocess.PIPE
    task = asyncio.create_task(
        processes.start(["/bin/sh", "-c", CHILD], cwd=str(tmp_path), stdin=pipe, stdout=pipe, stderr=pipe)
    )
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(10):
        done = (await asyncio.gather(task, return_exceptions=True))[0]
        if isinstance(done, asyncio.subprocess.Process):
            await processes.stop(done)
        else:
            assert isinstance(done, asyncio.CancelledError)
    assert bool(pids) == bool(steps), "the start itself had begun"
    assert await asyncio.to_thread(gone, pids)
