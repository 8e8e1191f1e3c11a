"""``canarytui drill``: break a canary on purpose, with a prediction first and guards all the way."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import run_until_signal
from canarytui.domain.sentences import drill_command as words
from canarytui.errors import UsageError
from canarytui.exit_codes import DRILL, ExitCode, help_sentence
from canarytui.output import complain, say

if TYPE_CHECKING:
    from canarytui.drills.drill import Drill


def parser() -> argparse.ArgumentParser:
    """``canarytui drill …``."""
    made = Parser(
        prog="canarytui drill",
        description="Break a canary on purpose, guided.",
        epilog="Drills of your own are YAML files in $XDG_CONFIG_HOME/canarytui/drills (`drill show NAME` prints one "
        "to copy); limits are in drill-limits.yaml beside that folder. Load goes to hosts that lead to the canary, two "
        "seconds at a time, and ends with this command however it ends. " + help_sentence(DRILL),
    )
    commands = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("list", help="the drills there are")
    show = commands.add_parser("show", help="one drill: its YAML and what it sends")
    show.add_argument("name", metavar="DRILL")
    for command in (
        commands.add_parser("predict", help="what a drill would do now, without sending anything"),
        commands.add_parser("start", help="send it"),
    ):
        command.add_argument("canary", metavar="CANARY", help="NAME or NAMESPACE/NAME")
        command.add_argument("--fault", required=True, metavar="DRILL", help="a drill's name, or a path to its file")
        command.add_argument(
            "--set", action="append", default=[], metavar="NAME=NUMBER", help="a parameter of the drill"
        )
        add_cluster_options(command)
        add_way(command)
    start = commands.choices["start"]
    start.add_argument("-y", "--yes", action="store_true", help="do not ask")
    start.add_argument("--report", metavar="FILE", help="write a report: Markdown, or JSON for a name ending in .json")
    run = commands.add_parser("run", help="play a game day's file")
    run.add_argument("file", metavar="FILE", help="YAML file, or the name of one of the package's")
    run.add_argument("--junit", metavar="FILE", help="write the steps as JUnit XML")
    run.add_argument("--report", metavar="FILE", help="write the drills' reports into one file")
    add_cluster_options(run)
    add_way(run)
    return made


def add_way(command: argparse.ArgumentParser) -> None:
    """Options for where requests come from and how they get to the canary's host."""
    command.add_argument("--host", default="", metavar="HOST", help="which of the canary's hosts (default: the first)")
    command.add_argument("--from", dest="origin", choices=("cluster", "here"), default="",
                         help="who runs hey (default: the load tester, here where there is none)")  # fmt: skip
    command.add_argument("--gateway", default="", metavar="HOST:PORT", help="send to this address, for the host")
    command.add_argument("--proxy", default="", metavar="HOST:PORT", help="send through this HTTP proxy")


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    if options.command == "list":
        return _list()
    if options.command == "show":
        return _show(options.name)
    if options.command == "run":
        from canarytui.cli import gameday

        return gameday.run(options)
    from canarytui.cli import drill_session as drilling

    selection = CanarySelection.parse([options.canary], options.namespace)
    drill = chosen(options.fault, options.set)
    if options.command == "start" and not options.yes and not sys.stdin.isatty():
        raise UsageError(words.NOBODY.text())
    work = drilling.predict_only if options.command == "predict" else drilling.start
    done, code = run_until_signal(lambda: work(options, selection, drill))
    return code if done and code is not None else ExitCode.INTERRUPTED


def chosen(name: str, settings: Sequence[str]) -> Drill:
    """The drill of that name with its parameters set; raises ConfigError and UsageError."""
    from canarytui.drills.library import load_drill

    values: dict[str, int] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not value.isascii() or not value.isdigit() or len(value) > 6:
            raise UsageError(words.SET.text(setting=setting[:60]))
        values[key] = int(value)
    return load_drill(name, values)


def _list() -> int:
    from canarytui.drills.library import all_drills
    from canarytui.report.table import Table

    drills, problems = all_drills()
    table = Table(("NAME", "PROVOKES", "RATE", "WORKERS", "FOR", "TITLE"), titled=True)
    rows = [
        (each.name, each.phrase(), f"{each.rate:g}/s", str(each.concurrency), f"{each.duration_s:g}s", each.title)
        for each in drills
    ]
    for line in table.lines(rows):
        say(line)
    for problem in problems:
        complain(problem)
    return ExitCode.ERROR if problems else ExitCode.DONE


def _show(name: str) -> int:
    from canarytui.drills.hey_command import Way, shown, slice_commands
    from canarytui.drills.library import load_drill, source_text
    from canarytui.drills.target import TargetAddress

    drill = load_drill(name)
    say(source_text(name).rstrip())
    say("")
    commands = slice_commands(drill, TargetAddress("host.example.com"), Way(), f"{drill.name}/1")
    say(words.TWO_SECONDS.text(command=shown(commands)))
    return 0
