"""``canarytui describe``: everything about one canary, as plain text."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import first_comparisons, first_values, following, run_until_signal, unreadable
from canarytui.exit_codes import VIEW, ExitCode, help_sentence
from canarytui.output import say

if TYPE_CHECKING:
    from canarytui.domain.rollout.situation import Situation
    from canarytui.session.live import LiveConnection
    from canarytui.session.state import ClusterState

_LATEST = 30
_AUDIT_READ = 5000


def parser() -> argparse.ArgumentParser:
    """Options of ``describe``."""
    made = Parser(
        prog="canarytui describe",
        description="Why a canary is where it is: steps, checks, versions, webhooks, conditions and timeline.",
        epilog=help_sentence(VIEW),
    )
    made.add_argument("names", nargs="+", metavar="NAME", help="NAME or NAMESPACE/NAME")
    add_cluster_options(made)
    made.add_argument(
        "-o", "--output", choices=("md",), default="", help="md: an incident summary of the last rollout, as Markdown"
    )
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
    from canarytui.domain.links import links_of
    from canarytui.report.describe import described
    from canarytui.report.reason import why
    from canarytui.session import config_file

    templates = config_file.load().links
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
            if options.output == "md":
                for line in (await _summary(situation, cluster_state, connection, templates)).splitlines():
                    say(line)
                continue
            entries = cluster_state.timeline.latest(max(options.events, 0), *key)
            links = links_of(situation.canary, templates, connection.context)
            for line in described(situation, why(situation), entries, links):
                say(line)


async def _summary(
    situation: Situation, cluster_state: ClusterState, connection: LiveConnection, templates: Mapping[str, str]
) -> str:
    from canarytui.domain.links import links_of
    from canarytui.report.incident_summary import incident_summary
    from canarytui.report.reason import why

    return incident_summary(
        situation,
        why(situation),
        cluster_state.timeline.oldest_first(situation.canary.namespace, situation.canary.name),
        await connection.executor.entries(_AUDIT_READ),
        context=connection.context,
        server=connection.server,
        zone=None,
        links=links_of(situation.canary, templates, connection.context),
    )
