"""``canarytui describe``: everything about one canary, as plain text."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import first_comparisons, first_values, following, run_until_signal, unreadable
from canarytui.exit_codes import VIEW, ExitCode, help_sentence
from canarytui.output import say

_LATEST = 30


def parser() -> argparse.ArgumentParser:
    """Options of ``describe``."""
    made = Parser(
        prog="canarytui describe",
        description="Why a canary is where it is: steps, checks, versions, webhooks, conditions and timeline.",
        epilog=help_sentence(VIEW),
    )
    made.add_argument("names", nargs="+", metavar="NAME", help="NAME or NAMESPACE/NAME")
    add_cluster_options(made)
    made.add_argument("--events", type=int, default=_LATEST, metavar="N", help=f"latest entries shown ({_LATEST})")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    selection = [CanarySelection.parse([name], options.namespace) for name in options.names]
    done, _ = run_until_signal(lambda: _describe(options, selection))
    return ExitCode.DONE if done else ExitCode.INTERRUPTED


async def _describe(options: argparse.Namespace, selection: Sequence[CanarySelection]) -> None:
    from canarytui.cli.events import quiet
    from canarytui.report.describe import described
    from canarytui.report.reason import why

    spaces = {each.namespace for each in selection}
    everywhere = CanarySelection((), spaces.pop() if len(spaces) == 1 else None)
    async with following(options, everywhere) as (cluster_state, connection):
        keys = [each.one(cluster_state.keys(), connection.scope) for each in selection]
        connection.show_checks_of(keys)
        await first_values(cluster_state, keys)
        await first_comparisons(cluster_state, connection, keys)
        await quiet(cluster_state)
        for number, key in enumerate(keys):
            situation = cluster_state.situation(key)
            if situation is None:
                raise unreadable(cluster_state, key)
            if number:
                say("")
            entries = cluster_state.timeline.latest(max(options.events, 0), *key)
            for line in described(situation, why(situation), entries):
                say(line)
