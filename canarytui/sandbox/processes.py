"""Child processes that are ours to end: started in a session of their own, ended by id, never orphaned.

Used by whatever starts a process in the sandbox (the supervisor, the kubelet, the load tester). On Linux the
kernel also ends a child when its parent is killed; elsewhere a child watches its standard input for the end
of file (:func:`exit_when_parent_ends`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from canarytui.cluster.children import die_with_parent, started


async def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdin: int | None = asyncio.subprocess.DEVNULL,
    stdout: int | None = None,
    stderr: int | None = None,
    cwd: str | None = None,
) -> asyncio.subprocess.Process:
    """Start `command` as the leader of a new session that ends with us, and when this is cancelled.

    Raises:
        OSError: the program is missing or may not be run.
    """
    starting = asyncio.create_subprocess_exec(
        *command,
        env=dict(env) if env is not None else None,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=die_with_parent(),
    )
    return await started(starting, stop)


async def stop(process: asyncio.subprocess.Process, grace_s: float = 2.0) -> int:
    """End `process` and its session: SIGTERM, SIGKILL after `grace_s` seconds. Returns its exit code."""
    if process.returncode is None:
        _signal_session(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace_s)
    _signal_session(process.pid, signal.SIGKILL)
    return await process.wait()


def _signal_session(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


async def exit_when_parent_ends() -> None:
    """Return when standard input reaches its end: the parent holds the other end of the pipe."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass
