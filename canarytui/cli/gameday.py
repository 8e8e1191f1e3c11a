"""``canarytui drill run``: runs a game day's file against a cluster, without a screen."""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from canarytui.cli.canary_selection import CanarySelection
from canarytui.cli.drill_session import open_drill_session
from canarytui.cli.report_files import require_writable, write_report, write_text
from canarytui.cli.session import run_until_signal
from canarytui.domain.sentences import gameday as words
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import say

if TYPE_CHECKING:
    from canarytui.drills.gameday import GameDay

_ATTEMPTS = 3


def run(options: argparse.Namespace) -> int:
    """Run the command: `DONE` when everything came out as written, else `NOT_AS_EXPECTED` or `INTERRUPTED`."""
    from canarytui.drills.gameday import parse_game_day

    require_writable(options.report, options.junit)
    obj, source = read(options.file)
    day = parse_game_day(obj, source)
    left: list[str] = []
    done, code = run_until_signal(lambda: _play(options, day, left))
    if not done:
        say(words.SIGNAL_LEFT.text(what=", ".join(left)) if left else words.SIGNAL.text())
    return code if done and code is not None else ExitCode.INTERRUPTED


def read(name: str) -> tuple[object, str]:
    """(content, where from) of a file, or of the package's game day of that name; raises ConfigError, UsageError."""
    import yaml

    from canarytui.drills.library import read_yaml

    folder = resources.files("canarytui.drills") / "gamedays"
    names = sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    if name in names:
        return yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")), words.SOURCE.text(name=name)
    path = Path(name)
    if "/" not in name and not name.endswith((".yaml", ".yml")) and not path.exists():
        raise UsageError(words.NONE.text(name=name[:60], known=", ".join(names)))
    return read_yaml(path), str(path)


async def _play(options: argparse.Namespace, day: GameDay, left: list[str]) -> int:
    """`left` collects temporary writes that could not be reverted, also when this is cancelled."""
    from canarytui.cli.gameday_steps import LiveGameDayCluster
    from canarytui.drills.gameday_runner import GameDayRunner
    from canarytui.drills.junit import as_junit

    printed: list[str] = []

    def told(line: str) -> None:
        printed.append(line)
        say(line)

    namespace, name = day.canary
    async with open_drill_session(options, CanarySelection.parse([f"{namespace}/{name}"], options.namespace)) as on:
        began = on.cluster_state.now()
        begins = words.BEGINS.text(
            name=day.name, title=day.title, canary=f"{namespace}/{name}", context=on.cluster.context
        )
        told(f"{began:%H:%M:%S} {begins}")
        executor = LiveGameDayCluster(on, options, day)
        runner = GameDayRunner(day, executor, told)
        try:
            results = await runner.run()
        finally:
            left += runner.not_undone
            # A game day that a signal ended is reported, too.
            if options.report:
                write_report(Path(options.report), [each.view() for each in executor.runs])
            if options.junit:
                write_text(Path(options.junit), as_junit(day, runner.results, began, "\n".join(printed)))
    failed = [result for result in results if result.problem]
    good = sum(1 for result in results if not result.problem and not result.skipped)
    told(words.SUMMARY.text(mark="FAILED" if failed else "ok", good=good, count=len(day.steps)))
    return ExitCode.NOT_AS_EXPECTED if failed else ExitCode.DONE
