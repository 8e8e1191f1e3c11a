"""Every command of ``canarytui``, one record each: the usage text, the dispatch and shell completion are made from it.

Adding a command takes a module in this package with ``run`` and ``parser``, and a record here. A command's module is
imported only when the command runs, so ``--help`` and completion of command names stay fast.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import argparse


class CliCommand(NamedTuple):
    """One or several commands with a common module.

    Attributes:
        names: what a person types; several names share a line of the usage text.
        help: that line.
        module: the module in ``canarytui.cli``; "" for the one with the command's own name.
        by_name: `run` and `parser` of the module take the command's name first.
        hidden: for scripts; neither in the usage text nor completed.
    """

    names: tuple[str, ...]
    help: str
    module: str = ""
    by_name: bool = False
    hidden: bool = False

    def load(self, name: str) -> Any:
        """The module of the command `name`."""
        return importlib.import_module(f"canarytui.cli.{self.module or name}")

    def run(self, name: str, arguments: Sequence[str]) -> int:
        """Run the command `name`; its exit code. Raises CanarytuiError."""
        module = self.load(name)
        code: int = module.run(name, arguments) if self.by_name else module.run(arguments)
        return code

    def parser(self, name: str) -> argparse.ArgumentParser:
        """The options of the command `name`."""
        module = self.load(name)
        made: argparse.ArgumentParser = module.parser(name) if self.by_name else module.parser()
        return made


COMMANDS: tuple[CliCommand, ...] = (
    CliCommand(("get",), help="list canaries once, or a line for every change (--watch)"),
    CliCommand(("describe",), help="everything about one canary: why, steps, checks, versions, webhooks, timeline"),
    CliCommand(("events",), help="what happened to the canaries, from all sources (--follow)"),
    CliCommand(("status",), help="where a rollout stands or ends, with exit codes for CI (--watch --timeout)"),
    CliCommand(
        ("backtest",), help="how past rollouts would have ended by other thresholds, and which ones they suggest"
    ),
    CliCommand(("judge",), help="whether a canary is worse than its primary, how sure that is; --serve: as a webhook"),
    CliCommand(("plan",), help="what each step of an analysis can notice, and steps that notice as much in less time"),
    CliCommand(("drill",), help="break a canary on purpose: list, show, predict, start, run (a game day's file)"),
    CliCommand(("doctor",), help="what is wrong with canaries of a cluster, and what to do (exit codes for CI)"),
    CliCommand(("lint",), help="find faults in manifests of canaries, offline (text, JSON, SARIF; exit codes for CI)"),
    CliCommand(("watch",), help="a read-only wall display, readable from afar (--bell rings on failure)"),
    CliCommand(("completion",), help="print a completion script for bash, zsh or fish"),
    CliCommand(
        ("trigger",),
        help="start a rollout: another image, another value of a variable, or a restart",
        module="act",
        by_name=True,
    ),
    CliCommand(
        ("pause", "resume", "extend", "promote", "rollback", "retry", "skip", "finish", "gate"),
        help="drive a rollout: shows the exact writes and asks (--yes, --dry-run, --wait)",
        module="act",
        by_name=True,
    ),
    CliCommand(("undo",), help="what was done from this machine, and its way back (--to N undoes one)"),
    CliCommand(("audit",), help="the audit log: what was done from this machine, and its outcome"),
    CliCommand(("demo",), help="a sandbox with a rollout under way, and the console on it"),
    CliCommand(("sandbox",), help="up: a Kubernetes API and data plane on loopback; manifests: the folder of its YAML"),
    CliCommand(("controller",), help="run canary analyses as Flagger does (for clusters without Flagger)"),
    CliCommand(("install",), help="print the YAML that runs the controller in a cluster"),
    CliCommand(("migrate",), help="print a canary's manifests for another provider or tool, with a runbook"),
    CliCommand(("conformance",), help="replay recordings of genuine Flagger through our engine, and compare"),
    CliCommand(("screenshot",), help="draw the console's screens as SVG pictures"),
    CliCommand(("__complete",), help="what may come next on a command line", module="candidates", hidden=True),
)

CONSOLE = CliCommand(("",), help="the console on the current kubeconfig context", module="console")
"""What runs without a command."""

_COLUMN = 13
_USAGE = """\
usage: canarytui [COMMAND] [OPTIONS]

Watch and drive canary rollouts in a terminal.

commands:
{commands}

`canarytui COMMAND --help` and `canarytui --help-console` say more; `canarytui --version` prints the version.
"""


def command_named(name: str) -> CliCommand | None:
    """The command that a person, or a completion script, calls `name`."""
    return next((command for command in COMMANDS if name in command.names), None)


def command_names() -> tuple[str, ...]:
    """Every command that a person may give."""
    return tuple(name for command in COMMANDS if not command.hidden for name in command.names)


def usage() -> str:
    """The text of ``canarytui --help``."""
    shown = [(", ".join(command.names), command.help) for command in COMMANDS if not command.hidden]
    lines = [line for names, text in [("(none)", CONSOLE.help), *shown] for line in _lines(names, text)]
    return _USAGE.format(commands="\n".join(lines))


def _lines(names: str, text: str) -> Iterator[str]:
    if len(names) < _COLUMN:
        yield f"  {names:<{_COLUMN}}{text}"
    else:
        yield f"  {names}"
        yield f"  {'':<{_COLUMN}}{text}"
