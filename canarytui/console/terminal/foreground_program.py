"""A program of the person's own on the terminal: pager, editor, shell. No shell is involved, and it ends with us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import threading
from asyncio.subprocess import Process
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from canarytui.cluster.child_processes import die_with_parent, started

_GRACE_S = 2.0
_ERROR_BYTES = 4096


async def run_in_terminal(
    argv: Sequence[str], variables: Mapping[str, str], text: str, errors: list[str] | None = None
) -> int:
    """Run `argv` with our standard streams, or with `text` as its input; its exit code, 128 + n after signal n. What
    it writes to standard error is added to `errors`, when given, and does not go to the terminal.

    Raises:
        OSError: there is no such program.
    """
    with _input_of(text) as source, tempfile.TemporaryFile() as written:
        process = await started(
            asyncio.create_subprocess_exec(
                *argv,
                stdin=source,
                stdout=sys.__stdout__,
                stderr=sys.__stderr__ if errors is None else written,
                env={**os.environ, **variables},
                preexec_fn=die_with_parent(),
            ),
            end,
        )
        try:
            code = await process.wait()
        finally:
            await end(process)
        if errors is not None:
            written.seek(-min(written.tell(), _ERROR_BYTES), os.SEEK_END)
            errors.append(written.read().decode("utf-8", "replace"))
    return code if code >= 0 else 128 - code


async def end(process: Process) -> None:
    """End a program that still runs: first SIGTERM, then SIGKILL."""
    for stop in (process.terminate, process.kill):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_S):
                await process.wait()


@contextlib.contextmanager
def programs_signals() -> Iterator[None]:
    """Leave Ctrl+C and Ctrl+\\ to the program, and let Ctrl+Z stop the whole job as the shell expects it.

    A handler that does nothing, and not SIG_IGN, which the program would inherit. SIGINT's is the event loop's:
    :meth:`TerminalApp.interrupted` knows that it is the program's.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    own = signal.signal(signal.SIGQUIT, lambda *_: None)
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGQUIT, own)


@contextlib.contextmanager
def kept_attributes() -> Iterator[None]:
    """Restore the terminal's settings: a program that was killed may leave it without echo."""
    try:
        import termios

        before = termios.tcgetattr(0)
    except Exception:  # no terminal, or none of this kind
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(0, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _input_of(text: str) -> Iterator[IO[bytes] | None]:
    """A file without a name that holds `text`; None for the terminal."""
    if not text:
        yield None
        return
    with tempfile.TemporaryFile() as file:
        file.write(text.encode("utf-8", "backslashreplace"))
        file.seek(0)
        yield file
