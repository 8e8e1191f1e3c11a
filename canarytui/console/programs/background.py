"""Programs in the background: their output is kept, bounded, and they end with the console, each by its own id."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Sequence

from msgspec import Struct

from canarytui.cluster.child_processes import die_with_parent, started
from canarytui.console.terminal.foreground_program import end
from canarytui.domain.sentences import programs as words

KEPT_BYTES = 200_000
"""Of a program's output the end is kept."""

_PIECE = 65536


class Output(Struct, frozen=True):
    """How a program ended and what it wrote, its standard error included."""

    code: int
    text: str


class BackgroundPrograms:
    """Those of one console."""

    def __init__(self) -> None:
        self._running: dict[int, Process] = {}

    @property
    def running(self) -> tuple[int, ...]:
        """Process ids."""
        return tuple(self._running)

    async def run(self, argv: Sequence[str], environment: dict[str, str]) -> Output:
        """Run `argv` without the terminal. Raises OSError: there is no such program."""
        process = await started(
            asyncio.create_subprocess_exec(
                *argv,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                env=environment,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            ),
            _end_group,
        )
        self._running[process.pid] = process
        try:
            kept, dropped = bytearray(), 0
            assert process.stdout is not None
            while piece := await process.stdout.read(_PIECE):
                kept += piece
                dropped += max(len(kept) - KEPT_BYTES, 0)
                del kept[: max(len(kept) - KEPT_BYTES, 0)]
            code = await process.wait()
        finally:
            await _end_group(process)
            del self._running[process.pid]
        text = kept.decode("utf-8", "replace")
        return Output(
            code if code >= 0 else 128 - code, f"{words.CUT.text(count=dropped)}\n{text}" if dropped else text
        )

    async def close(self) -> None:
        """End all that still run."""
        await asyncio.gather(*(_end_group(process) for process in list(self._running.values())))


async def _end_group(process: Process) -> None:
    """End a program and what it has started: it leads a session of its own."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    await end(process)
