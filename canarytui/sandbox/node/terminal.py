"""One command of ``kubectl exec`` on this machine, with pipes or with a terminal of its own.

Started by :mod:`.exec`. The command and everything it starts end with the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import AsyncIterator, Mapping, Sequence

from canarytui.sandbox import processes

_CHUNK = 32 * 1024
# Only the new process itself can request its controlling terminal.
_TAKE_TERMINAL = "import fcntl,os,sys,termios;fcntl.ioctl(0,termios.TIOCSCTTY,0);os.execv(sys.argv[1],sys.argv[1:])"


class StartedCommand:
    """A started command. `outputs` are (channel number, chunks) to be read to their end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def outputs(self) -> list[tuple[int, AsyncIterator[bytes]]]:
        """Standard output as channel 1 and standard error as channel 2."""
        streams = ((1, self.process.stdout), (2, self.process.stderr))
        return [(channel, _chunks(stream)) for channel, stream in streams if stream is not None]

    async def write(self, data: bytes) -> None:
        """To standard input; ignored when the command has closed it."""
        if self.process.stdin is not None:
            with contextlib.suppress(ConnectionError):
                self.process.stdin.write(data)
                await self.process.stdin.drain()

    def close_input(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()

    def resize(self, columns: int, rows: int) -> None:
        """Without a terminal there is nothing to resize."""

    async def finish(self) -> int:
        """Wait for the exit code, as a shell reports it."""
        code = await self.process.wait()
        return code if code >= 0 else 128 - code

    async def end(self) -> None:
        """End it and everything it started."""
        await processes.stop(self.process, grace_s=1.0)


class TerminalCommand(StartedCommand):
    """A command on a pseudo-terminal."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        super().__init__(process)
        self._master = master
        os.set_blocking(master, False)

    def outputs(self) -> list[tuple[int, AsyncIterator[bytes]]]:
        return [(1, self._read())]

    async def write(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                writable = loop.create_future()
                loop.add_writer(self._master, _settle, writable)
                await writable
                loop.remove_writer(self._master)
            except OSError:
                return

    def close_input(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._master, b"\x04")  # what a person types to end input

    def resize(self, columns: int, rows: int) -> None:
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    async def end(self) -> None:
        await super().end()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    async def _read(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        while True:
            readable = loop.create_future()
            loop.add_reader(self._master, _settle, readable)
            try:
                await readable
            finally:
                loop.remove_reader(self._master)
            try:
                data = os.read(self._master, _CHUNK)
            except BlockingIOError:
                continue
            except OSError as error:
                if error.errno == errno.EIO:  # the last process on the terminal has ended
                    return
                raise
            if not data:
                return
            yield data


async def start_command(
    command: Sequence[str], env: Mapping[str, str], folder: str, *, tty: bool, stdin: bool
) -> StartedCommand:
    """Start `command` (its program an absolute path).

    Raises:
        OSError: it cannot be started.
    """
    if not tty:
        pipe = asyncio.subprocess.PIPE
        return StartedCommand(
            await processes.start(
                command,
                env=env,
                stdin=pipe if stdin else asyncio.subprocess.DEVNULL,
                stdout=pipe,
                stderr=pipe,
                cwd=folder,
            )
        )
    master, slave = pty.openpty()
    try:
        process = await processes.start(
            [sys.executable, "-IS", "-c", _TAKE_TERMINAL, *command],
            env={"TERM": "xterm", **env},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
        )
    except OSError:
        os.close(master)
        raise
    finally:
        os.close(slave)
    return TerminalCommand(process, master)


async def _chunks(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while chunk := await stream.read(_CHUNK):
        yield chunk


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
