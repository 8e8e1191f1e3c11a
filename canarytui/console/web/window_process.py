"""The wall of one browser window: a process that draws it, and the packets between the two.

Textual's web driver speaks on the process's standard input and output: one letter for the kind (D data, M metadata),
four bytes for the length, the payload. Only the screen goes to the browser; keys, the size and the focus come from it.
Files and links that the process might offer are not passed on.
"""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from canarytui.cluster.child_processes import die_with_parent, started

MOST_SIDE = 1000
"""Columns and lines that a window may ask for."""

_READY = b"__GANGLION__\n"
_MOST_BYTES = 8 << 20
_QUIT_S = 2.0
_MOST_LINES = 20


class WindowProcess:
    """Made by :meth:`start`; `end` it when the window is closed."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, command: Sequence[str], columns: int, lines: int) -> WindowProcess:
        """Start `command` for a window of this size.

        Raises:
            OSError: it cannot be started.
        """
        env = {
            **os.environ,
            "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "TERM": "xterm-256color",
            "COLUMNS": str(_side(columns)),
            "ROWS": str(_side(lines)),
        }
        starting = asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=env,
            start_new_session=True,  # a Ctrl-C in the server's terminal is the server's
            preexec_fn=die_with_parent(),
        )
        return cls(await started(starting, _end))

    @property
    def pid(self) -> int:
        return self._process.pid

    async def screen(self) -> AsyncIterator[bytes]:
        """What the process draws, until it ends or says that it does."""
        stdout = self._process.stdout
        assert stdout is not None
        with suppress(asyncio.IncompleteReadError, ConnectionResetError, ValueError):
            for _ in range(_MOST_LINES):
                if await stdout.readline() == _READY:
                    break
            while True:
                kind = await stdout.readexactly(1)
                size = int.from_bytes(await stdout.readexactly(4), "big")
                if size > _MOST_BYTES:
                    return
                payload = await stdout.readexactly(size)
                if kind == b"D":
                    yield payload
                elif kind == b"M" and json.loads(payload).get("type") == "exit":
                    return

    async def keys(self, text: str) -> None:
        """Keys that were pressed, as a terminal sends them."""
        await self._send(b"D", text.encode(errors="replace"))

    async def resize(self, columns: int, lines: int) -> None:
        """The window has another size."""
        size = {"type": "resize", "width": _side(columns), "height": _side(lines)}
        await self._send(b"M", json.dumps(size).encode())

    async def focus(self, focused: bool) -> None:
        """The window is in front, or no longer."""
        await self._send(b"M", json.dumps({"type": "focus" if focused else "blur"}).encode())

    async def _send(self, kind: bytes, payload: bytes) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(ConnectionError, RuntimeError):
            stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
            await stdin.drain()

    async def end(self) -> None:
        """Ask it to quit; end it when it does not."""
        if self._process.returncode is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_QUIT_S):
                    await self._send(b"M", json.dumps({"type": "quit"}).encode())
        await _end(self._process)


async def _end(process: Process) -> None:
    """Wait for it, then terminate it, then kill it. What it still writes is read, or it could not end."""
    reading = asyncio.ensure_future(_drain(process))
    for stop in (None, process.terminate, process.kill):
        if process.returncode is not None:
            break
        if stop is not None:
            with suppress(ProcessLookupError):
                stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUIT_S):
                await process.wait()
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading


async def _drain(process: Process) -> None:
    assert process.stdout is not None
    with suppress(ConnectionError, RuntimeError):
        while await process.stdout.read(1 << 16):
            pass


def _side(cells: int) -> int:
    return min(max(cells, 1), MOST_SIDE)
