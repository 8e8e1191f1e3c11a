"""Containers that are processes of this machine: Prometheus, the controller, jobs with a shell command.

Their output goes into the pod's log line by line; they end with the container, and with the data plane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from canarytui.sandbox import processes
from canarytui.sandbox.dataplane.instances import Launch
from canarytui.sandbox.dataplane.logbook import LogBook

_CHUNK = 32 * 1024
_MAX_LINE = 16 * 1024


class ProcessInstance:
    """A running process as a container; `listens` says where the process was told to listen."""

    def __init__(self, process: asyncio.subprocess.Process, listens: Mapping[int, str], log: LogBook) -> None:
        self._process = process
        self._listens = dict(listens)
        self._readers = [
            asyncio.create_task(_copy_lines(stream, log))
            for stream in (process.stdout, process.stderr)
            if stream is not None
        ]

    @property
    def listens(self) -> Mapping[int, str]:
        return self._listens

    async def wait(self) -> int:
        code = await self._process.wait()
        await asyncio.wait(self._readers, timeout=1.0)
        return code if code >= 0 else 128 - code

    async def stop(self, grace_s: float) -> None:
        await processes.stop(self._process, grace_s)
        _, late = await asyncio.wait(self._readers, timeout=1.0)
        for reader in late:
            reader.cancel()


async def start_process(
    launch: Launch, command: Sequence[str], env: Mapping[str, str], folder: Path, listens: Mapping[int, str]
) -> ProcessInstance:
    """Start `command` in `folder`.

    Raises:
        OSError: the program is missing or may not be run.
    """
    process = await processes.start(
        command,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=str(folder),
    )
    return ProcessInstance(process, listens, launch.log)


async def _copy_lines(stream: asyncio.StreamReader, log: LogBook) -> None:
    pending = b""
    while chunk := await stream.read(_CHUNK):
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            log.write(line[:_MAX_LINE])
        if len(pending) > _MAX_LINE:
            log.write(pending)
            pending = b""
    if pending:
        log.write(pending)
