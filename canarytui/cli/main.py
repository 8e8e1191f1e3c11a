"""The ``canarytui`` command: picks the subcommand and turns errors into one sentence and an exit code.

Nothing heavy is imported here: ``--version`` and usage errors answer at once.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence

from canarytui import __version__, output
from canarytui.cli import crash
from canarytui.errors import CanarytuiError
from canarytui.output import complain, say

_USAGE = """\
usage: canarytui [COMMAND] [OPTIONS]

Watch and drive canary rollouts in a terminal.

commands:
  (none)       the console on the current kubeconfig context
  get          list canaries once, or a line for every change (--watch)
  describe     everything about one canary: why, steps, checks, versions, webhooks, timeline
  events       what happened to the canaries, from all sources (--follow)
  status       how a rollout ends, with exit codes for CI (--watch --timeout)
  drill        break a canary on purpose: list, show, predict, start, run (a game day's file)
  watch        a wall for a room: huge, read only, loud on failure, honest about outages
  completion   a script that lets bash, zsh or fish complete all this
  trigger      start a rollout: another image, another value of a variable, or a restart
  pause, resume, extend, promote, rollback, retry, skip, finish, gate
               drive a rollout: shows the exact writes and asks (--yes, --dry-run, --wait)
  audit        what was done from here, and what came of it
  demo         a sandbox with the seed's rollout, and the console in front of it
  sandbox      up: a Kubernetes API and data plane on loopback; manifests: where its YAML is
  controller   run canary analyses as Flagger does (for clusters without Flagger)
  install      print the YAML that runs the controller in a cluster
  conformance  play recordings of genuine Flagger through our engine, and compare
  screenshot   draw the console's screens as SVG pictures

`canarytui COMMAND --help` and `canarytui --help-console` say more; `canarytui --version` prints the version.
"""


def _console(arguments: Sequence[str]) -> int:
    from canarytui.cli import console

    return console.run(arguments)


def _screenshot(arguments: Sequence[str]) -> int:
    from canarytui.cli import console

    return console.screenshot(arguments)


def _demo(arguments: Sequence[str]) -> int:
    from canarytui.cli import demo

    return demo.run(arguments)


def _sandbox(arguments: Sequence[str]) -> int:
    from canarytui.cli import sandbox

    return sandbox.run(arguments)


def _controller(arguments: Sequence[str]) -> int:
    from canarytui.cli import controller

    return controller.run(arguments)


def _conformance(arguments: Sequence[str]) -> int:
    from canarytui.cli import conformance

    return conformance.run(arguments)


def _install(arguments: Sequence[str]) -> int:
    from canarytui.cli import install

    return install.run(arguments)


def _get(arguments: Sequence[str]) -> int:
    from canarytui.cli import get

    return get.run(arguments)


def _describe(arguments: Sequence[str]) -> int:
    from canarytui.cli import describe

    return describe.run(arguments)


def _events(arguments: Sequence[str]) -> int:
    from canarytui.cli import events

    return events.run(arguments)


def _status(arguments: Sequence[str]) -> int:
    from canarytui.cli import status

    return status.run(arguments)


def _drill(arguments: Sequence[str]) -> int:
    from canarytui.cli import drill

    return drill.run(arguments)


def _watch(arguments: Sequence[str]) -> int:
    from canarytui.cli import watch

    return watch.run(arguments)


def _completion(arguments: Sequence[str]) -> int:
    from canarytui.cli import completion

    return completion.run(arguments)


def _complete(arguments: Sequence[str]) -> int:
    from canarytui.cli import candidates

    return candidates.run(arguments)


def _audit(arguments: Sequence[str]) -> int:
    from canarytui.cli import act

    return act.audit(arguments)


def _acting(verb: str) -> Callable[[Sequence[str]], int]:
    def act(arguments: Sequence[str]) -> int:
        from canarytui.cli import act

        return act.run(verb, arguments)

    return act


_ACTIONS = ("trigger", "pause", "resume", "extend", "promote", "rollback", "retry", "skip", "finish", "gate")

_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "get": _get,
    "describe": _describe,
    "events": _events,
    "status": _status,
    "drill": _drill,
    "watch": _watch,
    "completion": _completion,
    "demo": _demo,
    "sandbox": _sandbox,
    "controller": _controller,
    "install": _install,
    "conformance": _conformance,
    "screenshot": _screenshot,
    **{verb: _acting(verb) for verb in _ACTIONS},
    "audit": _audit,
}

_HIDDEN = {"__complete": _complete}
"""What only the scripts of ``completion`` call."""


def command_names() -> tuple[str, ...]:
    """Every command that a person may give."""
    return tuple(_COMMANDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; its exit code. Without `arguments` it is the whole program: the standard streams and the
    hooks for what nobody caught are then set up, too."""
    if arguments is None:
        _end_at_once_by_ctrl_c()
        output.prepare()
        crash.install()
    try:
        return _dispatch(list(sys.argv[1:] if arguments is None else arguments))
    except CanarytuiError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        output.lose_reader()
        return 141
    except Exception as error:
        return crash.told(error)


def _end_at_once_by_ctrl_c() -> None:
    """Until a command waits for signals itself: a KeyboardInterrupt in the midst of an import can leave Python's import
    lock taken for good, and a console that says "connecting" for ever."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _dispatch(given: list[str]) -> int:
    if given[:1] in (["--help"], ["-h"], ["help"]):
        say(_USAGE, end="")
        return 0
    if given[:1] in (["--version"], ["version"]):
        say(f"canarytui {__version__}")
        return 0
    if given and not given[0].startswith("-"):
        command = _COMMANDS.get(given[0], _HIDDEN.get(given[0]))
        if command is None:
            complain(_unknown(given[0]))
            return 2
        return command(given[1:])
    if given == ["--help-console"]:
        given = ["--help"]
    return _console(given)


def _unknown(given: str) -> str:
    from difflib import get_close_matches

    from canarytui.domain.sentences.command import UNKNOWN, UNKNOWN_BUT_LIKE

    like = get_close_matches(given, _COMMANDS, 1)
    if like:
        return UNKNOWN_BUT_LIKE.text(given=repr(given), like=like[0])
    return UNKNOWN.text(given=repr(given), commands=", ".join(_COMMANDS))
