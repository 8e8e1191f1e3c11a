"""What the sandbox's programs print: every line is cleaned here of characters that a terminal would obey.

Standard output is for answers (:func:`say`, :func:`pass_on`), standard error for the rest (:func:`tell`,
:func:`complain`). :class:`CommandParser` repeats what was typed, so its messages go the same way.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import sys
from typing import Any, TextIO

_SENTENCE_MOST = 2000


def say(text: str, *, end: str = "\n") -> None:
    """Lines on standard output, flushed at once."""
    _write(sys.stdout, printable(text) + end)


def tell(text: str, *, end: str = "\n") -> None:
    """Lines on standard error; lost when nobody reads it."""
    with contextlib.suppress(OSError):
        _write(sys.stderr, printable(text) + end)


def complain(what: object, program: str) -> None:
    """One sentence on standard error, after the program's name."""
    tell(" ".join(f"{program}: {what}".split())[:_SENTENCE_MOST])


def pass_on(data: bytes) -> None:
    """Bytes from elsewhere on standard output: unchanged to a file or pipe, cleaned to a terminal."""
    if sys.stdout.isatty():
        say(data.decode("utf-8", "replace"), end="")
        return
    with contextlib.suppress(io.UnsupportedOperation):
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def printable(text: str) -> str:
    """`text` with control, bidirectional and other unprintable characters escaped; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else letter.encode("unicode_escape").decode()
        for letter in text
    )


def prepare() -> None:
    """Set up a program's standard streams: what their encoding lacks is escaped, and libraries' warnings are
    sentences on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.getLogger().addHandler(SentenceHandler(logging.WARNING))
    logging.captureWarnings(True)


class SentenceHandler(logging.Handler):
    """Log records of libraries, one line each and without their tracebacks."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            complain(record.getMessage(), "canarytui sandbox")


class CommandParser(argparse.ArgumentParser):
    """argparse's parser; its usage, help and errors are cleaned."""

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options)
        self.color = False  # from Python 3.14 on argparse paints its help unless it is told not to

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            (say if file is sys.stdout else tell)(message, end="")


def _write(stream: TextIO | None, text: str) -> None:
    if stream is not None:  # closed by who started us
        stream.write(text)
        stream.flush()
