"""``canarytui status``: where the rollout of a canary's current revision stands, or how it ended, as an exit code."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import (
    LOOK_EVERY_S,
    ContactMonitor,
    first_comparisons,
    first_values,
    following,
    run_until_signal,
)
from canarytui.domain.sentences import command_status as words
from canarytui.domain.sentences.command import NO_DURATION
from canarytui.domain.text.json_text import json_text
from canarytui.errors import CanarytuiError, ClusterUnreachable, ConfigError, MissingApi, UsageError
from canarytui.exit_codes import STATUS, ExitCode, help_lines
from canarytui.output import complain, say, tell

if TYPE_CHECKING:
    from canarytui.cli.revision_judge import Judge
    from canarytui.report.rollout_status import RolloutStatus
    from canarytui.session.live import LiveConnection
    from canarytui.session.state import ClusterState

AGAIN_S = 1.0

_EPILOG = """\
What counts is the target's present revision: a Succeeded that is left from an earlier rollout is not taken for it.

{codes}

in CI:
  kubectl -n shop set image deployment/cart cart=registry/cart:4.0.7
  canarytui status shop/cart --watch --revision-of-now --timeout 30m
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``status``."""
    made = Parser(
        prog="canarytui status",
        description="Show where the rollout of a canary stands; with --watch, wait for its end.",
        epilog=_EPILOG.format(codes=help_lines(STATUS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("name", metavar="NAME", help="NAME or NAMESPACE/NAME")
    add_cluster_options(made)
    made.add_argument("-w", "--watch", action="store_true", help="print what changes, and end when the rollout ends")
    made.add_argument("--timeout", metavar="TIME", default="", help="with --watch: give up after 90s, 10m, 1h (never)")
    made.add_argument(
        "--for",
        dest="goal",
        choices=("promoted", "finished"),
        default="promoted",
        help="what counts as success: promoted, or finished either way",
    )
    made.add_argument(
        "--revision-of-now",
        action="store_true",
        help="the target as it is when the command starts must be promoted, and no other revision",
    )
    made.add_argument("-o", "--output", choices=("json",), default="", help="one JSON object a line")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code (see ``--help``)."""
    options = parser().parse_args(arguments)
    try:
        selection = CanarySelection.parse([options.name], options.namespace)
        limit_s = _limit_s(options)
        done, code = run_until_signal(lambda: _status(options, selection, limit_s))
    except CanarytuiError as error:
        complain(error)
        return _code_of(error)
    return code if done and code is not None else ExitCode.INTERRUPTED


def _code_of(error: CanarytuiError) -> int:
    """Exit code 1 means a failed rollout, so errors of ours need another one."""
    known = isinstance(error, UsageError | ConfigError | MissingApi)
    return ExitCode.USAGE if known else ExitCode.UNREACHABLE


def _limit_s(options: argparse.Namespace) -> float | None:
    from canarytui.domain.text.durations import parse_duration

    if not options.timeout:
        return None
    if not options.watch:
        raise UsageError(words.TIMEOUT_ALONE.text())
    text = str(options.timeout)
    try:
        limit_s = parse_duration(f"{text}s" if text.isdigit() else text)
    except ValueError as error:
        raise UsageError(NO_DURATION.text(option="--timeout", given=repr(text))) from error
    if limit_s <= 0:
        raise UsageError(words.NO_TIME.text(given=repr(text)))
    return limit_s


async def _status(options: argparse.Namespace, selection: CanarySelection, limit_s: float | None) -> int:
    from canarytui.cli.revision_judge import Judge

    began = asyncio.get_running_loop().time()
    ends_at = None if limit_s is None else began + limit_s
    async with AsyncExitStack() as opened:
        cluster_state, connection = await opening(lambda: following(options, selection), opened, ends_at)
        key = selection.one(cluster_state.keys(), connection.scope)
        connection.show_checks_of([key])
        await first_values(cluster_state, [key])
        await first_comparisons(cluster_state, connection, [key])
        judge = Judge(cluster_state, connection, key, pinned=options.revision_of_now)
        lines = _Lines(options)
        if not options.watch:
            standing = await judge.standing()
            lines.say(standing)
            return _decided(standing, options.goal)
        left_s = None if limit_s is None else max(limit_s - (asyncio.get_running_loop().time() - began), 0.0)
        try:
            async with asyncio.timeout(left_s) as time:
                contact = ContactMonitor(cluster_state, connection.context)
                return await _wait_for_end(cluster_state, judge, lines, options.goal, contact)
        except TimeoutError:
            if not time.expired():
                raise
            return _too_late(cluster_state, lines, options.timeout)


async def opening(
    connect: Callable[[], AbstractAsyncContextManager[tuple[ClusterState, LiveConnection]]],
    opened: AsyncExitStack,
    ends_at: float | None,
) -> tuple[ClusterState, LiveConnection]:
    """What `connect` opens, closed with `opened`. Until `ends_at` (the loop's clock) an unreachable API server is
    retried, and that is reported: in CI it may still be starting.

    Raises:
        ClusterUnreachable: it is still unreachable, or there is no time left to retry.
    """
    told = False
    while True:
        try:
            return await opened.enter_async_context(connect())
        except ClusterUnreachable as error:
            if ends_at is None or asyncio.get_running_loop().time() + AGAIN_S >= ends_at:
                raise
            if not told:
                told = True
                tell(words.TRIED_AGAIN.text(error=error))
            await asyncio.sleep(AGAIN_S)


async def _wait_for_end(
    cluster_state: ClusterState, judge: Judge, lines: _Lines, goal: str, contact: ContactMonitor
) -> int:
    while True:
        news = contact.news()
        if news:
            lines.note(news)
        if cluster_state.canaries.stale_since is None:
            standing = await judge.standing()
            lines.say(standing)
            code = _decided(standing, goal)
            if code != ExitCode.UNDECIDED or not standing.sure:
                return code
        await asyncio.sleep(LOOK_EVERY_S)


def _decided(standing: RolloutStatus, goal: str) -> int:
    code = standing.code
    return ExitCode.PROMOTED if goal == "finished" and code is ExitCode.FAILED else code


def _too_late(cluster_state: ClusterState, lines: _Lines, limit: str) -> int:
    if cluster_state.canaries.stale_since is not None:
        lines.note(words.SILENT.text(limit=limit))
        return ExitCode.UNREACHABLE
    lines.note((words.UNDECIDED if lines.said_any else words.UNSEEN).text(limit=limit))
    return ExitCode.TIMED_OUT


class _Lines:
    """Prints changes."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._json = options.output == "json"
        self._watch = options.watch
        self._last: tuple[Any, ...] | None = None
        self._doubted = False

    @property
    def said_any(self) -> bool:
        """Whether a standing has been printed."""
        return self._last is not None

    def say(self, standing: RolloutStatus) -> None:
        """Print a standing if it has changed."""
        if standing.news == self._last:
            return
        self._last = standing.news
        if self._json:
            say(json_text(standing.as_object(), sort_keys=True))
        else:
            say(f"{datetime.now():%H:%M:%S} {standing.sentence}" if self._watch else standing.sentence)
        if not standing.sure and not self._doubted:
            self._doubted = True
            self.note(words.UNSURE.text())

    def note(self, line: str) -> None:
        """Print a line about the watching itself; beside JSON it goes to standard error."""
        if self._json:
            tell(line)
        else:
            say(line)
