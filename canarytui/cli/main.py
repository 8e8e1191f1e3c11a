"""The ``canarytui`` command: picks the subcommand and turns errors into one sentence and an exit code.

Imports nothing heavy, so ``--version`` and usage errors answer immediately.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from canarytui import __version__, output
from canarytui.cli import crash
from canarytui.cli.commands import CONSOLE, command_named, command_names, usage
from canarytui.errors import CanarytuiError
from canarytui.exit_codes import ExitCode
from canarytui.output import complain, say
from canarytui.sandbox.errors import SandboxError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; its exit code. Without `arguments` it is the whole program, which also sets up the standard
    streams and the hooks for uncaught errors."""
    if arguments is None:
        _end_at_once_by_ctrl_c()
        output.prepare()
        crash.install()
    try:
        return _dispatch(list(sys.argv[1:] if arguments is None else arguments))
    except (CanarytuiError, SandboxError) as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        output.lose_reader()
        return ExitCode.NO_READER
    except Exception as error:
        return crash.report_crash(error)


def _end_at_once_by_ctrl_c() -> None:
    """Let Ctrl-C end the process until a command handles signals itself: a KeyboardInterrupt during an import can
    leave Python's import lock held, and the console stuck at "connecting"."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _dispatch(given: list[str]) -> int:
    if given[:1] in (["--help"], ["-h"], ["help"]):
        say(usage(), end="")
        return 0
    if given[:1] in (["--version"], ["version"]):
        say(f"canarytui {__version__}")
        return 0
    if given and not given[0].startswith("-"):
        command = command_named(given[0])
        if command is None:
            complain(_unknown(given[0]))
            return ExitCode.USAGE
        return command.run(given[0], given[1:])
    if given == ["--help-console"]:
        given = ["--help"]
    return CONSOLE.run("", given)


def _unknown(given: str) -> str:
    from difflib import get_close_matches

    from canarytui.domain.sentences.command import UNKNOWN, UNKNOWN_BUT_LIKE

    like = get_close_matches(given, command_names(), 1)
    if like:
        return UNKNOWN_BUT_LIKE.text(given=repr(given), like=like[0])
    return UNKNOWN.text(given=repr(given), commands=", ".join(command_names()))
