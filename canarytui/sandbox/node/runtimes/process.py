"""Containers that are processes of this machine: Prometheus, the controller, jobs with a shell command.

Their output goes into the pod's log line by line; they end with the container, and with the data plane.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from canarytui.sandbox import processes
from canarytui.sandbox.background import in_background
from canarytui.sandbox.node.instances import Launch
from canarytui.sandbox.node.logbook import ContainerLog
from canarytui.sandbox.servers import address_of

_CHUNK = 32 * 1024
_MAX_LINE = 16 * 1024


class ProcessInstance:
    """A running process as a container; `ports` are the sockets that reserve the ports it listens on."""

    def __init__(
        self, process: asyncio.subprocess.Process, ports: Mapping[int, socket.socket], log: ContainerLog
    ) -> None:
        self._process = process
        self._ports = dict(ports)
        self._listens = {port: address_of(sock) for port, sock in ports.items()}
        self._readers = [
            in_background(_copy_lines(stream, log), "output of a container")
            for stream in (process.stdout, process.stderr)
            if stream is not None
        ]

    @property
    def listens(self) -> Mapping[int, str]:
        return self._listens

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def requests(self) -> int:
        return 0

    async def wait(self) -> int:
        code = await self._process.wait()
        _close(self._ports)
        await asyncio.wait(self._readers, timeout=1.0)
        return code if code >= 0 else 128 - code

    async def stop(self, grace_s: float) -> None:
        await processes.stop(self._process, grace_s)
        _close(self._ports)
        _, late = await asyncio.wait(self._readers, timeout=1.0)
        for reader in late:
            reader.cancel()


async def start_process(
    launch: Launch, command: Sequence[str], env: Mapping[str, str], folder: Path, ports: Mapping[int, socket.socket]
) -> ProcessInstance:
    """Start `command` in `folder`; `ports` (container port -> bound socket) stay reserved until it has ended.

    Raises:
        OSError: the program is missing or may not be run.
    """
    try:
        process = await processes.start(
            command,
            env=env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=str(folder),
        )
    except BaseException:
        _close(ports)
        raise
    return ProcessInstance(process, ports, launch.log)


def _close(ports: Mapping[int, socket.socket]) -> None:
    for sock in ports.values():
        sock.close()


async def _copy_lines(stream: asyncio.StreamReader, log: ContainerLog) -> None:
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
