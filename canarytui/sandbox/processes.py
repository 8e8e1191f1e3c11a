"""Child processes that end with us: started in a session of their own, ended by id, never orphaned.

On Linux the kernel also kills a child when its parent is killed; elsewhere a child watches its standard input for the
end of file (:func:`exit_when_parent_ends`).
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence

_PR_SET_PDEATHSIG = 1


async def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdin: int | None = asyncio.subprocess.DEVNULL,
    stdout: int | None = None,
    stderr: int | None = None,
    cwd: str | None = None,
) -> Process:
    """Start `command` as the leader of a new session that ends with us, and when this is cancelled.

    Raises:
        OSError: the program is missing or may not be run.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            env=dict(env) if env is not None else None,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # asyncio would kill the child alone, not what it has started, and wait forever for pipes that are not yet
        # connected. So the start is completed first.
        await asyncio.shield(_stop_started(starting))
        raise


async def stop(process: Process, grace_s: float = 2.0) -> int:
    """End `process` and its session: SIGTERM, SIGKILL after `grace_s` seconds. Returns its exit code."""
    if process.returncode is None:
        _signal_session(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace_s)
    _signal_session(process.pid, signal.SIGKILL)
    return await process.wait()


async def exit_when_parent_ends() -> None:
    """Return when standard input reaches its end: the parent holds the other end of the pipe."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass


async def _stop_started(starting: asyncio.Future[Process]) -> None:
    with contextlib.suppress(OSError):
        await stop(await starting)


def _signal_session(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _die_with_parent() -> Callable[[], None] | None:
    """A ``preexec_fn`` that has the kernel send SIGKILL when the parent ends; None off Linux."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def preexec() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent ended between fork and prctl
            os._exit(1)

    return preexec
