"""Uncaught errors: details go to a private file, one sentence and an exit code to the terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import TracebackType

from canarytui import __version__
from canarytui.exit_codes import ExitCode
from canarytui.output import complain, lose_reader

_KEPT = 10
"""How many crash files are kept; the oldest are deleted."""


def install() -> None:
    """Report uncaught errors of any thread this way."""
    sys.excepthook = _uncaught
    threading.excepthook = _in_thread


def report_crash(error: BaseException) -> int:
    """Report `error` in one sentence that names the file with its details; the exit code."""
    if isinstance(error, OSError) and error.filename is None and _is_output(error):
        return _unwritable(error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    from canarytui.domain.sentences.crash import DETAILS, NO_DETAILS

    try:
        path = written(error)
    except OSError as trouble:
        complain(NO_DETAILS.text(what=what[:300], trouble=trouble))
    else:
        complain(DETAILS.text(what=what[:300], path=path))
    return ExitCode.CRASHED


def screen_ended() -> RuntimeError:
    """For a screen that ended without saying why."""
    from canarytui.domain.sentences.crash import SCREEN_ENDED

    return RuntimeError(SCREEN_ENDED.text())


def written(error: BaseException) -> Path:
    """Write the traceback of `error` to a new file that only its owner can read; raises OSError. Values of variables
    and the command line are left out: they may contain secrets."""
    import platform
    import traceback

    from canarytui.cluster.folders import state_folder

    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = datetime.now().astimezone()
    path = folder / f"crash-{now:%Y%m%d-%H%M%S}-{os.getpid()}-{threading.get_ident() % 100000}.txt"
    head = f"canarytui {__version__}, Python {platform.python_version()}, {platform.platform()}, {now.isoformat()}\n\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(head + "".join(traceback.format_exception(error)))
    for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def _is_output(error: OSError) -> bool:
    """Whether it was raised by writing an answer: the last frame is the one place that writes."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).name == "output.py"


def _unwritable(error: OSError) -> int:
    from canarytui.domain.sentences.crash import OUTPUT, OUTPUT_FULL

    lose_reader()
    said = OUTPUT_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else OUTPUT
    complain(said.text(reason=error.strerror))
    return ExitCode.ERROR


def _uncaught(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    report_crash(error)


def _in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and not issubclass(arguments.exc_type, SystemExit):
        report_crash(arguments.exc_value)
