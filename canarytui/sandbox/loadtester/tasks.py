"""Shell commands of webhook payloads: ``cmd`` in the background, ``bash`` while the caller waits.

Each runs in a session of its own, at most for `timeout_s`, and ends with the load tester. The same command
of the same canary is not started twice at a time.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping

from msgspec import Struct

from canarytui.sandbox import processes
from canarytui.sandbox.background import in_background

Log = Callable[[str], None]
_GUARD = """\
exec 3<&0 </dev/null
"$@" 3<&- &
command=$!
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec 3<&-
wait "$command"
"""
"""Runs a command beside a watcher of a pipe that we hold open: when we end, however that happens, the watcher ends the
whole process group. The kernel's signal at a parent's death reaches direct children only."""

_OUTPUT_BYTES_MOST = 1_000_000
_RUNNING_MOST = 32


class Finished(Struct, frozen=True):
    """Exit code and combined output of a command."""

    code: int
    output: str


class Tasks:
    """The commands that run now."""

    def __init__(self, env: Mapping[str, str], log: Log, *, timeout_s: float = 3600.0) -> None:
        self._env = dict(env)
        self._log = log
        self._timeout_s = timeout_s
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}

    def start(self, canary: str, command: str, *, log_output: bool) -> bool:
        """Run `command` in the background; False if it runs already for this canary, or too many do."""
        key = (canary, command)
        if key in self._running or len(self._running) >= _RUNNING_MOST:
            return False
        task = in_background(self._background(canary, command, log_output), f"command of {canary}")
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))
        return True

    async def run(self, command: str) -> Finished:
        """Run `command` in a shell and wait for its end."""
        shell = shutil.which("bash") or "/bin/sh"
        process = await processes.start(
            ["/bin/sh", "-c", _GUARD, "guard", shell, "-c", command],
            env=self._env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output = await asyncio.wait_for(_read(process), self._timeout_s)
            return Finished(await process.wait(), output)
        except TimeoutError:
            return Finished(-1, f"ended after {self._timeout_s:.0f} seconds")
        finally:
            await processes.stop(process)

    async def close(self) -> None:
        """End everything that runs."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _background(self, canary: str, command: str, log_output: bool) -> None:
        self._log(f"info command started canary={canary} command={command!r}")
        finished = await self.run(command)
        if finished.code:
            self._log(f"error command failed canary={canary} exit={finished.code} output={finished.output!r}")
            return
        self._log(f"info command finished canary={canary} command={command!r}")
        if log_output:
            for line in finished.output.splitlines():
                self._log(line)


async def _read(process: asyncio.subprocess.Process) -> str:
    """All output, of which the first megabyte is kept."""
    assert process.stdout is not None
    kept = bytearray()
    while chunk := await process.stdout.read(65536):
        if len(kept) < _OUTPUT_BYTES_MOST:
            kept += chunk
    return kept[:_OUTPUT_BYTES_MOST].decode(errors="replace")
