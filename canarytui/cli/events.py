"""``canarytui events``: what happened to the canaries, from all sources, each fact once, as plain lines."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options, not_found
from canarytui.cli.session import LOOK_EVERY_S, ContactMonitor, following, run_until_signal
from canarytui.errors import UsageError
from canarytui.exit_codes import VIEW, help_sentence
from canarytui.output import say, tell

if TYPE_CHECKING:
    from canarytui.domain.history.timeline import TimelineEntry
    from canarytui.session.state import ClusterState

SETTLED_S = 1.0
"""How long an entry waits before it is printed: another source may still word it better, or sort it earlier."""
_QUIET_S = 0.3
_FIRST_S = 2.0

_EPILOG = """\
Status changes, router changes, the controller's log where it can be read, and Kubernetes Events make one list; Events
alone lose more than half of a rollout. -o json prints one JSON object a line. --follow prints `# stale since` and
`# back` once for an outage of the API server.
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``events``."""
    made = Parser(
        prog="canarytui events",
        description="What happened to canaries, oldest first.",
        epilog=_EPILOG + help_sentence(VIEW),
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="NAME or NAMESPACE/NAME (default: all)")
    add_cluster_options(made, metrics=False)
    made.add_argument("-f", "--follow", action="store_true", help="keep printing what happens, until Ctrl-C")
    made.add_argument("--since", default="", metavar="TIME", help="not older than 30s, 10m, 1h (default: all there is)")
    made.add_argument("--severity", choices=("all", "warning"), default="all", help="warnings only, or everything")
    made.add_argument("-o", "--output", choices=("wide", "json"), default="", help="with the sources, or as JSON lines")
    made.add_argument("--no-headers", action="store_true", help="leave out the column titles")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    selection = CanarySelection.parse(options.names, options.namespace)
    since_s = _since_s(options.since)
    done, code = run_until_signal(lambda: _events(options, selection, since_s))
    return code if done and code is not None else 0


def _since_s(text: str) -> float | None:
    from canarytui.domain.text.durations import parse_duration

    if not text:
        return None
    try:
        return abs(parse_duration(f"{text}s" if text.isdigit() else text))
    except ValueError as error:
        from canarytui.domain.sentences.command import NO_DURATION

        raise UsageError(NO_DURATION.text(option="--since", given=repr(text))) from error


async def _events(options: argparse.Namespace, selection: CanarySelection, since_s: float | None) -> int:
    async with following(options, selection) as (cluster_state, connection):
        await quiet(cluster_state)
        oldest = cluster_state.now() - timedelta(seconds=since_s) if since_s is not None else None
        told = PrintedEntries(selection, oldest=oldest, warnings_only=options.severity == "warning")
        _, missing = selection.chosen(
            [*cluster_state.keys(), *{(entry.namespace, entry.name) for entry in _all(cluster_state)}]
        )
        if missing:
            raise UsageError(not_found(missing, selection.namespace, connection.scope))
        printer = _Printer(options)
        if not options.follow:
            printer.say(told.news(_all(cluster_state)))
            return 0
        contact = ContactMonitor(cluster_state, connection.context)
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                news = contact.news()
                if news:
                    printer.note(news)
                printer.say(told.news(_all(cluster_state), settled_at=asyncio.get_running_loop().time()))
        finally:
            printer.say(told.news(_all(cluster_state)))  # what had not settled when the command was ended


def _all(cluster_state: ClusterState) -> list[TimelineEntry]:
    return list(cluster_state.timeline.entries())[::-1]


class PrintedEntries:
    """Which entries have been printed. Each is printed once, when it has settled."""

    def __init__(self, selection: CanarySelection, *, oldest: datetime | None, warnings_only: bool) -> None:
        self._wanted = selection
        self._oldest = oldest
        self._warnings_only = warnings_only
        self._told: dict[int, TimelineEntry] = {}
        self._first_seen: dict[int, float] = {}

    def news(self, entries: Iterable[TimelineEntry], settled_at: float | None = None) -> list[TimelineEntry]:
        """Those of `entries` (oldest first) that are due. `settled_at` is the clock by which they settle, in
        seconds; None takes them all as they are."""
        untold: list[TimelineEntry] = []
        settled = 0
        present: dict[int, TimelineEntry] = {}
        for entry in entries:
            present[id(entry)] = entry
            if id(entry) in self._told or not self._fits(entry):
                continue
            untold.append(entry)
            seen = self._first_seen.setdefault(id(entry), settled_at or 0.0)
            if settled_at is None or settled_at - seen >= SETTLED_S:
                settled = len(untold)
        due = untold[:settled]  # older entries go with a settled one, so that the order holds
        # Forget what has dropped out of the timeline: this runs for weeks.
        self._told = {number: entry for number, entry in self._told.items() if number in present}
        self._told |= {id(entry): entry for entry in due}
        self._first_seen = {
            number: seen for number, seen in self._first_seen.items() if number in present and number not in self._told
        }
        return due

    def _fits(self, entry: TimelineEntry) -> bool:
        recent = self._oldest is None or entry.at >= self._oldest
        return recent and (entry.warning or not self._warnings_only) and self._wanted.has((entry.namespace, entry.name))


class _Printer:
    def __init__(self, options: argparse.Namespace) -> None:
        from canarytui.report.event_lines import EventLines, as_json_line

        self._json = options.output == "json"
        self._lines = EventLines(wide=options.output == "wide", titled=not options.no_headers)
        self._as_json = as_json_line

    def say(self, entries: Sequence[TimelineEntry]) -> None:
        if not entries:
            return
        for line in map(self._as_json, entries) if self._json else self._lines.lines(entries):
            say(line)

    def note(self, line: str) -> None:
        if self._json:
            tell(line)
        else:
            say(line)


async def quiet(cluster_state: ClusterState) -> None:
    """Wait for the first entries: until nothing new came for 0.3 s, or for 2 s."""
    loop = asyncio.get_running_loop()
    ends, quiet_at, revision = loop.time() + _FIRST_S, loop.time() + _QUIET_S, cluster_state.timeline.revision
    while loop.time() < min(ends, quiet_at):
        await asyncio.sleep(0.05)
        if cluster_state.timeline.revision != revision:
            revision, quiet_at = cluster_state.timeline.revision, loop.time() + _QUIET_S
