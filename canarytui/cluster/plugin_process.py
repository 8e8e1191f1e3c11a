"""Runs a credential plugin as a child that ends with us.

A plugin that may not use the terminal gets none: ``/dev/null`` as standard input, and a session of its own, so that it
cannot open ``/dev/tty`` either. Its process group is killed when the caller is cancelled, when the program ends, and at
SIGTERM and SIGHUP.
"""

from __future__ import annotations

import asyncio
import atexit
import codecs
import contextlib
import functools
import os
import re
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from msgspec import Struct

from canarytui.cluster.child_processes import started
from canarytui.output import tell

MOST_ANSWERED = 1 << 20
_MOST_SAID = 4096
_GRACE_S = 1.0
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Ended(Struct, frozen=True):
    """How a plugin ended. `said` is the end of its standard error, "" if the person has already seen it."""

    code: int
    answer: bytes
    said: str


async def run_plugin(command: Sequence[str], environment: Mapping[str, str], *, terminal: bool) -> Ended:
    """Run `command` to its end. With `terminal` it reads our standard input, and its words are shown as they come.

    Raises:
        OSError: it cannot be started.
    """
    answer, said = bytearray(), bytearray()
    async with _pipe() as (output, to_output), _pipe() as (errors, to_errors):
        with _PLUGINS.one_more() as began:
            starting = asyncio.create_subprocess_exec(
                *command,
                stdin=None if terminal else asyncio.subprocess.DEVNULL,
                stdout=to_output,
                stderr=to_errors,
                env=dict(environment),
                start_new_session=not terminal,
            )
            process = await started(starting, functools.partial(_end, group=not terminal))
            began(process.pid, group=not terminal)
            to_output.close()
            to_errors.close()
            readers = (
                asyncio.ensure_future(_read(output, answer, MOST_ANSWERED + 1)),
                asyncio.ensure_future(_read(errors, said, _MOST_SAID, _shown() if terminal else None, latest=True)),
            )
            code = await _ended(process, readers, group=not terminal)
    return Ended(code, bytes(answer), "" if terminal else said.decode("utf-8", "replace"))


async def _ended(process: asyncio.subprocess.Process, readers: Sequence[asyncio.Future[None]], *, group: bool) -> int:
    """Wait for its exit code; end it if this is cancelled."""
    try:
        code = await process.wait()
        # A child of its own may hold the pipes open; what it wrote itself is there by now.
        await asyncio.wait(readers, timeout=_GRACE_S)
        return code
    except BaseException:
        await _end(process, group=group)
        raise
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


@contextlib.asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, BinaryIO]]:
    """A pipe of our own: with asyncio's, the process would count as alive while anyone holds it open."""
    ours, theirs = os.pipe()
    reader = asyncio.StreamReader()
    with os.fdopen(theirs, "wb", buffering=0) as writer, os.fdopen(ours, "rb", buffering=0) as source:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), source
        )
        try:
            yield reader, writer
        finally:
            transport.close()


async def _read(
    stream: asyncio.StreamReader,
    into: bytearray,
    limit: int,
    show: Callable[[bytes], None] | None = None,
    *,
    latest: bool = False,
) -> None:
    """Read to the end, keeping at most `limit` bytes: the first, or the latest."""
    while piece := await stream.read(65536):
        if show is not None:
            show(piece)
        if latest:
            into += piece
            del into[:-limit]
        else:
            into += piece[: limit - len(into)]


def _shown() -> Callable[[bytes], None]:
    """A function that shows the plugin's words on our standard error, without control sequences."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def show(piece: bytes) -> None:
        tell(_CONTROLS.sub("", decoder.decode(piece)), end="")

    return show


async def _end(process: asyncio.subprocess.Process, *, group: bool) -> None:
    _kill(process.pid, group, signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GRACE_S):
            await process.wait()
    _kill(process.pid, group, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GRACE_S):
            await process.wait()


def _kill(pid: int, group: bool, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        (os.killpg if group else os.kill)(pid, number)


class _Plugins:
    """The plugins that run. From before one is started until the last has ended, a signal that would end us at once
    ends them first."""

    def __init__(self) -> None:
        self._groups: dict[int, bool] = {}
        """Process ids, and whether each leads a process group."""
        self._calls = self._starting = 0
        self._due: int | None = None
        """A signal that came while a plugin was starting: nobody knew its process id yet."""

    @contextlib.contextmanager
    def one_more(self) -> Iterator[Callable[..., None]]:
        """Guard one plugin; to be called with its process id as soon as that is known."""
        started_pid: int | None = None

        def began(pid: int, *, group: bool) -> None:
            nonlocal started_pid
            started_pid = pid
            self._groups[pid] = group
            self._known()

        self._calls += 1
        self._starting += 1
        self._obey_signals()
        try:
            yield began
        finally:
            if started_pid is None:
                self._known()
            else:
                self._groups.pop(started_pid, None)
            self._calls -= 1
            if not self._calls:
                self._leave_signals()

    def kill(self) -> None:
        """Kill all of them."""
        for pid, group in list(self._groups.items()):
            _kill(pid, group, signal.SIGKILL)

    def _known(self) -> None:
        self._starting -= 1
        if self._due is not None:
            self._end(self._due, None)

    def _end(self, number: int, _: object) -> None:
        if self._starting:
            self._due = number
            return
        self.kill()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _obey_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, self._end)

    def _leave_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) == self._end:
                    signal.signal(number, signal.SIG_DFL)


_PLUGINS = _Plugins()
atexit.register(_PLUGINS.kill)
