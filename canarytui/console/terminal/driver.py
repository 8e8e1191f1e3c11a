"""Textual's driver with our input thread: every byte passes ``input`` before Textual's key parser sees it.

Textual's own input thread decodes strictly, and ends, with the app, at the first byte that is no UTF-8, at a control
sequence that its parser trips over, and at the terminal's hang-up. Its output thread ends at the hang-up, too: see
:class:`TerminalOutput`. Of :class:`LinuxDriver` only the input thread and the output's file are replaced; where Textual
has no such driver (Windows, a later release), its own is used as it is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import select
import time
from contextlib import suppress
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message

from canarytui.console.terminal.input import TerminalInput
from canarytui.console.terminal.internals import INPUT, OUTPUT, has_all, key_parser
from canarytui.console.terminal.sgr import RESET
from canarytui.exit_codes import ExitCode

if TYPE_CHECKING:
    from textual._xterm_parser import XTermParser

log = logging.getLogger(__name__)

_LOOK_S, _SOON_S = 0.1, 0.03
_MOST_BYTES = 4096
_SEQUENCES = re.compile("(?=\x1b)")
_PROBE = "\x01"


def _parser() -> XTermParser:
    parser = key_parser()
    assert parser is not None  # without one, with_our_input leaves the driver as it is
    return parser()


@lru_cache(maxsize=512)
def understood(sequence: str) -> bool:
    """Whether Textual's parser knows a whole control sequence: it then takes the next letter for a key of its own."""
    try:
        found: list[Message] = list(_parser().feed(sequence + _PROBE))
    except Exception:  # it fails on some invalid ones, such as a code point beyond Unicode
        return False
    return bool(found) and isinstance(found[-1], events.Key) and found[-1].character == _PROBE


class Keys:
    """Bytes in, events out; a sequence that the parser fails on does not affect the next."""

    def __init__(self) -> None:
        self._input = TerminalInput(understood)
        self._parser = _parser()
        self._last = time.monotonic()

    @property
    def waiting(self) -> bool:
        """Whether the absence of more bytes will mean something."""
        return self._input.patience_s is not None

    def feed(self, data: bytes) -> list[Message]:
        """What `data` means."""
        self._last = time.monotonic()
        return self._parsed(self._input.feed(data))

    def idle(self) -> list[Message]:
        """What the absence of more bytes means."""
        patience_s = self._input.patience_s
        found: list[Message] = []
        if patience_s is not None and time.monotonic() - self._last >= patience_s:
            text = self._input.silence()
            # The key alone: the parser would wait again for what may follow.
            found = [events.Key("escape", "\x1b")] if text == "\x1b" else self._parsed(text)
        return [*found, *self._parser.tick()]

    def _parsed(self, text: str) -> list[Message]:
        found: list[Message] = []
        for part in _SEQUENCES.split(text) if text else ():
            try:
                found += self._parser.feed(part) if part else ()
            except Exception as error:
                log.warning("a sequence from the terminal was not understood", exc_info=error)
                self._parser = _parser()
        return found


class TerminalOutput:
    """Where Textual's thread writes: what comes after the terminal has gone is dropped. The error would end the thread,
    and the app would wait for ever for a place in the queue that nobody empties."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


class LeavesPlain:
    """Of a driver: it leaves the terminal in the terminal's own style, whatever that is in meanwhile."""


def with_our_input(driver: type[Driver]) -> type[Driver]:
    """`driver` with this module's input thread; `driver` itself where it is not Textual's for Linux and macOS."""
    if driver.__name__ != "LinuxDriver" or not has_all(driver, INPUT) or key_parser() is None:
        return driver
    from textual.drivers.linux_driver import LinuxDriver

    class ConsoleDriver(LinuxDriver, LeavesPlain):
        """See the module."""

        def __init__(self, app: App[Any], **options: Any) -> None:
            super().__init__(app, **options)
            if has_all(self, OUTPUT):
                self._file: Any = TerminalOutput(self._file)
            self._console: Any = app
            self._console_loop = asyncio.get_running_loop()
            self._silent = False

        def write(self, data: str) -> None:
            """Nothing while another program has the terminal: the app lives on meanwhile, and may ring or draw."""
            if not self._silent:
                super().write(data)

        def stop_application_mode(self) -> None:
            self.write(RESET)
            super().stop_application_mode()

        def suspend_application_mode(self) -> None:
            super().suspend_application_mode()
            self._silent = True

        def resume_application_mode(self) -> None:
            self._silent = False
            super().resume_application_mode()

        def run_input_thread(self) -> None:
            try:
                self._take_input()
            except Exception as error:
                self._console.crash = error
                raise  # Textual ends the app

        def _take_input(self) -> None:
            keys = Keys()
            while not self.exit_event.is_set():
                if not select.select([self.fileno], [], [], _SOON_S if keys.waiting else _LOOK_S)[0]:
                    self._handle(keys.idle())
                    continue
                data = self._received()
                if data is None:
                    return
                self._handle(keys.feed(data))

        def _handle(self, messages: list[Message]) -> None:
            for message in messages:
                self.process_message(message)

        def _received(self) -> bytes | None:
            """The next bytes; None when there will be no more. Without its terminal the console ends; a wall whose
            input is no terminal goes on without one."""
            try:
                data = os.read(self.fileno, _MOST_BYTES)
            except OSError:
                data = b""
            if data:
                return data
            if self.input_tty:
                self._console_loop.call_soon_threadsafe(self._console.exit, None, ExitCode.HUNG_UP)
            return None

    return ConsoleDriver
