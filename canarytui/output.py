"""The one way out: every line that leaves the program is cleaned, encoded and flushed here.

Standard output is for answers (:func:`say`), standard error for what is said beside them (:func:`tell`,
:func:`complain`). Nothing else prints; a test holds every module to that. The console's screens are drawn by Textual,
from text that :mod:`canarytui.domain.text.plain` has cleaned.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import logging
import os
import sys
from typing import TextIO

from canarytui.domain.text.glyphs import encodable
from canarytui.domain.text.plain import printable, sentence

_STAND_INS = "canarytui.stand-ins"
_SENTENCE_MOST = 2000
_LEAVE_SCREEN = "\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?7h"


def say(text: str = "", *, end: str = "\n") -> None:
    """Lines on standard output, there at once, also in a pipe or a file."""
    _write(sys.stdout, printable(text) + end)


def tell(text: str = "", *, end: str = "\n") -> None:
    """Lines on standard error; where nobody can be told any more, nobody is."""
    with contextlib.suppress(OSError):
        _write(sys.stderr, printable(text) + end)


def progress(text: str) -> None:
    """A line on standard error that the next one replaces, and "" takes away; nothing where that is no terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        with contextlib.suppress(OSError):
            _write(sys.stderr, f"\r\x1b[K{printable(text)}")


def complain(what: object, program: str = "canarytui") -> None:
    """One sentence on standard error, after the program's name."""
    tell(sentence(f"{program}: {what}", _SENTENCE_MOST))


def pass_on(data: bytes) -> None:
    """Another's bytes on standard output: as they are for a program that reads them, cleaned for a terminal."""
    if sys.stdout.isatty():
        say(data.decode("utf-8", "replace"), end="")
        return
    with contextlib.suppress(io.UnsupportedOperation):
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def prepare() -> None:
    """Make the standard streams take every character: what their encoding lacks is written as what looks like it. The
    libraries' own messages go to standard error in one clean line each, warnings only."""
    codecs.register_error(_STAND_INS, _stand_ins)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_STAND_INS)
    root = logging.getLogger()
    if not any(isinstance(handler, CleanHandler) for handler in root.handlers):
        root.addHandler(CleanHandler(logging.WARNING))
        logging.captureWarnings(True)


def lose_reader() -> None:
    """Nobody reads standard output any more: what is still to be written goes nowhere, silently."""
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def leave_screen() -> None:
    """Back from a full screen that nobody has left: mouse reports off, cursor shown, the shell's lines again."""
    with contextlib.suppress(OSError):
        _write(sys.__stderr__, _LEAVE_SCREEN)


class CleanHandler(logging.Handler):
    """Log records of libraries as sentences on standard error, without their tracebacks."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            complain(record.getMessage())


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed by who started us
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a stream that prepare() has not seen, such as a test's
        encoding = stream.encoding or "ascii"
        stream.write("".join(_fitting(letter, encoding) for letter in text))
    stream.flush()


def _fitting(letter: str, encoding: str) -> str:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return encodable(letter, encoding)
    return letter


def _stand_ins(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(encodable(letter, error.encoding) for letter in lacking), error.end
